"""The work with models, for every front end, without Textual."""

"""What the program does with models, for every front end, without Textual."""

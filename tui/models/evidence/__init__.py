"""Published figures of models, each with its benchmark and its source."""

"""Filters of the list of models: keywords that people use, sizes, and words of a name."""

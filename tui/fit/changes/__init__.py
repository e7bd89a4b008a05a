"""Changes that make a model fit."""

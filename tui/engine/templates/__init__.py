"""Chat templates: compiled, limited and run."""

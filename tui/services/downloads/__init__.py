"""Downloads of models: finding them by name, offering what fits, and fetching them one after another."""

"""The same asked of several models: tasks, checks, the run, its results."""

"""The user's own tasks with their checks, and how calls of tools are read from answers."""

"""Comparisons for every front end: the run of one, those of a session, their words and their Markdown."""

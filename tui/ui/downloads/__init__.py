"""Downloads in the dashboard: the dialog of an offer, the line of progress, and the list of downloads."""

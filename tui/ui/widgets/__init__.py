"""The panes and gauges of the dashboard, each usable alone."""

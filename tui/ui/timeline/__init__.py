"""Timeline pane: readings of the machine and tokens over time."""

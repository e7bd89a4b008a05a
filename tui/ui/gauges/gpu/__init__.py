"""The graphics processors, in the row of gauges and in full."""

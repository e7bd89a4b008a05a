"""The processor, in the row of gauges and in full."""

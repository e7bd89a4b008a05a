"""Gauge and sheet of the processor."""

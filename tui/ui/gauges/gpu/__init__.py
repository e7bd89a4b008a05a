"""Gauge and sheet of the graphics processors."""

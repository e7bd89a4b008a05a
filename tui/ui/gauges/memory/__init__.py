"""Gauge and sheet of the memory."""

"""Gauges of processor, graphics processors and memory, in a row and in full."""

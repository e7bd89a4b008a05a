"""Graphics processors, a file a maker."""

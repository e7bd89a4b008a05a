"""What the gauges mean: where a colour changes, how hard memory is pressed, where a model would go."""

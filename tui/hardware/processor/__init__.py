"""The processor: its name, load, frequency, temperature and power."""

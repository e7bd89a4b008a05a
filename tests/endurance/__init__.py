"""Endurance: a long session with the real engine and model, and what it leaves behind."""

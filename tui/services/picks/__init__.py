"""Models for a task: gates, an order by evidence, and three picks with their reasons."""

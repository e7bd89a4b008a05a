"""Tasks of the user's own carried out, and their results kept for each machine and model."""

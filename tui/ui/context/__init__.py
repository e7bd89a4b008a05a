"""What fills the context, and what helps when it is full."""

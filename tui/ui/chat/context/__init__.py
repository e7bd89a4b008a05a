"""The context strip, and what helps when the context is full."""

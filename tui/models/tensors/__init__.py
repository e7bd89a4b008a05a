"""Tensors of a model, from its shape."""

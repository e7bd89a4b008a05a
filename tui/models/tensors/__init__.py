"""The tensors of a model, from its file or its shape."""

"""GGUF files: read, checked and written."""

"""The comparison of several models."""

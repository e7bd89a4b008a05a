"""Readers of the places where people already have models, one file a store. Nothing is ever written there."""

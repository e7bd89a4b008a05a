"""Raw view of a reply: the exact prompt and the exact output of the model."""

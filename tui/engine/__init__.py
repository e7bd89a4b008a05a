"""One model, loaded and talking, in a process of its own."""

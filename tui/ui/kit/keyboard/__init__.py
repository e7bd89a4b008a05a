"""Keys: the actions they are bound to, their names in sentences, and the lists of them on screen."""

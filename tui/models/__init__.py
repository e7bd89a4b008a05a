"""Models: files on the disk, the catalogue, and the tensors they are made of."""

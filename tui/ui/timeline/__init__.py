"""The machine and the tokens on one line of time: what was seen, how it is summed up, how it is drawn."""

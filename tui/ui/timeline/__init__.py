"""The timeline: machine and tokens on one line of time."""

"""What this machine is and what it is doing now."""

"""The dashboard: its panes and what passes between them."""

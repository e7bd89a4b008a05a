"""Dashboard: its panes, and the messages between them."""

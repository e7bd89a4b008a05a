"""What every pane is built with: theme, keys, lines, dialogs."""

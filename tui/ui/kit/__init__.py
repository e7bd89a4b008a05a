"""Parts that several panes are built with: theme, keys, lines, dialogs."""

"""Models pane: the list, the detail of the highlighted model, and the dialogs over them."""

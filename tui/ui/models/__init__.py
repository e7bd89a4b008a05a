"""The models pane: the list, the detail, and the screens over them."""

"""Everything that draws: the app, its screens, widgets and styles."""

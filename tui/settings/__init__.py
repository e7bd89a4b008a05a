"""The user's settings: one TOML file into one frozen struct."""

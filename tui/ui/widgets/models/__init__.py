"""The list of models and the detail of one."""

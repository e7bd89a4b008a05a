"""Checker of the house rules: dependencies among the modules of `tui`, their names and their docstrings.

`python -m tests.house` prints the report; `test_house.py` holds the same rules to the same bounds.
"""

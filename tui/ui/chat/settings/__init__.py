"""The dialog that sets how a question is asked."""

"""Layout of one message: from its text to its wrapped lines, without widgets."""

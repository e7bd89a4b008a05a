"""From the messages of a conversation to the tokens of its prompt."""

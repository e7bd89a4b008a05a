"""The chat: transcript, prompt, what fills the context, status."""

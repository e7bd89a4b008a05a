"""Dialog for the answer settings: preset, system prompt, sampling, JSON schema."""

"""The question what to run: task, language and length of texts, three picks, and a model's figures."""

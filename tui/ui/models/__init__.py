"""What is said of models, in lines, columns and words, and their verdicts: no widget here."""

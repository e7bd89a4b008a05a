"""Help screen: keys, verdicts, signs, terms and questions with answers."""

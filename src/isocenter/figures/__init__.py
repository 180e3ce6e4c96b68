"""Drawing: nouns to pictures."""

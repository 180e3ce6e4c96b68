"""Numbers from truth and answer, their intervals and tests."""

"""What the trivial baselines of all kinds share."""

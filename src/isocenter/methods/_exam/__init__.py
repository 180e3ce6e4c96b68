"""Networks that answer for a whole exam: what the methods of every exam task share."""

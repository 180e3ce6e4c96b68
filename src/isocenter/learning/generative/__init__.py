"""What generators are made of: networks in pairs, adversaries, and how both learn."""

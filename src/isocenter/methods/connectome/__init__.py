"""What is connected: a graph."""

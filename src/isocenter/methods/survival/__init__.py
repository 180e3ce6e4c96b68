"""How long: the time to an event."""

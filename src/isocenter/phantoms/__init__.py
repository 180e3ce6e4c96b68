"""Images whose truth is known by construction."""

"""From a body to a film: geometry, projection, detector, processing, letters."""

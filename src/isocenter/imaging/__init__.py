"""Classical processing on arrays and spacing."""

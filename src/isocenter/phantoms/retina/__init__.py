"""What the fundus phantom is made of: vessels, lesions by grade, light and camera."""

"""What the dementia-risk phantom is made of: an aging slice, its scan, and the years that follow."""

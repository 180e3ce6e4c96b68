"""Pictures of single cases: images with the outlines of truth and answers."""

"""Anomaly: what normal cases look like is learned from them alone; how far a new case is from that is the answer."""

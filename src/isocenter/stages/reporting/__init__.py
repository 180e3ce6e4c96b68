"""The report: what may be claimed, as one page."""

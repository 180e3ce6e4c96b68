"""Charts of a report, one file each: CHART draws itself from the Evidence, or draws nothing."""

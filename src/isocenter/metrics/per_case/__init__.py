"""Metrics of one case: one file a metric, `METRIC: CaseMetric`. The file's name is the metric's name."""

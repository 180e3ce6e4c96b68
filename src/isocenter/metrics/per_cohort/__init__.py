"""Metrics of many cases: one file a metric, `METRIC: CohortMetric`. The file's name is the metric's name."""

"""Differences in a finding's sentence.

In:   an estimate. Out: "+0.56 (+0.36 to +0.80)", or "+0.56 (no interval)".
"""

import math

from isocenter.core.estimate import Estimate


def with_interval(estimate: Estimate) -> str:
    """Return a signed value with its interval."""
    low, high = estimate.ci95
    inside = "no interval" if math.isnan(low) or math.isnan(high) else f"{low:+.2f} to {high:+.2f}"
    return f"{round(estimate.value, 2) + 0.0:+.2f} ({inside})"

"""Edge error: the mean absolute difference of the edge weights of two graphs on the same nodes.

Out:  `edge_error` >= 0, over the edges of either graph; a missing edge has weight 0. NaN when neither has edges.
Reference: Willmott & Matsuura, Clim Res 2005; 30:79 (mean absolute error).
"""

import math

import numpy as np

from isocenter.core.graph import Graph
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.edge_weights import edge_weights

_METHOD = "mean absolute error of edge weights, over the edges of either graph"


def measure(pair: Pair) -> list[Measurement]:
    """Return the mean absolute error of the edge weights."""
    if not isinstance(pair.truth, Graph):
        return []
    weights = edge_weights(pair)
    value = float(np.abs(weights[:, 1] - weights[:, 0]).mean()) if len(weights) else math.nan
    return [Measurement(case=pair.case, name="edge_error", value=value, unit=pair.target.unit, method=_METHOD)]


MEASURES = ("graph",)
METRIC: CaseMetric = measure

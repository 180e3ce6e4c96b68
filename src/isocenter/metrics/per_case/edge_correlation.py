"""Edge correlation: Pearson's correlation of the edge weights of two graphs on the same nodes.

Out:  `edge_correlation` in [-1, 1], over the edges of either graph; a missing edge has weight 0. NaN when one side does not vary.
Reference: Pearson, Proc R Soc Lond 1895; 58:240.
"""

import math

import numpy as np

from isocenter.core.graph import Graph
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.edge_weights import edge_weights

_METHOD = "Pearson correlation of edge weights, over the edges of either graph"


def measure(pair: Pair) -> list[Measurement]:
    """Return the correlation of the edge weights."""
    if not isinstance(pair.truth, Graph):
        return []
    weights = edge_weights(pair)
    varies = len(weights) > 1 and bool((np.ptp(weights, axis=0) > 1e-12).all())
    value = float(np.corrcoef(weights[:, 0], weights[:, 1])[0, 1]) if varies else math.nan
    return [Measurement(case=pair.case, name="edge_correlation", value=value, unit="1", method=_METHOD)]


MEASURES = ("graph",)
METRIC: CaseMetric = measure

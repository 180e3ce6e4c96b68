"""Nothing found: the empty set of points or boxes.

In:   the labels, for the number of axes and the names.
Out:  Points of length 0.
Not:  nothing is looked for.
"""

from collections.abc import Sequence

import numpy as np

from isocenter.core.points import Points
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.methods._baselines.constant import Constant


class EmptySet(Constant):
    """No point, or no box, in any case."""

    def answer(self, target: Target, labels: Sequence[Value]) -> Value | None:
        """Return an empty set with the axes of the labels; None if no label is a set of places."""
        places = [label for label in labels if isinstance(label, Points)]
        if not places:
            return None
        axes = places[0].world.shape[1]
        return Points(
            world=np.zeros((0, axes)),
            kind=np.zeros(0, np.intp),
            score=np.zeros(0),
            names=places[0].names,
            extent=np.zeros((0, axes)) if target.type == "boxes" else None,
        )

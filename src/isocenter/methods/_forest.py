"""A random forest as plain arrays: grown by scikit-learn, walked and stored without it.

In:   a fitted RandomForestClassifier or RandomForestRegressor, or arrays read from a file.
Out:  class shares of samples (or the number), equal to scikit-learn's; arrays for safetensors.
Not:  no features, no sampling (segmentation/random_forest.py, _tabular/); nothing pickled.

Reference: Breiman, Mach Learn 2001; 45:5-32.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record

_CHUNK = 8192  # samples walked at once: their nodes stay in the cache


class Forest(Record):
    """All trees in one array of nodes. A node sends samples with value <= threshold to the left."""

    roots: NDArray[np.int32]
    """(T,), the first node of each tree."""
    feature: NDArray[np.int32]
    """(N,), feature asked at each node; -1 in a leaf, whose answer is ignored."""
    threshold: NDArray[np.float64]
    """(N,)"""
    left: NDArray[np.int32]
    """(N,), node reached; in a leaf, the leaf itself."""
    right: NDArray[np.int32]
    share: NDArray[np.float64]
    """(N, K), class shares in each node; of a regressor the mean, (N, 1)."""

    def predict(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the class shares (M, K) (or numbers (M, 1)) of samples (M, F), averaged over trees."""
        out = np.empty((len(samples), self.share.shape[1]), np.float32)
        asked = np.maximum(self.feature, 0).astype(np.int64)
        after = np.stack([self.right, self.left], axis=1).reshape(-1).astype(np.int64)  # node 2 n + (went left)
        for start in range(0, len(samples), _CHUNK):
            some = np.ascontiguousarray(samples[start : start + _CHUNK], np.float32)
            total = np.zeros((len(some), self.share.shape[1]))
            for root in self.roots:
                total += self.share.take(self._leaves(some, int(root), asked, after), axis=0)
            out[start : start + _CHUNK] = total / len(self.roots)
        return out

    def _leaves(
        self, samples: NDArray[np.float32], root: int, asked: NDArray[np.int64], after: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return the leaf each sample ends in. A leaf leads to itself, so all walk in step until none moves."""
        values = samples.reshape(-1)
        row = np.arange(len(samples)) * samples.shape[1]
        node = np.full(len(samples), root, np.int64)
        while True:
            goes_left = values.take(row + asked.take(node)) <= self.threshold.take(node)
            reached = after.take(2 * node + goes_left)
            if np.array_equal(reached, node):
                return node
            node = reached

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return the arrays by name, for safetensors."""
        return {name: np.ascontiguousarray(array) for name, array in vars(self).items()}


def forest_of(fitted: Any) -> Forest:
    """Take the trees out of a fitted sklearn.ensemble.RandomForestClassifier or RandomForestRegressor."""
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in ("feature", "threshold", "left", "right", "share")}
    classes = hasattr(fitted, "classes_")
    roots, start = [], 0
    for one in fitted.estimators_:
        tree = one.tree_
        count = tree.node_count
        leaf = tree.children_left < 0
        itself = np.arange(count)
        share = tree.value[:, 0, :]
        parts["feature"].append(np.where(leaf, -1, tree.feature))
        parts["threshold"].append(tree.threshold)
        parts["left"].append(np.where(leaf, itself, tree.children_left) + start)
        parts["right"].append(np.where(leaf, itself, tree.children_right) + start)
        parts["share"].append(share / share.sum(axis=1, keepdims=True) if classes else share)
        roots.append(start)
        start += count
    return Forest(
        roots=np.array(roots, np.int32),
        feature=np.concatenate(parts["feature"]).astype(np.int32),
        threshold=np.concatenate(parts["threshold"]).astype(np.float64),
        left=np.concatenate(parts["left"]).astype(np.int32),
        right=np.concatenate(parts["right"]).astype(np.int32),
        share=np.concatenate(parts["share"]).astype(np.float64),
    )

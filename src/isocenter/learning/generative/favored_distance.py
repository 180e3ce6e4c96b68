"""A distance in which samples of chosen intensities count more.

In:   answers and truths (N, C, *S) on the scale that is learned.
Out:  weighted mean of |answer - truth| or its square.

Reference: the pixel weights of Ronneberger et al., MICCAI 2015, arXiv:1505.04597. Differs: chosen by the truth's intensity.
"""

from torch import Tensor, ones_like, where


class FavoredDistance:
    """Weight `favor` where low <= truth <= high, else 1."""

    def __init__(self, *, power: int, low: float, high: float, favor: float) -> None:
        """Choose 1 for |gap|, 2 for its square as `power`."""
        self.power, self.low, self.high, self.favor = power, low, high, favor

    def __call__(self, answer: Tensor, truth: Tensor) -> Tensor:
        """Return the distance, ()."""
        weight = where((truth >= self.low) & (truth <= self.high), self.favor * ones_like(truth), ones_like(truth))
        gap = (answer - truth).abs() ** self.power
        return (weight * gap).sum() / weight.sum()

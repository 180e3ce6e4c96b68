"""Cross-entropy for semantic segmentation.

In:   logits (N, C, *S) and class indices (N, *S); -1 = not assessed.
Out:  the mean over the assessed samples.
Not:  no class weights; how often a class is seen is the sampler's business.

Reference: Goodfellow, Bengio & Courville, Deep Learning, MIT Press 2016, section 6.2.2.
"""

from torch import Tensor
from torch.nn import functional

from isocenter.learning.loss import Loss


def cross_entropy_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Return the mean negative logarithm of the true class's probability.

    logits : (N, C, *S) float, raw scores
    target : (N, *S) int64, class index in [0, C); -1 = not assessed
    return : () float32, nats, >= 0; 0 when nothing was assessed
    """
    total = functional.cross_entropy(logits.float(), target, ignore_index=-1, reduction="sum")
    return total / (target >= 0).sum().clamp(min=1)


LOSS = Loss(cross_entropy_loss, form="classes")

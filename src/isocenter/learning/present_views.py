"""The views that are there, each through its encoder. A missing one is not encoded: its zeros are no image and move no statistics.

In:   one encoder a view, views (N, C_v, *S), present (N, V) of 0 and 1.
Out:  features of every view (N, F_v, *s), zeros where it is missing.
Not:  no fusion (fusions/).
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from isocenter.learning.encoder import Features


def encode_present(encoders: Iterable[nn.Module], views: Sequence[Tensor], present: Tensor) -> list[Tensor]:
    """Return the features of every view, (N, F_v, *s) each.

    Where a single image of a batch has the view, batch normalizations take their stored statistics and leave them: those of
    one image are not those of the images they will see.
    """
    known = [encoder for encoder in encoders if isinstance(encoder, Features)]
    found = [_encoded(encoder, view, present[:, v] > 0) for v, (encoder, view) in enumerate(zip(known, views, strict=True))]
    like = next((features for features in found if features is not None), None)
    if like is None:  # nothing is there; only the shape is asked for
        with torch.no_grad():
            like = _by_stored_statistics(known[0], views[0][:1])
    return [
        like.new_zeros(len(present), encoder.features, *like.shape[2:]) if features is None else features
        for encoder, features in zip(known, found, strict=True)
    ]


def spread(x: Tensor, there: Tensor) -> Tensor:
    """Return (N, …) of those that are there (n, …), zeros elsewhere; there (N,) of bool."""
    whole = x.new_zeros(len(there), *x.shape[1:])
    whole[there] = x
    return whole


def _encoded(encoder: Features, view: Tensor, there: Tensor) -> Tensor | None:
    """Return features (N, F, *s) of a view; None where no image has it."""
    count = int(there.sum())
    if count == len(view):
        whole: Tensor = encoder(view)
        return whole
    if count == 0:
        return None
    return spread(_by_stored_statistics(encoder, view[there]) if count == 1 else encoder(view[there]), there)


def _by_stored_statistics(encoder: Features, images: Tensor) -> Tensor:
    """Return features whose batch normalizations neither take nor keep the statistics of these images."""
    moving = [module for module in encoder.modules() if isinstance(module, _BatchNorm) and module.training]
    for module in moving:
        module.eval()
    try:
        features: Tensor = encoder(images)
    finally:
        for module in moving:
            module.train()
    return features

"""A network whose answer depends on one known square (cube) alone, by weights set by hand."""

import numpy as np
import torch
from torch import nn

from isocenter.learning.attribution import Question
from isocenter.learning.exam.batch import ExamBatch
from isocenter.learning.fusion import Fused, Fusing

SIDE = 32
SQUARE = (slice(20, 28), slice(4, 12))
CUBE = (slice(8, 12), slice(8, 12), slice(0, 4))


class Looking(Fusing):
    """Views (N, 1, *S) -> their blurred sum inside the window, each view with a weight of its own."""

    def __init__(self, window, weights):
        super().__init__()
        conv = nn.Conv2d if window.ndim == 2 else nn.Conv3d
        self.blur = conv(1, 2, 3, padding=1, bias=False)
        self.blur.weight.data.fill_(1.0)
        self.blur.weight.data[1] = 0.5
        self.window = nn.Parameter(torch.from_numpy(window.astype(np.float32)))
        self.weights = nn.Parameter(torch.tensor(weights))
        self.features, self.stride, self.center = 2, 1, 0.0

    def forward(self, views, present):
        mixed = sum(weight * view for weight, view in zip(self.weights, views, strict=True))
        return Fused(features=(self.blur(mixed) * self.window).relu())


class Planted(nn.Module):
    """Called as an ExamNetwork is."""

    def __init__(self, window, weights=(1.0,)):
        super().__init__()
        self.fusion = Looking(window, weights)
        self.head = nn.Linear(2, 1)
        self.head.weight.data = torch.tensor([[1.0, 0.5]])
        self.head.bias.data.zero_()

    def forward(self, views, present, filled, where, covariates, *, maps=False):
        count, bag = filled.shape
        fused = self.fusion([view.flatten(0, 1) for view in views], present.flatten(0, 1))
        pooled = fused.features.flatten(2).mean(dim=2).view(count, bag, -1).mean(dim=1)
        return {"raw": {"n": self.head(pooled)}}


def window_of(place, shape):
    window = np.zeros(shape, bool)
    window[place] = True
    return window


def noise_batch(shape, *, views=1, bag=1, seed=0, bright=None):
    """Exams of noise; `bright` gets 2 added."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(views):
        view = rng.standard_normal((1, bag, 1, *shape)).astype(np.float32)
        if bright is not None:
            view[(..., *bright)] += 2.0
        made.append(torch.from_numpy(view))
    return ExamBatch(
        views=tuple(made),
        present=torch.ones(1, bag, views),
        filled=torch.ones(1, bag),
        where={},
        covariates=torch.zeros(1, 0),
        truths={},
    )


def planted(dimensions=2, *, weights=(1.0,), bag=1, seed=0):
    """A question to a planted network, and the window (*S) its answer depends on."""
    place, shape = (SQUARE, (SIDE,) * 2) if dimensions == 2 else (CUBE, (16,) * 3)
    window = window_of(place, shape)
    batch = noise_batch(shape, views=len(weights), bag=bag, seed=seed, bright=place)
    question = Question(network=Planted(window, weights).eval(), batch=batch, target="n", direction=torch.ones(1))
    return question, window

"""The validity rows of the phantom of cortical layers; called by phantom_validity.py, which says what (a) to (d) are.

There is no section of cortex with its layers named in the development data, so (a) to (c) are not assessed.
(d): gray alone (the layer most often seen at each gray, learned on half the cases), and place alone (the true cortex given, a layer
by its depth between pia and white matter, cut where the learning half's layers lie).
"""

import argparse

import numpy as np
from scipy import ndimage

from isocenter.metrics.boundary import boundary_f1
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.cortex.ribbon import LAYERS, OUTSIDE, WHITE
from phantom_validity import SEED

TOLERANCE_PX = 2.0
GRAYS = 256


def cortex_rows(args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer what can be answered for the cortical layers."""
    rows: list[dict[str, object]] = [
        {"check": check, "what": what, "value": "", "real": "no section with named layers in the data", "verdict": "not assessed"}
        for check, what in (("a", "statistics"), ("b", "forest_auc"), ("c", "transfer"))
    ]
    drawn = [case for _, case in draw_many(PHANTOMS.get("cortical_layers"), args.cases, SEED)]
    pictures = [c.inputs["section"].array()[0] for c in drawn]
    layers = [c.truths["layers"].labels.array()[0] for c in drawn]
    half = len(drawn) // 2
    answers = {
        "gray_alone": by_gray(pictures[:half], layers[:half], pictures[half:]),
        "depth_alone_in_the_true_cortex": by_depth(layers[:half], layers[half:]),
    }
    for name, answered in answers.items():
        dice, f1 = scored(layers[half:], answered)
        rows.append(
            {
                "check": "d",
                "what": name,
                "value": f"Dice {dice:.3f}, boundary F1 {f1:.3f}",
                "real": f"{len(answered)} cases, mean of six layers",
                "verdict": "fails" if dice < 0.75 else "DOES NOT FAIL",
            }
        )
    return rows


def by_gray(pictures: list[np.ndarray], layers: list[np.ndarray], asked: list[np.ndarray]) -> list[np.ndarray]:
    """Return the layer each gray was most often seen in, every layer counted alike."""
    seen = np.zeros((WHITE + 1, GRAYS))
    for picture, layer in zip(pictures, layers, strict=True):
        np.add.at(seen, (layer, picture), 1)
    seen = ndimage.gaussian_filter1d(seen / np.maximum(seen.sum(axis=1, keepdims=True), 1), 3.0, axis=1)
    return [seen.argmax(axis=0)[picture] for picture in asked]


def by_depth(layers: list[np.ndarray], asked: list[np.ndarray]) -> list[np.ndarray]:
    """Return layers cut at the depths that have the learning cases' share of samples below them."""
    depths = np.concatenate([depth_of(layer)[in_cortex(layer)] for layer in layers])
    names = np.concatenate([layer[in_cortex(layer)] for layer in layers])
    cuts = np.quantile(depths, [(names <= k).mean() for k in range(1, len(LAYERS))])
    return [np.where(in_cortex(layer), 1 + np.searchsorted(cuts, depth_of(layer)), layer) for layer in asked]


def in_cortex(layer: np.ndarray) -> np.ndarray:
    """Return where there is cortex."""
    return (layer != OUTSIDE) & (layer != WHITE)


def depth_of(layer: np.ndarray) -> np.ndarray:
    """Return how far each sample lies on the way from pia to white matter, in [0, 1]."""
    pia = ndimage.distance_transform_edt(layer != OUTSIDE)
    white = ndimage.distance_transform_edt(layer != WHITE)
    return pia / np.maximum(pia + white, 1e-9)


def scored(truth: list[np.ndarray], answers: list[np.ndarray]) -> tuple[float, float]:
    """Return Dice and boundary F1, means over the six layers and the cases."""
    dices, f1s = [], []
    for layer, answer in zip(truth, answers, strict=True):
        for k in range(1, len(LAYERS) + 1):
            a, b = layer == k, answer == k
            if a.any():
                dices.append(2 * (a & b).sum() / (a.sum() + b.sum()))
                f1s.append(boundary_f1(a, b, spacing=(1.0, 1.0), tolerance=TOLERANCE_PX))
    return float(np.mean(dices)), float(np.mean(f1s))

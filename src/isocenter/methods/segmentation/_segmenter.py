"""A fitted segmentation network: prepares, predicts window by window, goes back to the original geometry.

In:   cases; a network, its settings and its target.
Out:  a stream of Predictions; model.json and weights.safetensors.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError
from isocenter.core.grid import Grid
from isocenter.core.image import Image, held_image
from isocenter.core.mask import OBJECTS, Mask
from isocenter.core.prediction import Prediction
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.learning.edge_head import EdgeNetwork
from isocenter.learning.inference.sliding_window import Receiver, predict_scores, predict_volume
from isocenter.learning.inference.to_grid import GridReceiver
from isocenter.learning.inference.to_labels import last_apart
from isocenter.learning.preparation import Prepared, prepare_image
from isocenter.learning.weights import write_weights
from isocenter.methods._patches.engine import engine_for
from isocenter.methods.segmentation._objects import ObjectRule, number_objects
from isocenter.methods.segmentation._parts import part_answers
from isocenter.methods.segmentation._unet_config import UNetSettings

MAPPED_ABOVE = 5e8
"""Bytes of probability maps kept in memory."""


class Segmenter:
    """See Model in core/method.py."""

    def __init__(
        self,
        network: nn.Module,
        *,
        inputs: tuple[str, ...],
        target: Target,
        settings: UNetSettings,
        rule: ObjectRule | None = None,
        parts: tuple[Target, ...] = (),
    ) -> None:
        """Hold a network.

        rule  : how the foreground becomes objects, where the target numbers them
        parts : places, boxes and counts that the study scores by the mask's parts
        """
        self.network = network.eval()
        self.shows_edges = isinstance(network, EdgeNetwork) and settings.keep_probability
        if isinstance(network, EdgeNetwork):
            network.shown = self.shows_edges
        self.inputs, self.target, self.settings, self.rule = inputs, target, settings, rule
        self.parts = parts
        self._engine = engine_for(self.network, settings, overlapping=target.overlapping)

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case. A case that cannot be answered is refused with the reason; the stream goes on."""
        for case in cases:
            try:
                prepared = prepare_image(case, self.settings.preparation(self.inputs))
            except (IsocenterError, OSError, ValueError, EOFError) as error:
                yield Prediction(case=case.key, answers={}, refused=str(error))
                continue
            yield self._answer(prepared, scratch)

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "inputs": list(self.inputs),
            "target": self.target.model_dump(mode="json"),
            "settings": dataclasses.asdict(self.settings),
            "rule": dataclasses.asdict(self.rule) if self.rule is not None else None,
            "parts": [t.model_dump(mode="json") for t in self.parts],
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        write_weights(self.network, folder / "weights.safetensors")

    def _answer(self, prepared: Prepared, scratch: Path) -> Prediction:
        names, overlapping, shape = self.target.classes, self.target.overlapping, prepared.grid.shape
        outputs = len(names) - 1 if overlapping else len(names)
        labels = np.zeros((outputs, *shape) if overlapping else shape, bool if overlapping else np.uint8)
        wanted = self.settings.keep_probability or bool(self.parts)
        probability = _bytes((outputs, *shape), scratch / "probability.dat") if wanted else None
        size = prepared.image.shape[1:]
        receive: Receiver = GridReceiver(size, shape, labels=labels, probabilities=probability, overlapping=overlapping)
        edges = _bytes((1, *shape), scratch / "edges.dat") if self.shows_edges else None
        if edges is not None:
            receive = last_apart(receive, GridReceiver(size, shape, probabilities=edges, overlapping=True))
        predict_volume(
            self._engine,
            prepared.image,
            self.settings.patch,
            receive,
            classes=outputs + (edges is not None),
            step=1.0 - self.settings.overlap,
            mirror_axes=self.settings.mirror_axes if self.settings.mirror_prediction else (),
        )
        objects: Image | None = None
        if self.rule is not None and not overlapping:
            numbers = number_objects(labels > 0, self.rule)
            labels[numbers == 0] = 0
            objects = held_image(numbers[None], prepared.grid, channels=OBJECTS)
        channels = names[1:] if overlapping else ("label",)
        image = held_image(labels if overlapping else labels[None], prepared.grid, channels=channels)
        extras: dict[str, Value] = {}
        answers: dict[str, Value] = {}
        if probability is not None and self.parts:
            decided = labels if overlapping else np.stack([labels == k for k in range(1, outputs)])
            shares = (probability if overlapping else probability[1:]).astype(np.float32) / 255.0
            answers |= part_answers(self.parts, self.target, decided, shares, prepared.grid)
        if probability is not None and self.settings.keep_probability:
            extras[f"{self.target.name}:probability"] = _as_probability(probability, prepared.grid, names, overlapping=overlapping)
        if edges is not None:
            shares = edges.astype(np.float32) / 255.0
            extras[f"{self.target.name}:edges"] = held_image(shares, prepared.grid, channels=("edge",))
        return Prediction(
            case=prepared.key,
            answers={self.target.name: Mask(labels=image, names=names, overlapping=overlapping, objects=objects), **answers},
            extras=extras,
        )


def _bytes(shape: tuple[int, ...], path: Path) -> NDArray[np.uint8]:
    """Return zeros, mapped from disk where they are many."""
    if np.prod(shape, dtype=float) < MAPPED_ABOVE:
        return np.zeros(shape, np.uint8)
    mapped: NDArray[np.uint8] = np.memmap(path, np.uint8, "w+", shape=shape)
    return mapped


def _as_probability(probability: NDArray[np.uint8], grid: Grid, names: tuple[str, ...], *, overlapping: bool) -> Image:
    """Return the map of every class, background first, in [0, 1]."""
    shares = probability.astype(np.float32) / 255.0
    if overlapping:
        shares = np.concatenate([1.0 - shares.max(axis=0, keepdims=True), shares])
    return held_image(shares, grid, channels=names)


def validation_dice(network: nn.Module, cases: Sequence[Prepared], target: Target, settings: UNetSettings) -> Mapping[str, float]:
    """Return the mean Dice of the foreground classes on some prepared cases, as "tune_dice"; {} without cases."""
    values = []
    outputs = len(target.classes) - (1 if target.overlapping else 0)
    engine = engine_for(network, settings, overlapping=target.overlapping)
    for case in cases:
        if case.target is None:
            continue
        scores = predict_scores(engine, case.image, settings.patch, classes=outputs, step=1.0 - settings.overlap)
        values.append(_mean_dice(scores, case.target, overlapping=target.overlapping))
    known = [v for v in values if not np.isnan(v)]
    return {"tune_dice": float(np.mean(known))} if known else {}


def _mean_dice(scores: NDArray[np.float32], truth: NDArray[np.integer], *, overlapping: bool) -> float:
    """Dice averaged over the foreground classes that are in the truth or the answer, where the truth was assessed."""
    found = []
    labels = None if overlapping else scores.argmax(axis=0)
    for index in range(0 if overlapping else 1, scores.shape[0]):
        if labels is None:
            answer, wanted, assessed = scores[index] > 0, truth[index] == 1, truth[index] >= 0
        else:
            answer, wanted, assessed = labels == index, truth == index, truth >= 0
        both = float((answer & wanted & assessed).sum())
        total = float((answer & assessed).sum() + wanted.sum())
        if total:
            found.append(2 * both / total)
    return float(np.mean(found)) if found else float("nan")

"""A fitted segmentation network: prepares, predicts window by window, goes back to the original geometry.

In:   cases; a network, its settings and its target.
Out:  a stream of Predictions; model.json and weights.safetensors.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from monai.inferers import sliding_window_inference
from numpy.typing import NDArray
from torch import Tensor, nn

from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError
from isocenter.core.image import held_image
from isocenter.core.mask import Mask
from isocenter.core.prediction import Prediction
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.imaging.resample import zoom_to
from isocenter.learning.preparation import Prepared, prepare_image
from isocenter.learning.weights import write_weights
from isocenter.methods.segmentation._unet_config import UNetSettings


class Segmenter:
    """See Model in core/method.py."""

    def __init__(self, network: nn.Module, *, inputs: tuple[str, ...], target: Target, settings: UNetSettings) -> None:
        self.network = network.eval()
        self.inputs, self.target, self.settings = inputs, target, settings

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case. A case that cannot be answered is refused with the reason; the stream goes on."""
        del scratch
        for case in cases:
            try:
                prepared = prepare_image(case, self.settings.preparation(self.inputs))
            except IsocenterError as error:
                yield Prediction(case=case.key, answers={}, refused=str(error))
                continue
            yield self._answer(prepared)

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "inputs": list(self.inputs),
            "target": self.target.model_dump(mode="json"),
            "settings": dataclasses.asdict(self.settings),
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        write_weights(self.network, folder / "weights.safetensors")

    def _answer(self, prepared: Prepared) -> Prediction:
        p = probabilities(self.network, prepared, self.settings, overlapping=self.target.overlapping)
        p = zoom_to(p, prepared.grid.shape, order=1)
        names = self.target.classes
        if self.target.overlapping:
            labels = held_image(p > 0.5, prepared.grid, channels=names[1:])
            p = np.concatenate([1 - p.max(axis=0, keepdims=True), p])
        else:
            labels = held_image(p.argmax(axis=0).astype(np.uint8)[None], prepared.grid, channels=("label",))
        mask = Mask(labels=labels, names=names, overlapping=self.target.overlapping)
        extras: dict[str, Value] = {}
        if self.settings.keep_probability:
            extras[f"{self.target.name}:probability"] = held_image(p.astype(np.float32), prepared.grid, channels=names)
        return Prediction(case=prepared.key, answers={self.target.name: mask}, extras=extras)


@torch.inference_mode()
def probabilities(network: nn.Module, prepared: Prepared, settings: UNetSettings, *, overlapping: bool) -> NDArray[np.float32]:
    """Return class probabilities (K, *S) on the prepared array's samples."""
    flat = [a for a, n in enumerate(settings.patch) if n == 1]
    device = next(network.parameters()).device

    def call(windows: Tensor) -> Tensor:
        x = windows
        for axis in reversed(flat):
            x = x.squeeze(axis + 2)
        with torch.autocast(device.type, torch.bfloat16, enabled=settings.precision == "bfloat16"):
            logits = network(x).float()
        scores = logits.sigmoid() if overlapping else logits.softmax(dim=1)
        for axis in flat:
            scores = scores.unsqueeze(axis + 2)
        return scores

    image = torch.from_numpy(np.ascontiguousarray(prepared.image))[None].to(device)
    out = sliding_window_inference(
        image, settings.patch, 4, call, overlap=settings.overlap, mode="gaussian", padding_mode="constant"
    )
    result: NDArray[np.float32] = out[0].cpu().numpy()
    return result


def validation_dice(network: nn.Module, cases: Sequence[Prepared], target: Target, settings: UNetSettings) -> Mapping[str, float]:
    """Return the mean Dice of the foreground classes on some prepared cases, as "tune_dice"; {} without cases."""
    values = []
    network.eval()
    for case in cases:
        if case.target is None:
            continue
        p = probabilities(network, case, settings, overlapping=target.overlapping)
        values.append(_mean_dice(p, case.target, overlapping=target.overlapping))
    known = [v for v in values if not np.isnan(v)]
    return {"tune_dice": float(np.mean(known))} if known else {}


def _mean_dice(p: NDArray[np.float32], truth: NDArray[np.integer], *, overlapping: bool) -> float:
    """Dice averaged over the foreground classes that are in the truth or the answer, where the truth was assessed."""
    scores = []
    labels = None if overlapping else p.argmax(axis=0)
    for index in range(0 if overlapping else 1, p.shape[0]):
        if labels is None:
            answer, wanted, assessed = p[index] > 0.5, truth[index] == 1, truth[index] >= 0
        else:
            answer, wanted, assessed = labels == index, truth == index, truth >= 0
        both = float((answer & wanted & assessed).sum())
        total = float((answer & assessed).sum() + wanted.sum())
        if total:
            scores.append(2 * both / total)
    return float(np.mean(scores)) if scores else float("nan")

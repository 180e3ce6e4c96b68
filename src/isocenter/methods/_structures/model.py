"""Fitted slice classifiers: boxes or landmarks of each case, in the original geometry.

In:   cases; three networks, their settings, the structures they learned.
Out:  a stream of Predictions; model.json and weights.safetensors.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from isocenter.core.case import Case
from isocenter.core.errors import GeometryError, IsocenterError
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.study import Target
from isocenter.learning.preparation import Prepared, prepare_image
from isocenter.learning.slice_lesson import framed_slices, slices_across
from isocenter.learning.slice_network import AXES, SliceNetwork
from isocenter.learning.slice_runs import Run, longest_run, run_at_peak
from isocenter.learning.weights import write_weights
from isocenter.methods._patches.placing import in_world, sides_in_world
from isocenter.methods._places import kinds_of
from isocenter.methods._structures.settings import StructureSettings

AT_ONCE = 64
"""Slices a forward pass."""
HALF = 0.5
"""Of the peak, where a landmark ends, and a structure that is always there and nowhere likely."""


class StructureFinder:
    """See Model in core/method.py."""

    def __init__(
        self,
        network: SliceNetwork,
        *,
        inputs: tuple[str, ...],
        target: Target,
        settings: StructureSettings,
        frame: tuple[int, ...],
        always: tuple[bool, ...],
    ) -> None:
        """Hold a network.

        frame  : samples per axis slices are shown in at least
        always : (K,) whether every learning case has it: then it is always answered
        """
        self.network = network.eval()
        self.inputs, self.target, self.settings, self.frame, self.always = inputs, target, settings, frame, always

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case. A case that cannot be answered is refused with the reason; the stream goes on."""
        del scratch
        for case in cases:
            try:
                prepared = prepare_volume(case, self.settings, self.inputs)
            except (IsocenterError, OSError, ValueError, EOFError) as error:
                yield Prediction(case=case.key, answers={}, refused=str(error))
                continue
            yield Prediction(case=case.key, answers={self.target.name: self.find(prepared)})

    def find(self, prepared: Prepared) -> Points:
        """Return the structures of a case: those that slices across all three axes show."""
        likely = [self.likely(prepared, axis) for axis in range(AXES)]
        found = [(kind, runs) for kind in range(len(self.always)) if (runs := self._runs(kind, likely))]
        low = np.array([[run.low for run in runs] for _, runs in found], float).reshape(-1, AXES)
        high = np.array([[run.high for run in runs] for _, runs in found], float).reshape(-1, AXES)
        boxes = self.target.type == "boxes"
        return Points(
            world=in_world((low + high) / 2, prepared),
            kind=np.array([kind for kind, _ in found], np.intp),
            score=np.array([self._score(kind, runs) for kind, runs in found], float),
            names=kinds_of(self.target),
            extent=sides_in_world(high - low, prepared) if boxes else None,
        )

    @torch.inference_mode()
    def likely(self, prepared: Prepared, axis: int) -> NDArray[np.float64]:
        """Return how likely each slice across an axis shows each structure, (S_axis, K) in [0, 1], smoothed."""
        count = prepared.image.shape[axis + 1]
        frame = [n for a, n in enumerate(self.frame) if a != axis]
        device = next(self.network.parameters()).device
        answers = []
        for first in range(0, count, AT_ONCE):
            index = range(first, min(first + AT_ONCE, count))
            slices = slices_across(prepared.image, axis, index, neighbors=self.settings.neighbors)
            shown = torch.from_numpy(framed_slices(slices, frame)).to(device)
            answers.append(self.network.across[axis](shown).sigmoid())
        likely = torch.cat(answers).double().cpu().numpy()
        return np.asarray(gaussian_filter1d(likely, self.settings.smooth, axis=0, mode="nearest"))

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "inputs": list(self.inputs),
            "target": self.target.model_dump(mode="json"),
            "settings": dataclasses.asdict(self.settings),
            "frame": list(self.frame),
            "always": list(self.always),
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        write_weights(self.network, folder / "weights.safetensors")

    def _runs(self, kind: int, likely: Sequence[NDArray[np.float64]]) -> list[Run]:
        """Return a kind's run along each axis; [] where one axis shows it nowhere."""
        runs = []
        for each in likely:
            run = longest_run(each[:, kind], above=self.settings.above)
            if run is None and not self.always[kind]:
                return []
            if run is None or self.target.type == "points":
                run = run_at_peak(each[:, kind], above=HALF)
            runs.append(run)
        return runs

    def _score(self, kind: int, runs: Sequence[Run]) -> float:
        """Return how sure the axis is that is least sure; what is always there is answered, however unsure."""
        sure = min(run.sure for run in runs)
        return max(sure, HALF) if self.always[kind] else sure


def prepare_volume(case: Case, settings: StructureSettings, inputs: tuple[str, ...]) -> Prepared:
    """Return a case as the networks see it. GeometryError for what has no three axes."""
    prepared = prepare_image(case, settings.preparation(inputs))
    if prepared.grid.ndim != AXES:
        raise GeometryError(
            f"case {case.key}: expected a volume of three axes, got {prepared.grid.ndim}: there is nothing to slice."
        )
    return prepared

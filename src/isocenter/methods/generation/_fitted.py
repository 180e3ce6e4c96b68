"""A fitted generator without a network: arrays and a rule that makes images of them.

In:   arrays by name, a frame, a rule.
Out:  see Model in core/method.py.
"""

import dataclasses
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from isocenter.core.case import Case, Cases
from isocenter.core.errors import StudyError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods._frame import FrameSettings, framed
from isocenter.methods._framing import frame_of
from isocenter.methods.generation._requests import answers, seed_refusal

Arrays = Mapping[str, NDArray[Any]]


class FittedModel:
    """See Model in core/method.py."""

    def __init__(self, method: "Fitted", target: str, frame: FrameSettings, arrays: Arrays) -> None:
        self.method, self.target, self.frame, self.arrays = method, target, frame, arrays

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one image a case."""
        del scratch

        def sample(seeds: Iterable[int]) -> NDArray[np.floating]:
            return np.stack([self.method.draw(self.arrays, np.random.default_rng(seed)) for seed in seeds])

        yield from answers(cases, self.target, self.frame, sample)

    def refusal(self, case: Case) -> str:
        """Return why a request cannot be answered, "" where it can."""
        return seed_refusal(case)

    def save(self, folder: Path) -> None:
        """Write model.json and model.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        text = {"target": self.target, "frame": dataclasses.asdict(self.frame)}
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")
        save_file({name: np.ascontiguousarray(array) for name, array in self.arrays.items()}, folder / "model.safetensors")


class Fitted(ABC):
    """A recipe: look at every learning image once, keep some arrays, draw from them."""

    card: Card

    @abstractmethod
    def keep(self, images: NDArray[np.float32]) -> Arrays:
        """Return what is kept of the learning images (N, C, side, side)."""

    @abstractmethod
    def draw(self, arrays: Arrays, rng: np.random.Generator) -> NDArray[np.floating]:
        """Return one image (C, side, side)."""

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return a plan of the frame, as every generator of the study has it."""
        del minutes, gigabytes
        frame = frame_of(fingerprint, study.settings.get("side")) if fingerprint else FrameSettings()
        return baseline_plan(self.card, study, fingerprint, frame, {}, gigabytes=0.3)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> FittedModel:
        """Look at the learning images. StudyError when there are fewer than two."""
        del tune, journal
        frame = plan.config(FrameSettings)
        target = study.targets[0]
        images = framed(learn, next(iter(study.inputs)), frame)
        if len(images) < 2:
            raise StudyError(f"expected at least 2 learning images, got {len(images)}. Look at: isocenter check STUDY")
        return FittedModel(self, target.name, frame, self.keep(np.stack(images)))

    def load(self, folder: Path) -> FittedModel:
        """Return the model `save` wrote."""
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        frame = FrameSettings(**{**text["frame"], "spacing": tuple(text["frame"]["spacing"])})
        return FittedModel(self, text["target"], frame, load_file(folder / "model.safetensors"))

"""Mean mask: where each class mostly lies, in coordinates relative to the picture. It looks at no intensity.

In:   the learning masks, each stretched to one shape.
Out:  masks: where a class's frequency exceeds the cut of greatest Dice; and that frequency as a probability.
Not:  no registration, no image content: what it reaches is what the framing of the pictures gives away.

Reference: Rohlfing et al., NeuroImage 2004; 21:1428-1442 (average-shape atlas).
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from isocenter.core.case import Case, Cases
from isocenter.core.errors import GeometryError, SettingError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study, Target
from isocenter.imaging.resample import zoom_to
from isocenter.learning.assessed import assessed
from isocenter.methods._baselines.channels import grid_of
from isocenter.methods._baselines.labels import nothing_to_learn, targets_of
from isocenter.methods._baselines.running_mean import RunningMean, atlas_shape
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods.segmentation._answers import ClassMap, answer_each
from isocenter.methods.segmentation._truth import foreground, foreground_names, learnable


@dataclass(frozen=True, kw_only=True)
class MeanMaskConfig:
    """Settings of the mean mask."""

    shape: tuple[int, ...] = ()
    """Samples per axis the mean is kept at; empty: those of the first learning mask, at most 128 (2-D) or 64 (3-D)."""
    cases: int = 200
    """Learning masks that are averaged, at most."""
    keep_probability: bool = False
    """Whether a prediction carries the probability of each class."""

    def __post_init__(self) -> None:
        if self.cases < 1 or any(n < 1 for n in self.shape):
            raise SettingError(f"expected cases >= 1 and a shape of numbers >= 1, got cases {self.cases!r}, shape {self.shape!r}.")


@dataclass(frozen=True)
class MeanMaskModel:
    """Frequency maps and a cut per class."""

    inputs: tuple[str, ...]
    targets: tuple[Target, ...]
    frequency: Mapping[str, NDArray[np.float32]]
    """By target: (K - 1, *A), in [0, 1]."""
    cuts: Mapping[str, tuple[float, ...]]
    config: MeanMaskConfig

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case; a case without an image, or with another number of axes, is refused."""
        del scratch
        return answer_each(cases, self._answer)

    def _answer(self, case: Case) -> Mapping[str, ClassMap]:
        grid = grid_of(case, self.inputs)
        maps: dict[str, ClassMap] = {}
        for target in self.targets:
            mean = self.frequency[target.name]
            if mean.ndim - 1 != grid.ndim:
                raise GeometryError(f"expected an image with {mean.ndim - 1} axes in case {case.key}, got {grid.ndim}.")
            filled = ClassMap(target, grid, keep_probability=self.config.keep_probability)
            for index, cut in enumerate(self.cuts[target.name]):
                near = np.clip(zoom_to(mean[index : index + 1], grid.shape, order=1)[0], 0, 1)
                filled.lay(index + 1, near >= cut, near)
            maps[target.name] = filled
        return maps

    def save(self, folder: Path) -> None:
        """Write model.json and model.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file(dict(self.frequency), folder / "model.safetensors")
        text = {
            "inputs": list(self.inputs),
            "targets": [target.model_dump(mode="json") for target in self.targets],
            "cuts": {name: list(cuts) for name, cuts in self.cuts.items()},
            "config": dataclasses.asdict(self.config),
        }
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")


def best_cut(frequency: NDArray[np.floating]) -> float:
    """Return the cut of a frequency map at which its pooled Dice with the masks it is the mean of is greatest.

    Over n masks, claiming the set S scores 2 sum_S f / (|S| + sum f): the best S is a level set, found by sorting.
    2 (never reached) for an empty map.
    """
    levels = np.sort(frequency.reshape(-1).astype(np.float64))[::-1]
    if levels[0] <= 0:
        return 2.0
    dice = 2 * np.cumsum(levels) / (np.arange(1, len(levels) + 1) + levels.sum())
    return float(levels[int(np.argmax(dice))])


class MeanMask:
    """The average-shape atlas, without registration."""

    card = Card(
        name="mean_mask",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=False,
        cite="Rohlfing et al., Evaluation of atlas selection strategies, NeuroImage 2004; 21:1428-1442.",
        differs="Masks are laid over one another by relative coordinates instead of registration.",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose the shape the mean is kept at."""
        del minutes, gigabytes
        shapes = [tuple(shape) for shape in fingerprint.get("shapes") or () if len(shape) in (2, 3)]
        reasons: dict[str, str] = {}
        shape: tuple[int, ...] = ()
        if shapes and len({len(s) for s in shapes}) == 1:
            median = tuple(int(n) for n in np.median(shapes, axis=0))
            shape = atlas_shape(median)
            reasons["shape"] = f"the median shape is {' × '.join(map(str, median))}; a mean of outlines needs no finer grid"
        return baseline_plan(self.card, study, fingerprint, MeanMaskConfig(shape=shape), reasons, gigabytes=1.0)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> MeanMaskModel:
        """Average the learning masks and choose the cuts; inside the scope's region where the target has one."""
        del tune
        config = plan.config(MeanMaskConfig)
        targets = targets_of(study, self.card)
        means: dict[str, RunningMean] = {}
        step = max(1, -(-len(learn) // config.cases))
        for case in learn.select(list(learn.keys)[::step]):
            if journal.stop_now():
                break
            for target in targets:
                for _, mask in learnable(target, [case]):
                    shape = config.shape or atlas_shape(mask.grid.shape)
                    mean = means.setdefault(target.name, RunningMean(len(foreground_names(target)), shape))
                    if len(mean.shape) == mask.grid.ndim:
                        mean.add(foreground(mask, target), assessed(case, target, mask.grid))
        for target in targets:
            if target.name not in means:
                raise nothing_to_learn(target)
        frequency = {name: mean.mean for name, mean in means.items()}
        cuts = {name: tuple(best_cut(one) for one in maps) for name, maps in frequency.items()}
        return MeanMaskModel(tuple(study.inputs), targets, frequency, cuts, config)

    def load(self, folder: Path) -> MeanMaskModel:
        """Return the model `save` wrote."""
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        targets = tuple(Target.model_validate(target) for target in text["targets"])
        config = MeanMaskConfig(**text["config"] | {"shape": tuple(text["config"]["shape"])})
        cuts = {name: tuple(values) for name, values in text["cuts"].items()}
        return MeanMaskModel(tuple(text["inputs"]), targets, load_file(folder / "model.safetensors"), cuts, config)


METHOD = MeanMask()

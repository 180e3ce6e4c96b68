"""The recipe and the model that thresholding and vesselness share: features of a case, then one cut per class.

In:   a function from a case to named features; learning cases.
Out:  CutModel, which answers and saves itself as JSON and safetensors.
Not:  what the features are (threshold.py, frangi.py).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from isocenter.core.case import Case, Cases
from isocenter.core.errors import GeometryError, IsocenterError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study, Target
from isocenter.learning.assessed import assessed
from isocenter.methods._baselines.channels import Channels
from isocenter.methods._baselines.labels import nothing_to_learn, targets_of
from isocenter.methods.segmentation._answers import ClassMap, answer_each
from isocenter.methods.segmentation._cuts import Cuts, Histograms
from isocenter.methods.segmentation._truth import foreground, foreground_names, learnable, same_shape

_SAMPLED = 1_000_000  # samples of one case that are counted

Features = Callable[[Case], Channels]


class CutModel:
    """One cut per class. The config travels in the JSON, so that load needs nothing else."""

    def __init__(
        self, features: Features, targets: tuple[Target, ...], cuts: Mapping[str, Cuts], config: Mapping[str, Any], *, keep: bool
    ) -> None:
        self.targets = targets
        self.cuts = cuts
        self._features = features
        self._config = config
        self._keep = keep

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case; a case without any channel that was learned from is refused."""
        del scratch
        return answer_each(cases, self._answer)

    def _answer(self, case: Case) -> Mapping[str, ClassMap]:
        seen = self._features(case)
        maps: dict[str, ClassMap] = {}
        for target in self.targets:
            filled = ClassMap(target, seen.grid, keep_probability=self._keep)
            cuts = self.cuts[target.name]
            for index in range(len(foreground_names(target))):
                channel = cuts.best(index, seen.arrays)
                if channel is None:
                    raise GeometryError(
                        f"expected one of the channels {', '.join(cuts.channels)} in case {case.key}, got "
                        f"{', '.join(seen.arrays)}: nothing was learned on those."
                    )
                filled.lay(index + 1, *cuts.apply(index, channel, seen.arrays[channel]))
            maps[target.name] = filled
        return maps

    def save(self, folder: Path) -> None:
        """Write model.json and model.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, np.ndarray[Any, Any]] = {}
        for name, cuts in self.cuts.items():
            arrays |= {f"{name}:{part}": getattr(cuts, part) for part in ("low", "high", "dice", "share")}
        save_file(arrays, folder / "model.safetensors")
        text = {
            "config": dict(self._config),
            "targets": [target.model_dump(mode="json") for target in self.targets],
            "channels": {name: list(cuts.channels) for name, cuts in self.cuts.items()},
            "cuts": {
                target.name: {
                    label: [self.cuts[target.name].text(k, c) for c in self.cuts[target.name].channels]
                    for k, label in enumerate(foreground_names(target))
                }
                for target in self.targets
            },
        }
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")


def fit_cuts(
    study: Study, card: Card, features: Features, learn: Cases, journal: Journal, *, cases: int
) -> tuple[tuple[Target, ...], Mapping[str, Cuts]]:
    """Choose the cuts of every target on at most `cases` learning cases, spread evenly.

    A case without a usable image is left out; a mask on another grid than its image is an error. StudyError if nothing is left.
    """
    targets = targets_of(study, card)
    counts = {target.name: Histograms(len(foreground_names(target))) for target in targets}
    step = max(1, -(-len(learn) // cases))
    for case in learn.select(list(learn.keys)[::step]):
        if journal.stop_now():
            break
        truths = [(target, mask) for target in targets for _, mask in learnable(target, [case])]
        if not truths or not case.inputs:
            continue
        try:
            seen = features(case)
        except GeometryError:
            continue
        for target, mask in truths:
            same_shape(case, seen.grid, mask)
            where = assessed(case, target, mask.grid)
            flat = np.flatnonzero(where) if where is not None else np.arange(int(np.prod(seen.grid.shape)))
            flat = flat[:: max(1, flat.size // _SAMPLED)]
            truth = foreground(mask, target).reshape(len(foreground_names(target)), -1)[:, flat]
            for channel, array in seen.arrays.items():
                counts[target.name].add(channel, array.reshape(-1)[flat], truth)
    for target in targets:
        if not counts[target.name].channels:
            raise nothing_to_learn(target)
    return targets, {name: count.cuts() for name, count in counts.items()}


def load_cuts(folder: Path, features: Callable[[Mapping[str, Any]], Features], *, card: Card) -> CutModel:
    """Return the model `save` wrote. IsocenterError names what the folder lacks.

    features : makes the features' function from the saved config
    """
    try:
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        arrays = load_file(folder / "model.safetensors")
    except OSError as error:
        raise IsocenterError(f"expected a saved {card.name} model in {folder}, got none ({error}). Train it first.") from error
    targets = tuple(Target.model_validate(target) for target in text["targets"])
    cuts = {
        target.name: Cuts(
            channels=tuple(text["channels"][target.name]),
            **{part: arrays[f"{target.name}:{part}"] for part in ("low", "high", "dice", "share")},
        )
        for target in targets
    }
    keep = bool(text["config"].get("keep_probability", False))
    return CutModel(features(text["config"]), targets, cuts, text["config"], keep=keep)

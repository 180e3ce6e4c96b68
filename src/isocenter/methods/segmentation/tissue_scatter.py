"""Tissue scatter: each class is a cloud in the plane of two features; a sample goes to the cloud it most likely comes from.

In:   two contrasts, or one and its smoothed self; masks of classes that exclude one another.
Out:  masks, and on request the probability of each class.
Not:  no neighborhood but the smoothing, no place.

Reference: Fisher, Ann Eugen 1936; 7:179-188. Cline et al., J Comput Assist Tomogr 1990; 14:1037-1045 (two-feature clouds of MR).
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from isocenter.core.case import Case, Cases
from isocenter.core.errors import GeometryError, PlanError, SettingError
from isocenter.core.grid import Grid
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.imaging.scale_space import smooth
from isocenter.learning.assessed import assessed
from isocenter.methods._baselines.channels import read_channels
from isocenter.methods._baselines.labels import nothing_to_learn, targets_of
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods.segmentation._answers import ClassMap, answer_each
from isocenter.methods.segmentation._truth import foreground, learnable, same_shape

_SAMPLED = 200_000  # samples of one case
_LEAST = 1e-6  # added to variances: a class of one intensity is still a cloud


@dataclass(frozen=True, kw_only=True)
class TissueScatterConfig:
    """Settings of the scatter."""

    channels: tuple[str, ...] = ()
    """The two features, by channel; empty: the first two of the first learning case, or its one channel and that smoothed."""
    sigma: float = 1.5
    """Smoothing that makes a second feature of a single channel, in samples of the finest axis."""
    cases: int = 60
    """Learning cases, at most."""
    keep_probability: bool = False
    """Whether a prediction carries the probability of each class."""

    def __post_init__(self) -> None:
        if len(self.channels) > 2 or self.sigma <= 0 or self.cases < 1:
            raise SettingError(
                f"expected at most two channels, sigma > 0 and cases >= 1, got channels {self.channels!r}, sigma {self.sigma!r}, "
                f"cases {self.cases!r}."
            )


class Clouds(Record):
    """One normal distribution per class, background included, over two features."""

    share: NDArray[np.float64]
    """(K,), how frequent each class is; 0 = never met."""
    mean: NDArray[np.float64]
    """(K, 2)"""
    covariance: NDArray[np.float64]
    """(K, 2, 2)"""

    def posterior(self, features: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the probability of each class for features (M, 2), (M, K)."""
        met = self.share > 0
        inverse = np.linalg.inv(self.covariance[met])
        gap = features[:, None, :] - self.mean[met]  # (M, k, 2)
        distance = np.einsum("mki,kij,mkj->mk", gap, inverse, gap)
        log = np.log(self.share[met]) - 0.5 * (distance + np.log(np.linalg.det(self.covariance[met])))
        p = np.exp(log - log.max(axis=1, keepdims=True))
        out = np.zeros((len(features), len(self.share)), np.float32)
        out[:, met] = p / p.sum(axis=1, keepdims=True)
        return out


class _Moments:
    """Sums from which clouds are made, case by case."""

    def __init__(self, classes: int) -> None:
        self.count = np.zeros(classes)
        self.first = np.zeros((classes, 2))
        self.second = np.zeros((classes, 2, 2))

    def add(self, features: NDArray[np.floating], label: NDArray[np.intp]) -> None:
        """Add samples (M, 2) of classes (M,)."""
        for k in np.unique(label):
            some = features[label == k].astype(float)
            self.count[k] += len(some)
            self.first[k] += some.sum(axis=0)
            self.second[k] += some.T @ some

    def clouds(self) -> Clouds:
        """Return the distributions."""
        n = np.maximum(self.count, 1)[:, None]
        mean = self.first / n
        covariance = self.second / n[:, None] - mean[:, :, None] * mean[:, None, :] + _LEAST * np.eye(2)
        return Clouds(share=self.count / max(self.count.sum(), 1), mean=mean, covariance=covariance)


@dataclass(frozen=True)
class ScatterModel:
    """Clouds per target."""

    inputs: tuple[str, ...]
    channels: tuple[str, ...]
    targets: tuple[Target, ...]
    clouds: Mapping[str, Clouds]
    config: TissueScatterConfig

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case; a case without one of the two features is refused."""
        del scratch
        return answer_each(cases, self._answer)

    def _answer(self, case: Case) -> Mapping[str, ClassMap]:
        plane = two_features(case, self.inputs, self.channels, self.config.sigma)
        samples = plane.features.reshape(2, -1).T
        maps: dict[str, ClassMap] = {}
        for target in self.targets:
            filled = ClassMap(target, plane.grid, keep_probability=self.config.keep_probability)
            p = self.clouds[target.name].posterior(samples)  # (M, K)
            best = p.argmax(axis=1)
            for index in range(1, len(target.classes)):
                filled.lay(index, (best == index).reshape(plane.grid.shape), p[:, index].reshape(plane.grid.shape))
            maps[target.name] = filled
        return maps

    def save(self, folder: Path) -> None:
        """Write model.json and model.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {f"{name}:{part}": array for name, clouds in self.clouds.items() for part, array in vars(clouds).items()}
        save_file({key: np.ascontiguousarray(array) for key, array in arrays.items()}, folder / "model.safetensors")
        text = {
            "inputs": list(self.inputs),
            "channels": list(self.channels),
            "targets": [target.model_dump(mode="json") for target in self.targets],
            "config": dataclasses.asdict(self.config),
        }
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")


class Plane(Record):
    """Two features of a case, (2, *S), and where they lie."""

    features: NDArray[np.float32]
    grid: Grid


def two_features(case: Case, inputs: Sequence[str], channels: Sequence[str], sigma: float) -> Plane:
    """Return two channels, or one and that one smoothed. GeometryError if the case lacks a channel."""
    seen = read_channels(case, inputs)
    missing = [name for name in channels if name not in seen.arrays]
    if missing:
        raise GeometryError(f"expected channel {missing[0]} in case {case.key}, got {', '.join(seen.arrays)}: a cloud needs both.")
    arrays = [seen.arrays[name] for name in channels]
    if len(arrays) == 1:
        spacing = seen.grid.spacing
        arrays.append(smooth(arrays[0], spacing=spacing, sigma=sigma * min(spacing)))
    return Plane(features=np.stack(arrays), grid=seen.grid)


class TissueScatter:
    """Quadratic discriminant analysis in two features."""

    card = Card(
        name="tissue_scatter",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=False,
        cite="Cline et al., Three-dimensional segmentation of MR images of the head, J Comput Assist Tomogr 1990; 14:1037-1045.",
        differs="Clouds are fitted to the learning masks, and no connectivity is applied.",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return a plan; PlanError where classes overlap, since a sample goes to one cloud."""
        del minutes, gigabytes
        for target in targets_of(study, self.card):
            if target.overlapping:
                raise PlanError(
                    f"expected classes that exclude one another, got overlapping ones in {target.name}. Use random_forest."
                )
        return baseline_plan(self.card, study, fingerprint, TissueScatterConfig(), {}, minutes_a_case=0.01, gigabytes=2.0)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> ScatterModel:
        """Fit the clouds to the learning cases; nothing is left to tune."""
        del tune
        config = plan.config(TissueScatterConfig)
        targets = targets_of(study, self.card)
        inputs = tuple(study.inputs)
        channels = config.channels
        moments = {target.name: _Moments(len(target.classes)) for target in targets}
        step = max(1, -(-len(learn) // config.cases))
        for case in learn.select(list(learn.keys)[::step]):
            masks = [(target, mask) for target in targets for _, mask in learnable(target, [case])]
            if journal.stop_now() or not masks:
                continue
            try:
                channels = channels or tuple(read_channels(case, inputs).arrays)[:2]
                plane = two_features(case, inputs, channels, config.sigma)
            except GeometryError:
                continue
            for target, mask in masks:
                same_shape(case, plane.grid, mask)
                truth = foreground(mask, target).reshape(len(target.classes) - 1, -1)
                where = assessed(case, target, mask.grid)
                index = np.arange(truth.shape[1]) if where is None else np.flatnonzero(where)
                index = index[:: max(1, len(index) // _SAMPLED)]
                label = np.where(truth[:, index].any(axis=0), truth[:, index].argmax(axis=0) + 1, 0)
                moments[target.name].add(plane.features.reshape(2, -1)[:, index].T, label)
        for target in targets:
            if not moments[target.name].count.any():
                raise nothing_to_learn(target)
        return ScatterModel(inputs, channels, targets, {name: some.clouds() for name, some in moments.items()}, config)

    def load(self, folder: Path) -> ScatterModel:
        """Return the model `save` wrote."""
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        arrays = load_file(folder / "model.safetensors")
        targets = tuple(Target.model_validate(target) for target in text["targets"])
        clouds = {t.name: Clouds(**{part: arrays[f"{t.name}:{part}"] for part in ("share", "mean", "covariance")}) for t in targets}
        config = TissueScatterConfig(**text["config"] | {"channels": tuple(text["config"]["channels"])})
        return ScatterModel(tuple(text["inputs"]), tuple(text["channels"]), targets, clouds, config)


METHOD = TissueScatter()

"""Random forest: each sample is classed by its neighborhood at several scales.

In:   images and masks.
Out:  masks, and on request the probability of each class.
Not:  no shape, no context beyond the largest scale.

Reference: Breiman, Mach Learn 2001; 45:5-32. Lindeberg, Int J Comput Vis 1998; 30:79-116 (the features).
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from isocenter.core.case import Case, Cases
from isocenter.core.errors import GeometryError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.imaging.resample import zoom_to
from isocenter.learning.assessed import assessed
from isocenter.methods._baselines.channels import images_of
from isocenter.methods._baselines.labels import nothing_to_learn, targets_of
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods._forest import Forest, forest_of
from isocenter.methods.segmentation._answers import ClassMap, answer_each
from isocenter.methods.segmentation._forest_features import RandomForestConfig, features_of, shrunk
from isocenter.methods.segmentation._truth import foreground, learnable, same_shape

_POWERS = (0.0, 0.25, 0.5, 0.75, 1.0)
_TUNED = 12  # cases the weight of rarity is chosen on
_AT_ONCE = 5  # trees grown between two looks at whether the user wants an end


class Grown(Record):
    """What was fitted for one target: a forest over all classes, or where they overlap one per class (absent, present)."""

    forests: tuple[Forest, ...]
    rarity: tuple[NDArray[np.float32], ...]
    """Per forest (K,): share of each class among the samples there are over its share among those drawn."""
    power: float
    """How far answers are weighed back by rarity: 0 as drawn (classes equal), 1 as they occur."""

    def probability(self, samples: NDArray[np.float32], power: float | None = None) -> list[NDArray[np.float32]]:
        """Return per forest the class probabilities (M, K)."""
        out = []
        for forest, rarity in zip(self.forests, self.rarity, strict=True):
            p = forest.predict(samples) * rarity ** (self.power if power is None else power)
            out.append(p / np.maximum(p.sum(axis=1, keepdims=True), 1e-12))
        return out


@dataclasses.dataclass(frozen=True)
class ForestModel:
    """A forest per target."""

    inputs: tuple[str, ...]
    channels: tuple[str, ...]
    targets: tuple[Target, ...]
    grown: Mapping[str, Grown]
    config: RandomForestConfig

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case; a case without an image is refused."""
        del scratch
        return answer_each(cases, self._answer)

    def _answer(self, case: Case) -> Mapping[str, ClassMap]:
        seen = features_of(case, self.inputs, self.channels, self.config)
        shape = seen.array.shape[1:]
        samples = seen.array.reshape(len(seen.array), -1).T
        maps: dict[str, ClassMap] = {}
        for target in self.targets:
            filled = ClassMap(target, seen.grid, keep_probability=self.config.keep_probability)
            parts = self.grown[target.name].probability(samples)
            # Per class (K - 1, *R): its probability, and what it must reach to be the answer.
            own = np.stack([p[:, 1] for p in parts], axis=1) if target.overlapping else parts[0][:, 1:]
            rival = np.full(own.shape, 0.5, np.float32) if target.overlapping else parts[0].max(axis=1, keepdims=True)
            lead = (own - rival).T.reshape(-1, *shape)
            own = own.T.reshape(-1, *shape)
            for index in range(len(target.classes) - 1):
                near = np.clip(zoom_to(own[index][None], seen.grid.shape)[0], 0, 1)
                where = near >= 0.5 if target.overlapping else zoom_to(lead[index][None], seen.grid.shape, order=0)[0] >= 0
                filled.lay(index + 1, where, near)
            maps[target.name] = filled
        return maps

    def save(self, folder: Path) -> None:
        """Write model.json and model.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, NDArray[Any]] = {}
        for name, grown in self.grown.items():
            for i, forest in enumerate(grown.forests):
                arrays |= {f"{name}:{i}:{part}": array for part, array in forest.arrays().items()}
                arrays[f"{name}:{i}:rarity"] = grown.rarity[i]
        save_file(arrays, folder / "model.safetensors")
        text = {
            "inputs": list(self.inputs),
            "channels": list(self.channels),
            "targets": [target.model_dump(mode="json") for target in self.targets],
            "forests": {name: len(grown.forests) for name, grown in self.grown.items()},
            "power": {name: grown.power for name, grown in self.grown.items()},
            "config": dataclasses.asdict(self.config),
        }
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")


class RandomForest:
    """Trees over scale space."""

    card = Card(
        name="random_forest",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=False,
        cite="Breiman, Random forests, Mach Learn 2001; 45:5-32.",
        differs="Classes are drawn equally often and weighed back by a power of their rarity that is chosen on the tuning cases.",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose at how many samples an image is seen."""
        del minutes, gigabytes
        solid = 3 in np.atleast_1d(fingerprint.get("dims", 2))
        samples = 1_000_000 if solid else 400_000
        shown = "100 × 100 × 100" if solid else "about 630 × 630"
        reasons = {"samples": f"{shown} shows what neighborhoods can tell, and keeps a case to seconds"}
        config = RandomForestConfig(samples=samples)
        return baseline_plan(self.card, study, fingerprint, config, reasons, minutes_a_case=0.03, gigabytes=2.0)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> ForestModel:
        """Draw samples, grow the trees, choose the weight of rarity on the tuning cases (the learning cases without any).

        Asked to stop, it ends after the case or the few trees in hand, with those grown so far.
        """
        config = plan.config(RandomForestConfig)
        rng = np.random.default_rng(plan.seed)
        targets = targets_of(study, self.card)
        inputs = tuple(study.inputs)
        step = max(1, -(-len(learn) // config.cases))
        chosen = learn.select(list(learn.keys)[::step])
        channels = _channels(chosen, inputs)
        drawn: dict[str, list[_Drawn]] = {target.name: [] for target in targets}
        for case in chosen:
            for target, some in _draw(case, targets, inputs, channels, config, rng):
                drawn[target.name].append(some)
            if all(drawn.values()) and journal.stop_now():
                break
        grown: dict[str, Grown] = {}
        for target in targets:
            if not drawn[target.name]:
                raise nothing_to_learn(target)
            grown[target.name] = _grow(target, drawn[target.name], config, plan.seed, journal)
        model = ForestModel(inputs, channels, targets, grown, config)
        return _tuned(model, tune if len(tune) else chosen, journal)

    def load(self, folder: Path) -> ForestModel:
        """Return the model `save` wrote."""
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        arrays = load_file(folder / "model.safetensors")
        grown = {}
        for name, count in text["forests"].items():
            forests, rarity = [], []
            for i in range(count):
                head = f"{name}:{i}:"
                parts = {key.removeprefix(head): array for key, array in arrays.items() if key.startswith(head)}
                rarity.append(parts.pop("rarity"))
                forests.append(Forest(**parts))
            grown[name] = Grown(forests=tuple(forests), rarity=tuple(rarity), power=text["power"][name])
        config = RandomForestConfig(**text["config"] | {"sigmas": tuple(text["config"]["sigmas"])})
        targets = tuple(Target.model_validate(target) for target in text["targets"])
        return ForestModel(tuple(text["inputs"]), tuple(text["channels"]), targets, grown, config)


class _Drawn(Record):
    """Samples of one case: features (M, F), truth (M, K - 1), how many samples each was drawn for (M,)."""

    samples: NDArray[np.float32]
    truth: NDArray[np.bool_]
    stands_for: NDArray[np.float64]


def _channels(cases: Cases, inputs: Sequence[str]) -> tuple[str, ...]:
    """Return the channels the cases have, in the order they are met. Headers only."""
    names: dict[str, None] = {}
    for case in cases:
        for name, image in images_of(case, inputs).items():
            names.update(dict.fromkeys([name] if len(image.channels) == 1 else [f"{name}/{c}" for c in image.channels]))
    return tuple(names)


def _draw(
    case: Case,
    targets: Sequence[Target],
    inputs: Sequence[str],
    channels: Sequence[str],
    config: RandomForestConfig,
    rng: np.random.Generator,
) -> Iterator[tuple[Target, _Drawn]]:
    """Yield, per labeled target, samples of one case: as many of each class as there are, up to their share."""
    masks = [(target, mask) for target in targets for _, mask in learnable(target, [case])]
    if not masks:
        return
    try:
        seen = features_of(case, inputs, channels, config)
    except GeometryError:
        return
    shape = seen.array.shape[1:]
    for target, mask in masks:
        same_shape(case, seen.grid, mask)
        truth = zoom_to(foreground(mask, target), shape, order=0).reshape(len(target.classes) - 1, -1)
        where = assessed(case, target, mask.grid)
        inside = np.ones(truth.shape[1], bool) if where is None else zoom_to(where[None], shape, order=0).reshape(-1)
        groups = [np.flatnonzero(inside & ~truth.any(axis=0)), *(np.flatnonzero(inside & one) for one in truth)]
        picked, stands_for = [], []
        for group in groups:
            some = rng.permutation(group)[: max(1, config.per_case // len(groups))]
            picked.append(some)
            stands_for.append(np.full(len(some), len(group) / max(len(some), 1)))
        index = np.concatenate(picked)
        samples = seen.array.reshape(len(seen.array), -1)[:, index].T
        yield target, _Drawn(samples=samples, truth=truth[:, index].T, stands_for=np.concatenate(stands_for))


def _grow(target: Target, drawn: Sequence[_Drawn], config: RandomForestConfig, seed: int, journal: Journal) -> Grown:
    """Fit one forest over all classes, or one per class where they overlap; a few trees at a time, which changes no tree."""
    from sklearn.ensemble import RandomForestClassifier

    samples = np.concatenate([some.samples for some in drawn])
    truth = np.concatenate([some.truth for some in drawn])  # (M, K - 1)
    stands_for = np.concatenate([some.stands_for for some in drawn])
    labels = list(truth.T.astype(int)) if target.overlapping else [np.where(truth.any(axis=1), truth.argmax(axis=1) + 1, 0)]
    classes = 2 if target.overlapping else len(target.classes)
    forests, rarity = [], []
    for label in labels:
        trees = RandomForestClassifier(
            min(_AT_ONCE, config.trees), max_depth=config.depth, min_samples_leaf=config.least, random_state=seed, warm_start=True
        )
        trees.fit(samples, label)
        while trees.n_estimators < config.trees and not journal.stop_now():
            trees.set_params(n_estimators=min(trees.n_estimators + _AT_ONCE, config.trees)).fit(samples, label)
        forest = forest_of(trees)
        share = np.zeros((len(forest.share), classes))
        share[:, trees.classes_] = forest.share  # a class never drawn has probability 0
        forests.append(dataclasses.replace(forest, share=share))
        there = np.bincount(label, weights=stands_for, minlength=classes)
        here = np.bincount(label, minlength=classes)
        rarity.append(((there / there.sum()) / np.maximum(here / here.sum(), 1e-9)).astype(np.float32))
    return Grown(forests=tuple(forests), rarity=tuple(rarity), power=0.5)


def _tuned(model: ForestModel, cases: Cases, journal: Journal) -> ForestModel:
    """Choose, per target, the power of rarity whose mean Dice on the cases is greatest."""
    step = max(1, -(-len(cases) // _TUNED))
    dice: dict[str, list[NDArray[np.float64]]] = {target.name: [] for target in model.targets}
    for case in cases.select(list(cases.keys)[::step]):
        if journal.stop_now():
            break
        masks = [(target, mask) for target in model.targets for _, mask in learnable(target, [case])]
        if not masks:
            continue
        try:
            seen = features_of(case, model.inputs, model.channels, model.config)
        except GeometryError:
            continue
        samples = seen.array.reshape(len(seen.array), -1).T
        for target, mask in masks:
            shape = shrunk(seen.grid.shape, model.config.samples)
            truth = zoom_to(foreground(mask, target), shape, order=0).reshape(len(target.classes) - 1, -1)
            where = assessed(case, target, mask.grid)
            inside = np.ones(truth.shape[1], bool) if where is None else zoom_to(where[None], shape, order=0).reshape(-1)
            dice[target.name].append(_dice_by_power(model.grown[target.name], target, samples[inside], truth[:, inside]))
    best = {
        name: dataclasses.replace(grown, power=_POWERS[int(np.argmax(np.nanmean(dice[name], axis=0)))])
        for name, grown in model.grown.items()
        if dice[name] and not np.isnan(dice[name]).all()
    }
    return dataclasses.replace(model, grown={**model.grown, **best})


def _dice_by_power(grown: Grown, target: Target, samples: NDArray[np.float32], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the mean Dice over classes for each power, (P,); NaN where the case has none of them."""
    plain = grown.probability(samples, power=0.0)
    out = []
    for power in _POWERS:
        parts = [p * rarity**power for p, rarity in zip(plain, grown.rarity, strict=True)]
        if target.overlapping:
            answer = np.stack([p[:, 1] >= p[:, 0] for p in parts])
        else:
            best = parts[0].argmax(axis=1)
            answer = np.stack([best == k for k in range(1, len(target.classes))])
        both, each = (answer & truth).sum(axis=1), answer.sum(axis=1) + truth.sum(axis=1)
        known = truth.any(axis=1)
        out.append(float((2 * both[known] / each[known]).mean()) if known.any() else np.nan)
    return np.array(out)


METHOD = RandomForest()

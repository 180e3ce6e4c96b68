"""Counting by density: a network maps how many objects each sample holds; the sum is the count, the peaks are the points.

In:   images of one or several inputs, dots (one or several kinds).
Out:  points of each kind; the counts that the study scores; density maps where asked for.
Not:  the network (learning/networks), the rules (_density_plan.py), what a dot becomes (learning/density.py).

Reference: Lempitsky & Zisserman, NeurIPS 2010; Xie, Noble & Zisserman 2018; Cohen et al., Count-ception, arXiv:1703.08710.
Differs:   a U-Net sized for a stated budget; the counts' factor and the points' height are chosen on tuning cases, on learning
           cases where there are none.
"""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from isocenter.core.case import Case, Cases
from isocenter.core.errors import StudyError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.learning.assessed import assessed
from isocenter.learning.density import density_map, kernel_peak
from isocenter.learning.loop import run_loop
from isocenter.learning.preparation import Prepared, prepare_image
from isocenter.learning.weights import read_weights
from isocenter.methods._patches.learner import build_learner, build_network
from isocenter.methods._patches.model import on_samples
from isocenter.methods._patches.placing import in_samples
from isocenter.methods._places import counted, dots, kinds_of, learned_points
from isocenter.methods.localization._calibrate import calibrated
from isocenter.methods.localization._density_model import Calibration, DensityCounter
from isocenter.methods.localization._density_plan import NAME, plan_density
from isocenter.methods.localization._density_settings import DensitySettings

LOOKED_AT = 8
"""Tuning cases looked at while training."""


class Density:
    """A network whose map sums to a count."""

    card = Card(
        name=NAME,
        task="localization",
        answers=frozenset({"points"}),
        learned=True,
        cite="Lempitsky & Zisserman, NeurIPS 2010; Xie et al. 2018; Cohen et al., arXiv:1703.08710",
        differs="a U-Net sized for a stated budget; factor of the counts and height of the points chosen on tuning cases",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        return plan_density(study, fingerprint, minutes=minutes, gigabytes=gigabytes)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> DensityCounter:
        """Train from where the journal's state stands. StudyError when no learning case has dots."""
        settings = plan.config(DensitySettings)
        target = learned_points(study)
        kinds = kinds_of(target)
        inputs = tuple(study.inputs)
        dotted = [case for case in learn if target.name in case.labels]
        if not any(len(dots(case, target)) for case in dotted):
            raise StudyError(f"expected learning cases with dots of target {target.name}, got none. Look at: isocenter check STUDY")
        axes = settings.dimensions
        scale = scales([dots(case, target) for case in dotted], kinds, peak=kernel_peak(settings.kernel, settings.width, axes=axes))
        cases = [_prepared(case, target, settings, inputs, scale) for case in dotted]
        tuning = [(prepare_image(case, settings.preparation(inputs)), case) for case in tune if target.name in case.labels]

        def counter(network: nn.Module) -> DensityCounter:
            return DensityCounter(network, inputs=inputs, target=target, counts=counted(study), settings=settings, scale=scale)

        def evaluate(network: nn.Module) -> Mapping[str, float]:
            return _tuning_error(counter(network), tuning[:LOOKED_AT])

        learner = build_learner(
            settings,
            build=partial(build_network, settings, outputs=len(kinds)),
            cases=cases,
            steps=plan.steps,
            seed=plan.seed,
            evaluate=evaluate,
        )
        run_loop(learner, journal, steps=plan.steps)
        model = counter(learner.ema.network.cpu())
        if settings.calibrate:
            held = tuning or list(zip(cases, dotted, strict=True))
            told = [(prepared, dots(case, target), _where(case, target, prepared)) for prepared, case in held]
            model.calibration = calibrated(model, told, part="tuning" if tuning else "learning")
        return model

    def load(self, folder: Path) -> DensityCounter:
        """Return the model `save` wrote."""
        data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        settings = as_config(DensitySettings, data["settings"], method=self.card.name)
        target = Target.model_validate(data["target"])
        network = build_network(settings, outputs=len(kinds_of(target)))
        read_weights(network, folder / "weights.safetensors")
        said = data["calibration"]
        return DensityCounter(
            network.eval(),
            inputs=tuple(data["inputs"]),
            target=target,
            counts=tuple(Target.model_validate(t) for t in data["counts"]),
            settings=settings,
            scale=tuple(data["scale"]),
            calibration=Calibration(factor=tuple(said["factor"]), height=tuple(said["height"]), how=said["how"]),
        )


def scales(labels: Sequence[Points], kinds: Sequence[str], *, peak: float) -> tuple[float, ...]:
    """Return what each kind's map is multiplied by: a lone object becomes 1 high, of a rare kind up to 10.

    An absolute error weighs a channel by its target's scale: so each kind weighs as if all were as frequent as the commonest.
    """
    number = np.array([max(1, sum(int((p.kind == i).sum()) for p in labels)) for i in range(len(kinds))], float)
    weight = np.clip(number.max() / number, 1.0, 10.0)
    return tuple(float(w / peak) for w in weight)


def _where(case: Case, target: Target, prepared: Prepared) -> NDArray[np.bool_] | None:
    return assessed(case, target, prepared.grid)


def _prepared(case: Case, target: Target, settings: DensitySettings, inputs: tuple[str, ...], scale: tuple[float, ...]) -> Prepared:
    """Return image and map; NaN where nothing was assessed."""
    prepared = prepare_image(case, settings.preparation(inputs))
    points = dots(case, target)
    shape = prepared.image.shape[1:]
    places = in_samples(points.world, prepared)
    flat = [a for a, n in enumerate(settings.patch) if n == 1]
    maps = density_map(places, points.kind, count=len(scale), shape=shape, kernel=settings.kernel, width=settings.width, flat=flat)
    maps *= np.asarray(scale, np.float32).reshape(-1, *(1,) * len(shape))
    where = _where(case, target, prepared)
    if where is not None:
        maps[:, ~on_samples(where, prepared)] = np.nan
    return Prepared(key=prepared.key, image=prepared.image, grid=prepared.grid, target=maps, missing=prepared.missing)


def _tuning_error(model: DensityCounter, cases: Sequence[tuple[Prepared, Case]]) -> Mapping[str, float]:
    """Return the mean absolute error of the count of all kinds, as "tune_count_error"; {} without cases."""
    errors = []
    for prepared, case in cases:
        total = float(model.density(prepared, _where(case, model.target, prepared)).sum(dtype=float))
        errors.append(abs(total - len(dots(case, model.target))))
    return {"tune_count_error": float(np.mean(errors))} if errors else {}


METHOD = Density()

"""Denoising diffusion: from noise to an image in a few dozen steps of one network.

In:   pictures; covariates that are words are conditions.
Out:  one image a request.
Not:  no volumes; no guidance.

Reference: Ho, Jain & Abbeel, NeurIPS 2020, arXiv:2006.11239; Song, Meng & Ermon, ICLR 2021, arXiv:2010.02502.
"""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Cases
from isocenter.core.errors import StudyError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.study import Study
from isocenter.learning.generative.denoising import DenoisingLesson, denoising_network
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner
from isocenter.learning.last_good import driven
from isocenter.learning.weights import read_weights
from isocenter.methods._choices import Choices
from isocenter.methods._frame import framed
from isocenter.methods._framing import put_frame
from isocenter.methods.generation._conditions import Conditions, conditions_of
from isocenter.methods.generation._denoiser import DiffusionModel, DiffusionSettings, sampled
from isocenter.methods.generation._plan import STEPS_MOST, STEPS_SANE, too_few
from isocenter.methods.generation._watch import Watch, spread

LOOKS = 4
"""At tuning images while training: each asks for as many images, which take their time."""
LOOKED_AT = 48
TIMED = 2


class Diffusion:
    """See Method in core/method.py."""

    card = Card(
        name="diffusion",
        task="generation",
        answers=frozenset({"image"}),
        learned=True,
        cite="Ho, Jain & Abbeel, NeurIPS 2020, arXiv:2006.11239; Song, Meng & Ermon, ICLR 2021, arXiv:2010.02502",
        differs="narrow; sized for a stated budget of minutes; cosine schedule; a class of its own for each combination of words",
        reads="pictures",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        del gigabytes
        started = time.monotonic()
        chosen: Choices[Any] = Choices(study, DiffusionSettings, method=self.card.name)
        put_frame(chosen, fingerprint)
        seconds = _timed(chosen.config())
        left = max(minutes * 60 - (time.monotonic() - started), 0.5 * minutes * 60)
        steps = int(study.settings.get("steps", max(1, min(STEPS_MOST, int(0.85 * left / seconds)))))
        return Plan(
            method=self.card.name,
            seed=study.seed,
            steps=steps,
            minutes=round(steps * seconds / 60, 2),
            gigabytes=1.5,
            sane=steps >= STEPS_SANE,
            settings=chosen.settings(),
            warnings=too_few(steps, minutes, asked="steps" in study.settings),
        )

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> DiffusionModel:
        """Train from where the journal's state stands. StudyError for fewer than two learning images.

        A training that diverges ends at its last good look, and the model says why; Diverged when there was none.
        """
        settings = plan.config(DiffusionSettings)
        name, target = next(iter(study.inputs)), study.targets[0].name
        conditions = conditions_of(learn, study.covariates)
        images = framed(learn, name, settings)
        if len(images) < 2:
            raise StudyError(f"expected at least 2 learning images, got {len(images)}. Look at: isocenter check STUDY")
        said = [tuple(conditions.vector(c.covariates, where=c.key).tolist()) for c in learn if name in c.inputs]
        kinds = tuple(sorted(set(said))) if conditions.count else ()
        classes = np.array([kinds.index(s) for s in said], np.int64) if kinds else None
        learner = _learner(settings, np.stack(images), classes, len(kinds), steps=plan.steps, seed=plan.seed)
        asked = None if classes is None else spread(classes.tolist(), LOOKED_AT)

        def sample(seeds: Sequence[int]) -> NDArray[np.float32]:
            wanted = None if asked is None else [asked[seed % len(asked)] for seed in seeds]
            return sampled(learner.ema.network, seeds, wanted, settings)

        real = framed(tune, name, settings)[:LOOKED_AT]
        watch = Watch(learner, sample, learned=images, tune=real, steps=plan.steps, journal=journal, collapses=False)
        ended = driven(watch, journal, steps=plan.steps, validations=LOOKS, good=watch.good)
        return DiffusionModel(learner.ema.network.cpu(), target, settings, conditions, kinds, ended=ended)

    def load(self, folder: Path) -> DiffusionModel:
        """Return the model `save` wrote."""
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        settings = as_config(DiffusionSettings, text["settings"], method=self.card.name)
        kinds = tuple(tuple(kind) for kind in text["kinds"])
        network = denoising_network(channels=settings.channels, width=settings.width, classes=len(kinds))
        read_weights(network, folder / "weights.safetensors")
        conditions = Conditions(words={column: tuple(words) for column, words in text["conditions"].items()})
        return DiffusionModel(network, text["target"], settings, conditions, kinds, ended=text["ended"])


def _learner(
    settings: DiffusionSettings,
    images: NDArray[np.float32],
    classes: NDArray[np.int64] | None,
    kinds: int,
    *,
    steps: int,
    seed: int,
) -> GradientLearner:
    network = denoising_network(channels=settings.channels, width=settings.width, classes=kinds)
    lesson = DenoisingLesson(images, classes, batch=settings.batch, seed=seed)
    config = GradientConfig(
        dimensions=2, steps=steps, learning_rate=settings.learning_rate, average=settings.average, weight_decay=0.0, seed=seed
    )
    return GradientLearner(network, lesson, config)


def _timed(settings: DiffusionSettings) -> float:
    """Return the seconds of a step, from some done on noise."""
    noise = np.random.default_rng(0).uniform(-1, 1, (settings.batch, settings.channels, settings.side, settings.side))
    learner = _learner(settings, noise.astype(np.float32), None, 0, steps=TIMED + 1, seed=0)
    learner.step(0)
    began = time.monotonic()
    for step in range(TIMED):
        learner.step(step + 1)
    return (time.monotonic() - began) / TIMED


METHOD = Diffusion()

"""Memorization: does a generator hand out its learning images?

In:   a run of a generator: its answers to the held-out requests, the images it learned from, the held-out ones.
Out:  one finding: the share of answers that lie nearer to a learning image than nearly all new patients do, in samples and in
      features; a table, and the nearest pairs to look at.
Not:  no proof of the contrary: a generator may have learned one patient by heart, and not have been asked for that one.

Reference: Meehan, Chaudhuri & Dasgupta, AISTATS 2020, arXiv:2004.05675 (generated images must not lie nearer to the learning images
           than new ones do); Carlini et al., USENIX Security 2023, arXiv:2301.13188.
Differs:   two distances must agree, since blurred images are near to everything in samples, and the threshold is a new patient's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from isocenter.audits._held_out import HeldOut, held_out
from isocenter.audits.audit import Audit, NotForThisRun
from isocenter.core.case import Cases
from isocenter.core.executor import Executor
from isocenter.core.finding import Finding
from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.figures.cases.grid import Tile, draw_grid
from isocenter.figures.style import to_png
from isocenter.io.text_columns import write_text_table
from isocenter.methods.registry import task_of
from isocenter.metrics.estimates.mean import estimate_mean
from isocenter.metrics.gist import gist, thumbnail
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.skipping import Skips
from isocenter.stages.split import read_split

FEWEST = 20
"""Held-out images below which nobody can say how near a new patient lies."""
NEAR = 0.01
"""Share of the new patients that lie so near: what chance alone calls copies."""
TOLERATED = 0.05
SHOWN = 6
COPIES = "Do not pass this model on: it hands out patients. Train shorter, or on more of them."
NAMES = ("answer", "learning_case", "distance_samples", "distance_features", "near_samples", "near_features")


@dataclass(frozen=True, kw_only=True)
class MemorizationConfig:
    """What is asked."""

    tolerated: float = TOLERATED
    """Share of copies from which on the finding is a failure; its interval must lie above."""


class Nearest(Record):
    """Of each answer: its nearest learning image."""

    index: NDArray[np.intp]
    """(N,) of the learning images, by features."""
    distances: NDArray[np.float64]
    """(2, N): samples, features; root mean square."""
    near: NDArray[np.bool_]
    """(2, N): nearer than all but NEAR of the new patients are."""

    @property
    def copied(self) -> NDArray[np.bool_]:
        """Near by both."""
        return np.asarray(self.near.all(axis=0))


def judge(run: RunFolder, executor: Executor, config: MemorizationConfig | None = None) -> Sequence[Finding]:
    """Return the finding. NotForThisRun for a run that is no generator's, or with too few held-out images."""
    del executor
    config = config or MemorizationConfig()
    study, cases = open_run(run)
    if not task_of(study).requests:
        raise NotForThisRun("expected a run of a generator (task: generation), got none. Other tasks answer their cases.")
    answers = held_out(run)
    if answers.part == "folds":
        raise NotForThisRun(
            "expected a run with a tuning part, got folds; audit one of them: isocenter audit RUN/fold/0 memorization"
        )
    target = answers.study.targets[0]
    learn = cases.select(Skips(run).without(read_split(run).keys("learn")))
    new, made = _kept(answers.cases, target), _answered(answers, target)
    if len(new) < FEWEST or len(made) < FEWEST:
        raise NotForThisRun(
            f"expected {FEWEST} held-out images or more, got {len(new)}: nobody can say how near a new patient lies."
        )
    known = _kept(learn, target)
    found = nearest(list(known.values()), list(new.values()), list(made.values()))
    return [_finding(run, answers, config, found, list(made), list(known), learn, target)]


def nearest(known: Sequence[Value], new: Sequence[Value], made: Sequence[Value]) -> Nearest:
    """Compare answers and new images with the learning images; all are thumbnails."""
    learned, others = gist(known, [*new, *made])
    flat, rest = _flat(known), _flat([*new, *made])
    deviation = flat.std() or 1.0
    by_samples = cdist(rest / deviation, flat / deviation) / np.sqrt(flat.shape[1])
    by_features = cdist(others, learned) / np.sqrt(learned.shape[1])
    distances = np.stack([by_samples.min(axis=1), by_features.min(axis=1)])
    line = np.quantile(distances[:, : len(new)], NEAR, axis=1, method="lower")
    mine = distances[:, len(new) :]
    return Nearest(index=by_features[len(new) :].argmin(axis=1), distances=mine, near=mine < line[:, None])


def _flat(values: Sequence[Value]) -> NDArray[np.float64]:
    return np.stack([v.array().mean(axis=0, dtype=float).reshape(-1) for v in values if isinstance(v, Image)])


def _kept(cases: Cases, target: Target) -> dict[str, Value]:
    kept = {case.key: thumbnail(case.labels[target.name]) for case in cases if target.name in case.labels}
    return {key: value for key, value in kept.items() if value is not None}


def _answered(answers: HeldOut, target: Target) -> dict[str, Value]:
    said = {key: answers.answer("model", key, target) for key in answers.cases.keys}
    kept = {key: thumbnail(value) for key, value in said.items() if value is not None}
    return {key: value for key, value in kept.items() if value is not None}


def _finding(
    run: RunFolder,
    answers: HeldOut,
    config: MemorizationConfig,
    found: Nearest,
    made: Sequence[str],
    known: Sequence[str],
    learn: Cases,
    target: Target,
) -> Finding:
    share = estimate_mean(
        found.copied.astype(float).tolist(), made, name="copied_share", unit="1",
        rng=np.random.default_rng(answers.study.seed), part=answers.part, target=target.name,
    )  # fmt: skip
    order = np.lexsort((found.distances[1], ~found.copied))
    table = write_text_table(
        (
            {
                "answer": made[i],
                "learning_case": known[found.index[i]],
                "distance_samples": f"{found.distances[0, i]:.4f}",
                "distance_features": f"{found.distances[1, i]:.4f}",
                "near_samples": str(int(found.near[0, i])),
                "near_features": str(int(found.near[1, i])),
            }
            for i in order
        ),
        run.path / "memorization.csv",
        names=NAMES,
    )
    copies = int(found.copied.sum())
    bad = share.ci95[0] > config.tolerated
    return Finding(
        code="memorization",
        severity="failure" if bad else "warning" if share.value > config.tolerated else "note",
        expected=f"answers that lie no nearer to a learning image than new patients do (by chance at most {NEAR:.0%})",
        got=f"{copies} of {len(made)} answers nearer than all but {NEAR:.0%} of the new patients, in samples and in features",
        do=f"Look at {table.name} and its picture, the nearest first. "
+ (COPIES if bad else "Pairs that look alike are copies."),
        cases=tuple(made[i] for i in order[:copies]),
        evidence=(share,),
        figure=_figure(run, answers, target, found, made, known, learn, order[:SHOWN].tolist()),
    )  # fmt: skip


def _figure(
    run: RunFolder,
    answers: HeldOut,
    target: Target,
    found: Nearest,
    made: Sequence[str],
    known: Sequence[str],
    learn: Cases,
    chosen: Sequence[int],
) -> str:
    """Draw each answer beside its nearest learning image."""
    tiles: list[Tile] = []
    for i in chosen:
        answer, image = answers.answer("model", made[i], target), learn[known[found.index[i]]].labels[target.name]
        if isinstance(answer, Image) and isinstance(image, Image):
            tiles += [
                Tile(title=f"generated for {made[i]}", image=answer),
                Tile(title=f"learned: {known[found.index[i]]}\nat {found.distances[1, i]:.2f}", image=image),
            ]
    (run.path / "figures").mkdir(exist_ok=True)
    (run.path / "figures/memorization.png").write_bytes(to_png(draw_grid(tiles)))
    return "figures/memorization.png"


AUDIT = Audit(
    name="memorization",
    question="Does a generator hand out its learning images?",
    needs="predictions",
    cite="Meehan, Chaudhuri & Dasgupta, AISTATS 2020, arXiv:2004.05675; Carlini et al., arXiv:2301.13188",
    judge=judge,
    config=MemorizationConfig,
)

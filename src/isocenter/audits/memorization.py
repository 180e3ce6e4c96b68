"""Memorization: does a generator hand out its learning images?

In:   a run of a generator: its answers to the held-out requests, the images it learned from, the held-out ones.
Out:  one finding: the share of answers that lie nearer to a learning image than nearly all new patients do, in samples and in
      features, or are one; how far answers lie from learning images, over how far from held-out ones; a table, and the nearest
      pairs to look at.
Not:  no proof of the contrary: a generator may have learned one patient by heart, and not have been asked for that one.

Reference: Meehan, Chaudhuri & Dasgupta, AISTATS 2020, arXiv:2004.05675 (generated images must not lie nearer to the learning images
           than new ones do); Carlini et al., USENIX Security 2023, arXiv:2301.13188.
Differs:   two distances must agree, since blurred images are near to everything in samples, and the threshold is a new patient's.
           A held-out image that a learning image repeats is no new patient, and is left out of both comparisons.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from isocenter.audits._held_out import HeldOut, held_out
from isocenter.audits.audit import Audit, NotForThisRun
from isocenter.core.case import Cases
from isocenter.core.estimate import Estimate
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
from isocenter.metrics.estimates.interval import no_interval
from isocenter.metrics.estimates.mean import estimate_mean, noted
from isocenter.metrics.estimates.patient_bootstrap import patient_bootstrap
from isocenter.metrics.gist import gist, thumbnail
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.skipping import Skips
from isocenter.stages.split import read_split

FEWEST = 20
"""Held-out images below which nobody can say how near a new patient lies."""
NEAR = 0.01
"""Share of the new patients that lie so near: what chance alone calls copies."""
SAME = 0.1
"""Share of the median new patient's distance, in samples, up to which two images are one: rounding and recompression stay below."""
TOLERATED = 0.05
SHOWN = 6
SPACES = ("samples", "features")
COPIES = "Do not pass this model on: it hands out patients. Train shorter, or on more of them."
REPEATED = "Give both rows of a repeated image one patient, and run again: it is learned from and held out."
NAMES = (
    "answer", "learning_case", *(f"{what}_{space}" for what in ("distance", "near", "ratio") for space in SPACES), "same",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MemorizationConfig:
    """What is asked."""

    tolerated: float = TOLERATED
    """Share of copies from which on the finding is a failure; its interval must lie above."""


class Nearest(Record):
    """Of each answer, and of each new image: how near the images of either kind lie. Distances are root mean squares."""

    index: NDArray[np.intp]
    """(N,) of the learning images: the nearest one by features; by samples where the answer is one."""
    distances: NDArray[np.float64]
    """(2, N): samples, features."""
    near: NDArray[np.bool_]
    """(2, N): nearer than all but NEAR of the new patients are."""
    same: NDArray[np.bool_]
    """(N,): practically no distance in samples."""
    to_new: NDArray[np.float64]
    """(2, N): to the nearest new image."""
    repeated: NDArray[np.bool_]
    """(M,) of the new images: practically a learning image, so no new patient."""
    of_new: NDArray[np.float64]
    """(2, M'): of the others to the nearest learning image."""
    of_new_to_new: NDArray[np.float64]
    """(2, M'): and to the nearest new image of another patient."""

    @property
    def copied(self) -> NDArray[np.bool_]:
        """Near by both, or the very image."""
        return np.asarray(self.near.all(axis=0) | self.same)

    @property
    def ratio(self) -> NDArray[np.float64]:
        """(2, N): distance to the nearest learning image over that to the nearest new one; NaN for an answer that is a new one."""
        known = self.to_new > 0
        return np.divide(self.distances, self.to_new, out=np.full_like(self.distances, np.nan), where=known)


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
    found = nearest(
        list(known.values()), list(new.values()), list(made.values()), patients=[answers.cases[key].patient for key in new]
    )
    if found.of_new.shape[1] < FEWEST:
        raise NotForThisRun(
            f"expected {FEWEST} held-out images or more that no learning image repeats, got {found.of_new.shape[1]} of {len(new)}. "
            "Give both rows of such a pair one patient, and run again."
        )
    return [_finding(run, answers, config, found, list(new), list(made), list(known), learn, target)]


def nearest(known: Sequence[Value], new: Sequence[Value], made: Sequence[Value], *, patients: Sequence[str]) -> Nearest:
    """Compare answers and new images with the learning images and with new ones; all are thumbnails.

    patients : of the new images; they are compared with those of others
    """
    count = len(new)
    learned, others = gist(known, [*new, *made])
    flat, rest = _flat(known), _flat([*new, *made])
    deviation = flat.std() or 1.0
    spaces = ((flat / deviation, rest / deviation), (learned, others))
    to_known = np.stack([cdist(b, a) / np.sqrt(a.shape[1]) for a, b in spaces])  # (2, M + N, K)
    to_new = np.stack([cdist(b, b[:count]) / np.sqrt(b.shape[1]) for _, b in spaces])  # (2, M + N, M)
    people = np.asarray(patients)
    to_new[:, :count][:, people[:, None] == people] = np.inf
    distances = to_known.min(axis=2)
    # One held-out image that a learning image repeats would otherwise be the nearest any new patient lies, and hide every copy.
    same = distances[0] <= SAME * np.median(distances[0, :count])
    kept = ~same[:count]
    to_others = to_new[:, :, kept].min(axis=2, initial=np.inf)
    line = np.quantile(distances[:, :count][:, kept], NEAR, axis=1, method="lower") if kept.any() else np.zeros(2)
    mine, exact = distances[:, count:], same[count:]
    return Nearest(
        index=np.where(exact, *to_known[:, count:].argmin(axis=2)),
        distances=mine,
        near=mine < line[:, None],
        same=exact,
        to_new=to_others[:, count:],
        repeated=~kept,
        of_new=distances[:, :count][:, kept],
        of_new_to_new=to_others[:, :count][:, kept],
    )


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
    new: Sequence[str],
    made: Sequence[str],
    known: Sequence[str],
    learn: Cases,
    target: Target,
) -> Finding:
    share = estimate_mean(
        found.copied.astype(float).tolist(), made, name="copied_share", unit="1",
        rng=np.random.default_rng(answers.study.seed), part=answers.part, target=target.name,
    )  # fmt: skip
    ratios = _ratios(found, answers, new, made, target)
    order = np.lexsort((found.distances[1], ~found.same, ~found.copied))
    table = write_text_table(
        (
            {
                "answer": made[i],
                "learning_case": known[found.index[i]],
                "same": str(int(found.same[i])),
            }
            | {f"distance_{space}": f"{found.distances[n, i]:.4f}" for n, space in enumerate(SPACES)}
            | {f"near_{space}": str(int(found.near[n, i])) for n, space in enumerate(SPACES)}
            | {f"ratio_{space}": f"{found.ratio[n, i]:.4f}" for n, space in enumerate(SPACES)}
            for i in order
        ),
        run.path / "memorization.csv",
        names=NAMES,
    )
    copies, repeated = int(found.copied.sum()), [key for key, yes in zip(new, found.repeated, strict=True) if yes]
    bad = share.ci95[0] > config.tolerated
    got = (
        f"{copies} of {len(made)} answers nearer than all but {NEAR:.0%} of the new patients, in samples and in features, "
        f"{int(found.same.sum())} of them the very image; distance to learning over distance to held-out images, in features: "
        f"{_said(ratios[1])} of answers, {_said(ratios[3])} of new patients"
    )
    if repeated:
        got += (
            f"; left out of the comparison: {len(repeated)} held-out images that a learning image repeats "
            f"({', '.join(repeated[:5])}{' …' if len(repeated) > 5 else ''})"
        )
    return Finding(
        code="memorization",
        severity="failure" if bad else "warning" if share.value > config.tolerated else "note",
        expected=f"answers that lie no nearer to a learning image than new patients do (by chance at most {NEAR:.0%})",
        got=got,
        do=f"Look at {table.name} and its picture, the nearest first. "
        + (COPIES if bad else "Pairs that look alike are copies.")
        + (" " + REPEATED) * bool(repeated),
        cases=tuple(made[i] for i in order[:copies]),
        evidence=(share, *ratios),
        figure=_figure(run, answers, target, found, made, known, learn, order[:SHOWN].tolist()),
    )


def _ratios(
    found: Nearest, answers: HeldOut, new: Sequence[str], made: Sequence[str], target: Target
) -> tuple[Estimate, Estimate, Estimate, Estimate]:
    """Return distance to learning over distance to held-out images, means over each: of answers in both spaces, of new patients.

    There are more learning than held-out images as a rule, so that a new patient's own ratio lies below 1 too: compare the two.
    """
    kept = [answers.cases[key].patient for key, yes in zip(new, found.repeated, strict=True) if not yes]
    sides = (("", found.distances, found.to_new, list(made)), ("_of_new", found.of_new, found.of_new_to_new, kept))
    first, second, third, fourth = (
        _ratio(near[n], far[n], people, name=f"distance_ratio_{space}{ending}", answers=answers, target=target)
        for ending, near, far, people in sides
        for n, space in enumerate(SPACES)
    )
    return first, second, third, fourth


def _ratio(
    near: NDArray[np.float64], far: NDArray[np.float64], people: Sequence[str], *, name: str, answers: HeldOut, target: Target
) -> Estimate:
    """Return a mean over another, with its interval over patients; what has nobody else to be compared with is excluded."""
    known = np.isfinite(far)
    near, far, kept = near[known], far[known], [who for who, yes in zip(people, known, strict=True) if yes]

    def quotient(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        over = weights @ far
        value: NDArray[np.float64] = np.divide(weights @ near, over, out=np.full(len(weights), np.nan), where=over > 0)
        return value

    interval = noted(patient_bootstrap(quotient, kept, rng=np.random.default_rng(answers.study.seed)), len(set(kept)))
    if interval.low == interval.high:  # every answer is a learning image: no spread is not certainty
        interval = no_interval("all values are equal")
    return Estimate(
        name=name, value=float(quotient(np.ones((1, len(near))))[0]), unit="1", ci95=interval.ends, interval=interval.kind,
        patients=len(set(kept)), cases=len(near), excluded=int((~known).sum()), part=answers.part, target=target.name,
    )  # fmt: skip


def _said(ratio: Estimate) -> str:
    low, high = ratio.ci95
    return f"{ratio.value:.2f} " + ("(no interval)" if np.isnan(low) else f"({low:.2f} to {high:.2f})")


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

"""Agreement of labelers: do the model and what stands beside it say the same of the same reports?

In:   answers of the model and of its baselines to cases held out, for targets of findings or classes.
Out:  one finding a pair of labelers: Cohen's kappa of every finding with its interval over patients.
Not:  no truth is looked at: two labelers can agree and both be wrong.

Reference: Cohen, Educ Psychol Meas 1960; 20:37-46; Landis & Koch, Biometrics 1977; 33:159-174 (0.6 and above: substantial).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.audits._held_out import HeldOut, held_out
from isocenter.audits.audit import Audit, NotForThisRun
from isocenter.core.estimate import Estimate
from isocenter.core.executor import Executor
from isocenter.core.finding import Finding
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.metrics.agreement import quadratic_kappa, weighted_confusion
from isocenter.metrics.estimates.mean import LEAST_PATIENTS
from isocenter.metrics.estimates.patient_bootstrap import patient_bootstrap
from isocenter.stages.run_folder import RunFolder

SUBSTANTIAL = 0.6
"""Kappa from which agreement is called substantial (Landis & Koch)."""
DRAWS = 1000
PRESENT = 0.5
"""Probability from which a labeler says that a finding is there."""


def judge(run: RunFolder, executor: Executor) -> Sequence[Finding]:
    """Return a finding for each target and each labeler beside the model. NotForThisRun when there is no second one."""
    del executor
    answers = held_out(run)
    targets = [t for t in answers.study.targets if t.type == "multilabel" and t.use == "learn"]
    found = [
        finding
        for target in targets
        for who in answers.answers
        if who != "model" and (finding := _of_pair(answers, target, who)) is not None
    ]
    if not found:
        raise NotForThisRun(
            "expected two labelers of a set of findings, got one. Name another in the study, as in baselines: [report_ngrams]."
        )
    return found


def _of_pair(answers: HeldOut, target: Target, who: str) -> Finding | None:
    """Compare the model with one labeler; None when that says the same of everybody, or both answered no case."""
    pairs = [
        (mine.p, theirs.p, case.patient)
        for case in answers.cases
        if isinstance(mine := answers.answer("model", case.key, target), Scores)
        and isinstance(theirs := answers.answer(who, case.key, target), Scores)
    ]
    if not pairs:
        return None
    ours, others = (_said(np.stack([pair[side] for pair in pairs])) for side in (0, 1))
    if (others == others[0]).all():
        return None
    people = [pair[2] for pair in pairs]
    kappas = [
        _kappa(ours[:, k], others[:, k], people, name=name, who=who, answers=answers, target=target)
        for k, name in enumerate(target.classes or target.columns)
    ]
    low = [e for e in kappas if e.value < SUBSTANTIAL]
    known = [e for e in kappas if not np.isnan(e.value)]
    listed = ", ".join(f"{e.group.partition('=')[2]} {e.value:.2f}" for e in sorted(low, key=lambda e: e.value)[:8])
    return Finding(
        code="labeler_agreement",
        severity="warning" if low else "note",
        expected=f"kappa of {SUBSTANTIAL:g} or more of the model with {who.partition(':')[2]} for every finding of {target.name}",
        got=f"{listed}{' …' if len(low) > 8 else ''}" if low else f"at least {min((e.value for e in known), default=np.nan):.2f}",
        do="Read reports on which the two disagree; the extras of report_rules quote the words that decided."
        if low
        else "Nothing.",
        evidence=tuple(kappas),
    )


def _said(p: NDArray[np.floating]) -> NDArray[np.intp]:
    """Return 1 present, 0 absent, -1 no answer."""
    return np.where(np.isnan(p), -1, np.nan_to_num(p) >= PRESENT).astype(np.intp)


def _kappa(
    ours: NDArray[np.intp],
    others: NDArray[np.intp],
    people: Sequence[str],
    *,
    name: str,
    who: str,
    answers: HeldOut,
    target: Target,
) -> Estimate:
    """Return Cohen's kappa of one finding; with two classes the quadratic weights are those of Cohen's own."""
    kept = np.flatnonzero((ours >= 0) & (others >= 0))
    patients = [people[int(i)] for i in kept]

    def kappa(weights: NDArray[np.float64]) -> NDArray[np.floating]:
        return quadratic_kappa(weighted_confusion(ours[kept], others[kept], 2, weights))

    value = float(kappa(np.ones((1, len(kept))))[0]) if len(kept) else float("nan")
    count = len(set(patients))
    enough = count >= LEAST_PATIENTS and not np.isnan(value)
    interval = patient_bootstrap(kappa, patients, rng=np.random.default_rng(answers.study.seed), draws=DRAWS) if enough else None
    return Estimate(
        name="kappa",
        value=value,
        unit="1",
        ci95=interval.ends if interval else (float("nan"), float("nan")),
        interval=interval.kind if interval else "none",
        patients=count,
        cases=len(kept),
        excluded=len(ours) - len(kept),
        group=f"finding={name}",
        who=f"model and {who}",
        part=answers.part,
        target=target.name,
    )


AUDIT = Audit(
    name="labeler_agreement",
    question="Do the model and the labelers beside it say the same of the same cases?",
    needs="predictions",
    cite="Cohen, Educ Psychol Meas 1960; 20:37-46; Landis & Koch, Biometrics 1977; 33:159-174",
    judge=judge,
)

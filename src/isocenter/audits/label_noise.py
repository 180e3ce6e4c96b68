"""Label noise: which labels would a model that never saw them not have given?

In:   out-of-fold answers (or those to the tuning part) of a run whose target is a class, a grade or a set of findings.
Out:  one finding a target: how many labels are suspect, the cases with the least believed first, a table and a grid of pictures or
      texts to look at.
Not:  no label is changed; a suspect is a case to look at again, and a hard case looks like a wrong one.

Reference: Northcutt, Jiang & Chuang, J Artif Intell Res 2021; 70:1373-1411, arXiv:1911.00068; Oakden-Rayner, Acad Radiol 2020;
           27:106-112 (what a look at ChestX-ray14 showed).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.audits._held_out import HeldOut, held_out
from isocenter.audits.audit import Audit, NotForThisRun
from isocenter.core.case import Case
from isocenter.core.estimate import Estimate
from isocenter.core.executor import Executor
from isocenter.core.finding import Finding
from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.figures.cases.grid import Tile, draw_grid
from isocenter.figures.style import to_png
from isocenter.io.text_columns import write_text_table
from isocenter.metrics.estimates.mean import estimate_mean
from isocenter.metrics.label_confidence import label_confidence
from isocenter.stages.run_folder import RunFolder

Floats = NDArray[np.float64]
KINDS = ("class", "ordinal", "multilabel")
TOLERATED = 0.02
"""Share of cases with a suspect label up to which the finding is a note: a model is never right throughout."""
SHOWN = 12
"""Suspects in the grid."""
EXCERPT = 150
"""Characters of a report in the grid."""


class Suspect(Record):
    """One label to look at again."""

    case: str
    label: str
    """What was labeled: the target, or a finding of it."""
    given: str
    suggested: str
    confidence: float
    """Probability of the given label by a model that did not learn from the case."""


def judge(run: RunFolder, executor: Executor) -> Sequence[Finding]:
    """Return a finding for each target of classes, grades or findings. NotForThisRun without one, or with nothing held out."""
    del executor
    answers = held_out(run)
    targets = [t for t in answers.study.targets if t.type in KINDS and t.use == "learn"]
    if not targets:
        raise NotForThisRun(
            f"expected a target of type {', '.join(KINDS)} to audit, got none. This audit needs classes or findings."
        )
    return [_of_target(run, answers, target) for target in targets]


def suspects_of(answers: HeldOut, target: Target) -> list[Suspect]:
    """Return the suspect labels of a target, the least believed first."""
    pairs = [
        (key, truth.p, answer.p)
        for key in answers.cases.keys
        if isinstance(answer := answers.answer("model", key, target), Scores)
        and isinstance(truth := answers.cases[key].labels.get(target.name), Scores)
    ]
    if not pairs:
        return []
    keys = [key for key, *_ in pairs]
    given = np.stack([truth for _, truth, _ in pairs]).astype(float)
    p = np.stack([answer for *_, answer in pairs]).astype(float)
    names = tuple(target.classes or target.columns)
    found = _findings(keys, given, p, names) if target.type == "multilabel" else _classes(keys, given, p, target.name, names)
    return sorted(found, key=lambda suspect: suspect.confidence)


def _classes(keys: Sequence[str], given: Floats, p: Floats, label: str, names: tuple[str, ...]) -> Iterator[Suspect]:
    labels = np.where(np.isnan(given).any(axis=1), -1, np.nan_to_num(given).argmax(axis=1))
    judged = label_confidence(labels, p)
    for i in map(int, np.flatnonzero(judged.suspect)):
        yield Suspect(
            case=keys[i],
            label=label,
            given=names[labels[i]],
            suggested=names[judged.suggested[i]],
            confidence=float(judged.given[i]),
        )


def _findings(keys: Sequence[str], given: Floats, p: Floats, names: tuple[str, ...]) -> Iterator[Suspect]:
    words = ("absent", "present")
    for k, name in enumerate(names):
        labels = np.where(np.isnan(given[:, k]), -1, np.nan_to_num(given[:, k]) > 0.5).astype(np.intp)
        judged = label_confidence(labels, np.stack([1 - p[:, k], p[:, k]], axis=1))
        for i in map(int, np.flatnonzero(judged.suspect)):
            yield Suspect(
                case=keys[i],
                label=name,
                given=words[labels[i]],
                suggested=words[judged.suggested[i]],
                confidence=float(judged.given[i]),
            )


def _of_target(run: RunFolder, answers: HeldOut, target: Target) -> Finding:
    suspects = suspects_of(answers, target)
    share = _share(answers, target, suspects)
    table = write_text_table(
        (
            {
                "case": s.case,
                "label": s.label,
                "given": s.given,
                "suggested": s.suggested,
                "confidence_in_given": f"{s.confidence:.4f}",
            }
            for s in suspects
        ),
        run.path / f"label_noise_{target.name}.csv",
        names=("case", "label", "given", "suggested", "confidence_in_given"),
    )
    few = "" if answers.part == "folds" else "; only the tuning part was held out, folds would judge every case"
    return Finding(
        code="label_noise" if len(answers.study.targets) == 1 else f"label_noise_{target.name}",
        severity="warning" if share.value > TOLERATED else "note",
        expected=f"labels of {target.name} that a model which did not learn from them would also give",
        got=f"{len(suspects)} suspect labels in {len({s.case for s in suspects})} of {share.cases} cases{few}",
        do=f"Look at the cases of {table.name}, the least believed first; mend the labels that are wrong and run the study again. "
        "A hard case looks like a wrong one: change nothing unseen.",
        cases=tuple(dict.fromkeys(s.case for s in suspects)),
        evidence=(share,),
        figure=_figure(run, answers, target, suspects) if suspects else None,
    )


def _share(answers: HeldOut, target: Target, suspects: Sequence[Suspect]) -> Estimate:
    """The share of cases with a suspect label, with its interval over patients."""
    doubted = {s.case for s in suspects}
    kept = [key for key in answers.cases.keys if target.name in answers.cases[key].labels]
    return estimate_mean(
        [float(key in doubted) for key in kept],
        [answers.cases[key].patient for key in kept],
        name="suspect_share",
        unit="1",
        rng=np.random.default_rng(answers.study.seed),
        part=answers.part,
        target=target.name,
    )


def _figure(run: RunFolder, answers: HeldOut, target: Target, suspects: Sequence[Suspect]) -> str:
    """Draw the least believed labels, a case once, into the run's figures."""
    first = list({s.case: s for s in reversed(suspects)}.values())[::-1][:SHOWN]
    tiles = [_tile(answers.cases[s.case], s) for s in sorted(first, key=lambda s: s.confidence)]
    name = f"figures/label_noise_{target.name}.png"
    (run.path / name).parent.mkdir(exist_ok=True)
    (run.path / name).write_bytes(to_png(draw_grid(tiles)))
    return name


def _tile(case: Case, suspect: Suspect) -> Tile:
    image, text = None, ""
    for name in case.inputs:
        shown = case.inputs[name]
        shown = shown[0] if isinstance(shown, tuple) and shown else shown
        if isinstance(shown, Image) and image is None:
            image = shown
        elif isinstance(shown, str) and len(text) < EXCERPT:
            text = f"{text} {shown}".strip()
    title = f"{suspect.case}\n{suspect.label}: {suspect.given} ({suspect.confidence:.2f})\nmodel: {suspect.suggested}"
    return Tile(title=title, image=image, text=text[:EXCERPT] + ("…" if len(text) > EXCERPT else ""))


AUDIT = Audit(
    name="label_noise",
    question="Which labels would a model that never saw them not have given?",
    needs="predictions",
    cite="Northcutt, Jiang & Chuang, J Artif Intell Res 2021; 70:1373-1411, arXiv:1911.00068",
    judge=judge,
)

"""Fixed segmenter: does a segmentation network that knows true images still work on what a restoration or translation made?

In:   a run whose answers are images; another run, of a segmentation that learned from true images of that kind.
Out:  one finding: Dice of every class, and the bias of its volume, on the true image, on each method's answer and on an input that
      shows the same quantity; the model against the floor in Dice, against the true image in volume, both paired over
      patients; a table of every case, a figure.
Not:  the segmenter is not trained; a good one on true images is asked for, and what it misses there it misses everywhere.

Masks of the study are the truth (`use: score` or `guide`); without any, what the segmenter says of the true image is.
"""

import dataclasses
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from isocenter.audits._held_out import HeldOut, held_out
from isocenter.audits._words import with_interval
from isocenter.audits.audit import Audit, NotForThisRun
from isocenter.core.case import Case, CaseList
from isocenter.core.errors import RunError, SettingError, StudyError, unknown
from isocenter.core.estimate import Estimate
from isocenter.core.executor import Executor
from isocenter.core.finding import Finding
from isocenter.core.image import Image, held_image
from isocenter.core.mask import Mask
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.core.task import Pair
from isocenter.figures.intervals import Row as Drawn
from isocenter.figures.intervals import draw_intervals
from isocenter.figures.style import to_png
from isocenter.imaging.image_on import image_on
from isocenter.io.text_columns import write_text_table
from isocenter.methods.registry import task_of
from isocenter.metrics.estimates.mean import estimate_mean
from isocenter.metrics.mask_pair import class_name
from isocenter.metrics.per_case import dice, volume
from isocenter.metrics.tests_of_difference.permutation import compare_means
from isocenter.stages.answer import load_model
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split

TRUE, INPUT, MODEL = "true image", "input", "model"
FLOORS = ("baseline:identity_image", INPUT)
"""What a method must not be worse than, the first that there is."""
NAMES = ("case", "patient", "who", "name", "value", "unit")


@dataclass(frozen=True, kw_only=True)
class FixedSegmenterSettings:
    """What is asked."""

    segmenter: str = ""
    """Folder of a run of a segmentation that learned from true images."""
    mask: str = ""
    """Mask target of this study that is the truth; "" = the first whose classes the segmenter knows, else the true image's own."""


class Segmenter(Record):
    """A fitted segmentation, as it is asked here."""

    run: RunFolder
    study: Study
    input: str
    target: Target


def judge(run: RunFolder, executor: Executor, settings: FixedSegmenterSettings) -> Sequence[Finding]:
    """Segment everything; return the finding. NotForThisRun for answers that are no images, SettingError for a wrong segmenter."""
    del executor
    study, _ = open_run(run)
    if task_of(study).name != "translation":
        raise NotForThisRun(f"expected a run whose answers are images, got {task_of(study).name}.")
    image = next(t for t in study.targets if t.type == "image" and t.use == "learn")
    segmenter = read_segmenter(settings.segmenter)
    truth = _truth_of(study, segmenter, settings.mask)
    answers = held_out(run)
    table = pd.DataFrame(_measured(answers, image, segmenter, truth), columns=list(NAMES))
    if table.empty:
        raise NotForThisRun(f"expected held-out cases with a true {image.name}, got none: nothing can be compared.")
    write_text_table(
        (dict(zip(NAMES, map(str, row), strict=True)) for row in table.itertuples(index=False)),
        run.path / "fixed_segmenter.csv",
        names=NAMES,
    )
    return [_finding(run, answers, table, segmenter, truth)]


def read_segmenter(path: str) -> Segmenter:
    """Open the run of a segmentation. SettingError without one, or one of several inputs or folds."""
    if not path:
        raise SettingError(
            "expected a segmenter, got none. Name a run: isocenter audit RUN fixed_segmenter --set segmenter=OTHER_RUN"
        )
    run = RunFolder(Path(path))
    if not run.exists("study.yaml"):
        raise RunError(f"expected a run folder as segmenter, got {path}, which holds no study.yaml.")
    study, _ = open_run(run)
    masks = [t for t in study.targets if t.type == "mask" and t.use == "learn"]
    if task_of(study).name != "segmentation" or len(masks) != 1 or len(study.inputs) != 1:
        raise SettingError(
            f"expected a segmenter of one input and one mask, got {task_of(study).name} with inputs {', '.join(study.inputs)} and "
            f"masks {', '.join(t.name for t in masks) or 'none'}."
        )
    return Segmenter(run=run, study=study, input=next(iter(study.inputs)), target=masks[0])


def _truth_of(study: Study, segmenter: Segmenter, named: str) -> Target | None:
    """Return the mask target that is the truth; None = the segmenter's word on the true image."""
    masks = {t.name: t for t in study.targets if t.type == "mask" and not t.overlapping}
    if named and named not in masks:
        raise SettingError(unknown("mask target", named, masks))
    classes = set(segmenter.target.classes)
    if named and not set(masks[named].classes[1:]) <= classes:
        raise SettingError(
            f"expected classes of {named} that the segmenter knows ({', '.join(segmenter.target.classes[1:])}), got "
            f"{', '.join(masks[named].classes[1:])}."
        )
    fitting = [t for t in masks.values() if set(t.classes[1:]) <= classes]
    return masks[named] if named else (fitting[0] if fitting else None)


def _shown(case: Case, answers: HeldOut, image: Target) -> dict[str, Image]:
    """Return the pictures of one case by who made them: all on the true image's samples, whatever they were answered on."""
    true = case.labels[image.name]
    if not isinstance(true, Image):
        raise StudyError(f"case {case.key}: expected an image as {image.name}, got {type(true).__name__}.")
    given = {who: answers.answer(who, case.key, image) for who in answers.answers}
    found = {TRUE: true} | {who: value for who, value in given.items() if isinstance(value, Image)}
    only = next(iter(case.inputs.values())) if len(case.inputs) == 1 else None
    if isinstance(only, Image) and only.channels == true.channels and only.unit == true.unit:
        found[INPUT] = only
    moved = {who: image_on(value, true.grid) for who, value in found.items()}
    return {who: _whole(value, value.array()) for who, value in moved.items() if value.grid.same_as(true.grid)}


def _whole(image: Image, samples: NDArray[np.floating]) -> Image:
    """Return an image in memory whose samples that nothing was answered for are its darkest."""
    if not np.isnan(samples).any():
        return image
    return held_image(np.nan_to_num(samples, nan=float(np.nanmin(samples))), image.grid, unit=image.unit, channels=image.channels)


def _measured(
    answers: HeldOut, image: Target, segmenter: Segmenter, truth: Target | None
) -> Iterator[tuple[str, str, str, str, float, str]]:
    """Yield (case, patient, who, name, value, unit) of every case with a true image."""
    model = load_model(segmenter.run, segmenter.study)
    with tempfile.TemporaryDirectory() as scratch:
        for case in answers.cases:
            if image.name not in case.labels or (truth is not None and truth.name not in case.labels):
                continue
            shown = _shown(case, answers, image)
            asked = CaseList(
                dataclasses.replace(case, key=str(i), inputs={segmenter.input: value}, labels={}, regions={}, covariates={})
                for i, value in enumerate(shown.values())
            )
            said = {
                who: answer
                for who, prediction in zip(shown, model.predict(asked, scratch=Path(scratch)), strict=True)
                if isinstance(answer := prediction.answers.get(segmenter.target.name), Mask)
            }
            reference = case.labels[truth.name] if truth is not None else said.get(TRUE)
            target = truth if truth is not None else segmenter.target
            if not isinstance(reference, Mask):
                continue
            for who, answer in said.items():
                pair = Pair(case=case.key, target=target, truth=reference, answer=answer)
                sizes = {m.name: m for m in volume.METRIC(pair)}
                for m in dice.METRIC(pair):
                    yield case.key, case.patient, who, m.name, m.value, m.unit
                for name in reference.names[1:]:
                    one, true = sizes[class_name("volume", name)], sizes[class_name("true_volume", name)]
                    yield case.key, case.patient, who, class_name("volume_bias", name), one.value - true.value, one.unit


def _finding(run: RunFolder, answers: HeldOut, table: pd.DataFrame, segmenter: Segmenter, truth: Target | None) -> Finding:
    """Say how the segmenter does on each, whether the answers are worse than nothing done, and what they do to volumes."""
    seed, target = answers.study.seed, truth or segmenter.target
    evidence = [
        estimate_mean(
            rows["value"].tolist(), rows["patient"].tolist(), name=str(name), unit=str(rows["unit"].iloc[0]),
            rng=np.random.default_rng(seed), part=answers.part, target=target.name, who=str(who),
        )
        for (who, name), rows in table.groupby(["who", "name"], sort=False)
    ]  # fmt: skip
    whole = {e.who: e for e in evidence if e.name == "dice"}
    floor = next((who for who in FLOORS if who in whole), None)
    gains = [_difference(table, "dice", floor, answers, target)] if floor is not None else []
    biases = [class_name("volume_bias", name) for name in target.classes[1:]]
    shifts = [_difference(table, name, TRUE, answers, target) for name in biases]
    bad = any(e.ci95[1] < 0 for e in gains) or any(e.ci95[0] > 0 or e.ci95[1] < 0 for e in shifts)
    seen = ", ".join(f"{_short(who)} {e.value:.3f}" for who, e in whole.items())
    more = "".join(f"; model minus {_short(str(floor))} {with_interval(e)}" for e in gains)
    moved = "; ".join(f"{name} {with_interval(e)} {e.unit}" for name, e in zip(target.classes[1:], shifts, strict=True))
    taught = len(_learned(segmenter.run) & set(table["patient"]))
    return Finding(
        code="fixed_segmenter",
        severity="warning" if bad else "note",
        expected="a segmenter of true images that finds the same structures, as large, on the answers",
        got=f"Dice with {'the masks' if truth is not None else 'what it says of the true image'}: {seen}{more}; volume on the "
        f"answers minus volume on the true images: {moved}" + (f"; {taught} of these patients taught the segmenter" * bool(taught)),
        do="Measure nothing on these answers: structures are not where, or not as large as, they were."
        if bad
        else "Compare with the Dice on true images: what is missing there is the segmenter's, not the answers'.",
        evidence=(*evidence, *gains, *shifts),
        figure=_figure(run, whole),
    )


def _difference(table: pd.DataFrame, name: str, other: str, answers: HeldOut, target: Target) -> Estimate:
    """Return a number on the model's answers minus the same on another's, paired over patients."""
    mine = table[table["name"] == name]
    wide = mine.pivot_table(index=["case", "patient"], columns="who", values="value", dropna=False)
    patients = wide.index.get_level_values("patient").tolist()
    found = compare_means(wide[MODEL], wide[other], patients, rng=np.random.default_rng(answers.study.seed))
    return Estimate(
        name=f"{name}_minus_{_short(other).replace(' ', '_')}", value=found.effect, unit=str(mine["unit"].iloc[0]),
        ci95=found.interval.ends, interval=found.interval.kind, patients=found.patients, cases=found.cases,
        excluded=len(wide) - found.cases, part=answers.part, target=target.name,
    )  # fmt: skip


def _short(who: str) -> str:
    return who.removeprefix("baseline:")


def _learned(run: RunFolder) -> set[str]:
    """Return the patients a run learned from."""
    made = read_split(run)
    return {patient for patient, part in zip(made.patient, made.part, strict=True) if part == "learn"}


def _figure(run: RunFolder, whole: Mapping[str, Estimate]) -> str:
    """Draw the Dice of each into the run's figures."""
    name = "figures/fixed_segmenter.png"
    rows = [Drawn(label=who.removeprefix("baseline:"), value=e.value, ci95=e.ci95, patients=e.patients) for who, e in whole.items()]
    (run.path / name).parent.mkdir(exist_ok=True)
    (run.path / name).write_bytes(to_png(draw_intervals(rows, axis="Dice of a segmenter of true images")))
    return name


AUDIT = Audit(
    name="fixed_segmenter",
    question="Does a segmenter of true images still work on restored or translated ones, and measure the same volumes?",
    needs="model",
    cite="Cohen, Luck & Honari, MICCAI 2018, arXiv:1805.08841 (look at what is read off an answer, not at the answer)",
    judge=judge,
    config=FixedSegmenterSettings,
)

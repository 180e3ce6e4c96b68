"""Attribution: does the network look at what is asked for, and can the maps that say so be believed?

In:   held-out exams of a run whose method is a network of exams.
Out:  one finding a method of attribution: is its map truer to the network than a random order, is it lost with the weights, how
      much of it lies in each lesion and region; the maps in `attribution/`, a table of every number, a figure. One a shortcut.
Not:  no claim that the network is right: a true map of a wrong network shows what it wrongly looks at.

Reference: Adebayo et al., NeurIPS 2018, arXiv:1810.03292; Petsiuk, Das & Saenko, BMVC 2018, arXiv:1806.07421;
           Dubost et al., Med Image Anal 2019; 51:89-100 (overlap with each type of lesion).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from isocenter.audits._exam_models import Seen, exam_places, some_seen, target_of
from isocenter.audits._held_out import part_of
from isocenter.audits._map_regions import regions_of
from isocenter.audits.audit import Audit, NotForThisRun
from isocenter.core.errors import SettingError, unknown
from isocenter.core.estimate import Estimate
from isocenter.core.executor import Executor
from isocenter.core.finding import Finding
from isocenter.core.image import Image, held_image
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.figures.cases.attribution import ExplainedCase, draw_attribution
from isocenter.figures.style import to_png
from isocenter.io.text_columns import write_text_table
from isocenter.io.write import write_image
from isocenter.learning.attributions import ATTRIBUTIONS
from isocenter.learning.exam.items import images_of
from isocenter.methods._exam.explain import LIKELIEST, Explanation, Lost, explain_item, lost_networks
from isocenter.methods._exam.model import ExamModel
from isocenter.metrics.estimates.mean import estimate_mean
from isocenter.metrics.map_overlap import map_overlap
from isocenter.stages.run_folder import RunFolder, safe_name

UNCHANGED = 0.5
"""Rank correlation with the map of a network of random weights from which a map is said not to come from the weights."""
COLUMNS = ("method", "case", "patient", "quantity", "region", "value")


@dataclass(frozen=True, kw_only=True)
class AttributionSettings:
    """What is asked."""

    methods: tuple[str, ...] = ("grad_cam", "integrated_gradients", "smooth_grad", "occlusion")
    """Attributions by name (isocenter list attributions)."""
    target: str = ""
    """A learned target; "" = the first."""
    output: int = LIKELIEST
    """Which of its classes or findings, from 0; -1 = the likeliest of each exam."""
    cases: int = 24
    """Held-out exams looked at, in all."""
    steps: int = 10
    """Points of the curves."""
    stages: int = 2
    """Networks of random weights to compare with: half of the layers, all of them."""
    shortcuts: tuple[str, ...] = ()
    """Regions or "<mask target>:<class>" that must not decide: markers, devices, borders."""
    shown: int = 4
    """Exams in a figure."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        for name in self.methods:
            if name not in ATTRIBUTIONS.names():
                raise SettingError(unknown("attribution", name, ATTRIBUTIONS.names()))
        if not self.methods or min(self.cases, self.steps, self.stages, self.shown) < 1:
            raise SettingError("expected at least one method, and cases, steps, stages and shown ≥ 1.")


class Number(Record):
    """One quantity of one map."""

    method: str
    case: str
    patient: str
    quantity: str
    region: str
    value: float


def judge(run: RunFolder, executor: Executor, settings: AttributionSettings) -> Sequence[Finding]:
    """Return a finding for each attribution and each shortcut. NotForThisRun without a network of exams or held-out cases."""
    del executor
    study, cases, places = exam_places(run)
    target = target_of(study, settings.target)
    numbers: list[Number] = []
    shown: dict[str, list[ExplainedCase]] = {name: [] for name in settings.methods}
    model: ExamModel | None = None
    lost: tuple[Lost, ...] = ()
    for seen in some_seen(places, study, cases, target, count=settings.cases):
        if seen.model is not model:  # the next fold's
            model = seen.model
            lost = lost_networks(model, rng=np.random.default_rng(study.seed), stages=settings.stages)
        found = explain_item(
            seen.model,
            seen.item,
            target.name,
            names=settings.methods,
            lost=lost,
            output=settings.output,
            steps=settings.steps,
            seed=study.seed,
        )
        regions = regions_of(seen.unit[0], study, next(iter(found.values())).image.grid)
        for name, explanation in found.items():
            numbers += _numbers(seen, name, explanation, regions)
            _keep_map(run, target, name, seen.key, explanation.image)
            if len(shown[name]) < settings.shown:
                shown[name].append(_row(seen, explanation))
    if not numbers:
        raise NotForThisRun(f"expected held-out exams with a label of {target.name} that can be read, got none.")
    _write_table(run, target, numbers)
    part = part_of(places)
    findings = [_of_method(run, study, target, name, numbers, shown[name], part=part) for name in settings.methods]
    return [*findings, *_of_shortcuts(study, target, numbers, settings, part=part)]


def _numbers(seen: Seen, method: str, explanation: Explanation, regions: dict[str, np.ndarray]) -> list[Number]:
    true = explanation.faithfulness
    found = [
        ("over_random", "", true.over_random),
        ("over_center", "", true.over_center),
        ("insertion_area", "", true.insertion_area),
        ("deletion_area", "", true.deletion_area),
        *((f"correlation_{round(100 * share)}_random", "", rho) for share, rho in explanation.correlation.items()),
    ]
    values = explanation.image.array()[0]
    for region, mask in regions.items():
        if mask.any():
            lies = map_overlap(values, mask)
            enriched = lies.share / lies.area if lies.area > 0 else math.nan
            found += [("share", region, lies.share), ("enrichment", region, enriched)]
            found += [("pointing", region, lies.hit), ("overlap", region, lies.dice)]
    return [
        Number(method=method, case=seen.key, patient=seen.patient, quantity=quantity, region=region, value=value)
        for quantity, region, value in found
    ]


def _row(seen: Seen, explanation: Explanation) -> ExplainedCase:
    """Return an exam with its map, on the input most of the map lies in; on the first where views cannot be told apart."""
    shares = np.abs(explanation.views).reshape(len(explanation.views), -1).sum(axis=1)
    inputs = seen.model.inputs
    wanted = inputs[int(shares.argmax())] if len(shares) == len(inputs) else ""
    shown = {name: images[0] for name in inputs if (images := images_of(seen.unit[0].inputs.get(name, "")))}
    name = wanted if wanted in shown else next(iter(shown), "")
    return ExplainedCase(
        title=f"{seen.key}, {name}" if len(inputs) > 1 else seen.key,
        image=shown.get(name),
        map=explanation.image,
        deletion=tuple(explanation.removal.deletion.tolist()),
        insertion=tuple(explanation.removal.insertion.tolist()),
    )


def _keep_map(run: RunFolder, target: Target, method: str, key: str, image: Image) -> None:
    """Write a map as NIfTI; of a picture as 16-bit PNG, the strongest place for or against as 65535 or 0, nothing as 32768."""
    folder = run.path / "attribution" / safe_name(target.name) / method
    folder.mkdir(parents=True, exist_ok=True)
    if image.grid.ndim != 2:
        write_image(image, folder / f"{safe_name(key)}.nii.gz")
        return
    values = image.array()
    top = float(np.abs(values).max()) or 1.0
    gray = np.clip(np.round(32768 + 32767 * values / top), 0, 65535).astype(np.uint16)
    write_image(held_image(gray, image.grid), folder / f"{safe_name(key)}.png")


def _write_table(run: RunFolder, target: Target, numbers: Sequence[Number]) -> None:
    write_text_table(
        ({**{c: getattr(n, c) for c in COLUMNS[:-1]}, "value": "" if math.isnan(n.value) else f"{n.value:.5f}"} for n in numbers),
        run.path / f"attribution_{safe_name(target.name)}.csv",
        names=COLUMNS,
    )


def _estimates(study: Study, target: Target, method: str, numbers: Sequence[Number], *, part: str) -> list[Estimate]:
    """Return every quantity of one attribution, with its interval over patients."""
    mine = [n for n in numbers if n.method == method]
    found = []
    for quantity, region in dict.fromkeys((n.quantity, n.region) for n in mine):
        kept = [n for n in mine if (n.quantity, n.region) == (quantity, region)]
        found.append(
            estimate_mean(
                [n.value for n in kept],
                [n.patient for n in kept],
                name=quantity,
                unit="1",
                rng=np.random.default_rng(study.seed),
                group=f"method={method}" + (f", region={region}" if region else ""),
                part=part,
                target=target.name,
            )
        )
    return found


def _of_method(
    run: RunFolder,
    study: Study,
    target: Target,
    method: str,
    numbers: Sequence[Number],
    shown: Sequence[ExplainedCase],
    *,
    part: str,
) -> Finding:
    evidence = _estimates(study, target, method, numbers, part=part)
    over = next(e for e in evidence if e.name == "over_random")
    rho = [e for e in evidence if e.name.startswith("correlation_")][-1]
    low = over.value if math.isnan(over.ci95[0]) else over.ci95[0]
    unfaithful, unchanged = not low > 0, rho.value > UNCHANGED
    inside = [e for e in evidence if e.name == "share" and not math.isnan(e.value)]
    lies = "".join(f"; {100 * e.value:.0f} % inside {e.group.partition('region=')[2]}" for e in inside[:4])
    name = f"figures/attribution_{safe_name(target.name)}_{method}.png"
    (run.path / name).parent.mkdir(exist_ok=True)
    (run.path / name).write_bytes(to_png(draw_attribution(shown)))
    reasons = [
        *(["covering the places it names first does no more than a random order"] if unfaithful else []),
        *(["it hardly changes when every weight of the network is random"] if unchanged else []),
    ]
    return Finding(
        code=f"attribution_{method}",
        severity="warning" if reasons else "note",
        expected=f"a map by {method} that finds what {target.name} hangs on sooner than chance, and is lost with the weights",
        got=f"{over.value:+.2f} in area over random orders, rank correlation {rho.value:.2f} with a random network, "
        f"{over.cases} exams{lies}",
        do=f"Believe no picture of {method} here: {' and '.join(reasons)}. Use another method, or more training."
        if reasons
        else f"Look at {name}; what lies outside of what a reader would look at is a question to the data.",
        evidence=tuple(evidence),
        figure=name,
    )


def _of_shortcuts(
    study: Study, target: Target, numbers: Sequence[Number], settings: AttributionSettings, *, part: str
) -> list[Finding]:
    """Return a finding a shortcut: a warning when more of a map lies inside than its size explains. SettingError if unknown."""
    known = sorted({n.region for n in numbers if n.region})
    findings = []
    for shortcut in settings.shortcuts:
        if shortcut not in known:
            raise SettingError(unknown("region of these exams", shortcut, known))
        inside = [n for n in numbers if n.region == shortcut and n.quantity == "enrichment"]
        each = {method: _estimates(study, target, method, inside, part=part)[0] for method in settings.methods}
        drawn = [e for e in each.values() if (e.value if math.isnan(e.ci95[0]) else e.ci95[0]) > 1]
        said = ", ".join(f"{method} {e.value:.1f}" for method, e in each.items())
        findings.append(
            Finding(
                code=f"attribution_shortcut_{safe_name(shortcut.replace(':', '_'))}",
                severity="warning" if drawn else "note",
                expected=f"no more of the map inside {shortcut} than its share of the image",
                got=f"times its share of the image: {said}",
                do=f"Cover {shortcut} in the images, or balance it over the classes, and run the study again."
                if drawn
                else "Nothing.",
                evidence=tuple(each.values()),
            )
        )
    return findings


AUDIT = Audit(
    name="attribution",
    question="Does the network look at what is asked for, and can the maps that say so be believed?",
    needs="gradients",
    cite="Adebayo et al., NeurIPS 2018, arXiv:1810.03292; Petsiuk, Das & Saenko, BMVC 2018, arXiv:1806.07421",
    judge=judge,
    config=AttributionSettings,
)

"""Points whose files say nothing of sizes, in a study that does not say how near an answer must be: a guess is taken."""

from collections.abc import Iterator

from isocenter.core.errors import IsocenterError
from isocenter.core.finding import Finding
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.methods._radius import METRIC, asked_radius
from isocenter.methods.registry import measured_by
from isocenter.metrics.per_case import point_f1
from isocenter.stages.examination import Check, Examination


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a note for each target of points that neither its files nor the study give a radius of pairing."""
    for target in seen.study.targets:
        if not _is_paired(seen.study, target) or asked_radius(seen.study, target) is not None:
            continue
        labels = [case.labels[target.name] for case in seen.opened.values() if target.name in case.labels]
        sized = bool(target.instances) or any(
            isinstance(label, Points) and label.extent is not None and len(label) for label in labels
        )
        if labels and not (sized and target.use == "learn"):  # sizes are taken from what is learned
            yield Finding(
                code="point_radius",
                severity="note",
                expected=f"to be told how near an answer to {target.name} must be to a true place, best half the usual diameter",
                got=f"neither sizes nor a radius, so that {point_f1.RADIUS:g} units of the image's world are taken",
                do=f"Write half the usual diameter into the target, as in metrics: [{METRIC}_at(8)].",
            )


def _is_paired(study: Study, target: Target) -> bool:
    """Tell whether places of a target are paired within a radius; a study that does not fit a task is told elsewhere."""
    try:
        return target.type == "points" and target.use != "guide" and point_f1.METRIC in measured_by(study, target).per_case
    except IsocenterError:
        return False


CHECK = Check(
    name="point_radius",
    looks_for="points without sizes in a study that does not say within what radius an answer is right",
    find=find,
)

"""Every name a study mentions exists, and metrics fit their targets — asked before anything costs time, not after the training.

In:   a study. Out: nothing, or an error with "did you mean".
"""

from isocenter.core.errors import StudyError, UnknownName, unknown
from isocenter.core.study import Study, Target
from isocenter.methods.registry import measured_by, methods_of, task_of
from isocenter.metrics.registry import kinds_of, name_of, per_case, per_cohort


def check_names(study: Study) -> None:
    """Raise UnknownName or StudyError for a task, method, baseline, metric or group that is not there, or a metric that misfits."""
    methods = methods_of(task_of(study).name)
    varied = study.vary.get("method", ())
    for name in (*filter(None, [study.method]), *study.baselines, *map(str, varied)):
        if name not in methods.names():
            raise UnknownName("method", name, methods.names())
    for name in study.metrics:
        _check_metric(name, study.claimed, study)
    for target in study.targets:
        for name in target.metrics:
            _check_metric(name, target, study)
    for name in study.groups:
        if name not in study.covariates:
            raise StudyError(unknown("group", name, study.covariates) + " A group must be one of the study's covariates.")


def _check_metric(name: str, target: Target, study: Study) -> None:
    """Refuse a metric that does not exist, or cannot measure a target: it would be left out without a word."""
    kinds = kinds_of(name)
    if name_of(name) != name:
        per_case().get(name)  # its number is looked at too
    if _measures(name, target, study):
        return
    fit = [n for n in (*per_case().names(), *per_cohort().names()) if _measures(n, target, study)]
    there = [t.name for t in study.targets if _measures(name, t, study)]
    elsewhere = f" Write it under `metrics:` of the target {there[0]}." if there else ""
    raise StudyError(
        f"expected a metric of the kind {target.type} in the task {measured_by(study, target).name} for the target {target.name}, "
        f"got {name}, which measures {', '.join(kinds)}.{elsewhere} Metrics that fit: {', '.join(fit)}."
    )


def _measures(name: str, target: Target, study: Study) -> bool:
    """Tell whether a metric measures a target: its kind, and of whole sets of images only where the task keeps the images."""
    kept = target.type != "image" or name_of(name) in per_case().names() or measured_by(study, target).keep is not None
    return target.type in kinds_of(name) and kept

"""Every name a study mentions exists — asked before anything costs time, not after the training.

In:   a study. Out: nothing, or an error with "did you mean".
"""

from isocenter.core.errors import StudyError, UnknownName, unknown
from isocenter.core.study import Study
from isocenter.methods.registry import methods_of, task_of
from isocenter.metrics.registry import name_of, per_case, per_cohort


def check_names(study: Study) -> None:
    """Raise UnknownName or StudyError for a task, method, baseline, metric or group that does not exist."""
    methods = methods_of(task_of(study).name)
    varied = study.vary.get("method", ())
    for name in (*filter(None, [study.method]), *study.baselines, *map(str, varied)):
        if name not in methods.names():
            raise UnknownName("method", name, methods.names())
    metrics = [*per_case().names(), *per_cohort().names()]
    for name in (*study.metrics, *(m for target in study.targets for m in target.metrics)):
        if name_of(name) not in metrics:
            raise UnknownName("metric", name, metrics)
        if name_of(name) != name:
            per_case().get(name)  # its number is looked at too
    for name in study.groups:
        if name not in study.covariates:
            raise StudyError(unknown("group", name, study.covariates) + " A group must be one of the study's covariates.")

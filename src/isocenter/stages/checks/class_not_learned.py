"""Classes that some case has, but none of those a model would learn from. Table only."""

from collections.abc import Iterator, Mapping

from isocenter.core.errors import StudyError
from isocenter.core.finding import Finding
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.stages.examination import Check, Examination
from isocenter.stages.split import TUNE, Split, draw_split, strata_of
from isocenter.stages.split_parts import parts_of


def find(seen: Examination) -> Iterator[Finding]:
    """Yield, for each target and model, a warning; a failure when fewer than two classes are left to tell apart."""
    parts = learning_parts(seen)
    for target in seen.study.targets:
        if target.use != "learn" or target.type not in ("class", "ordinal", "multilabel"):
            continue
        given = _classes(seen, target)
        everywhere = {name for names in given.values() for name in names}
        if target.type != "multilabel" and len(everywhere) < 2:
            continue  # another check says so
        for where, keys in parts.items():
            learned = {name for key in keys for name in given.get(key, ())}
            lost = sorted(everywhere - learned)
            if lost:
                blind = target.type != "multilabel" and len(learned) < 2
                yield Finding(
                    code="class_not_learned",
                    severity="failure" if blind else "warning",
                    expected=f"every class of {target.name} among the cases learned from",
                    got=f"none with {', '.join(lost)}{where}",
                    do="Add patients of these classes, keep shares equal with `split: {by: COLUMN}`, or join the classes.",
                    cases=tuple(key for key, names in given.items() if set(names) & set(lost)),
                )


def learning_parts(seen: Examination) -> Mapping[str, tuple[str, ...]]:
    """Return the cases each model of the study would learn from, by where that is: "" or " when fold 3 is tested"."""
    study = seen.study
    file = parts_of(study, seen.folder) if "file" in study.split else {}
    if file:
        folds = sorted({part for part in file.values() if part.startswith("fold ")})
        if not folds:
            return {"": tuple(key for key, part in file.items() if part == "learn")}
        return {f" when {f} is tested": tuple(k for k, part in file.items() if part not in (f, "test")) for f in folds}
    try:
        made = draw_split(study, seen.cases)
        return {where: part.keys("learn") for where, part in _drawn(made, seen).items()}
    except StudyError:  # split says so when it is asked to
        return {}


def _drawn(made: Split, seen: Examination) -> Mapping[str, Split]:
    study = seen.study
    if "learn" in study.split:
        made = made.shortened(int(study.split["learn"]), seed=study.seed)
    if not made.folds():
        return {"": made}
    tune, strata = float(study.split.get("tune", TUNE)), strata_of(study, seen.cases)
    return {f" when fold {f} is tested": made.of_fold(f, tune=tune, seed=study.seed, strata=strata) for f in made.folds()}


def _classes(seen: Examination, target: Target) -> dict[str, tuple[str, ...]]:
    """Return the classes or findings each case has."""
    labels = {key: case.labels.get(target.name) for key, case in seen.opened.items()}
    return {
        key: tuple(name for name, p in zip(label.names, label.p, strict=True) if p > 0)
        for key, label in labels.items()
        if isinstance(label, Scores)
    }


CHECK = Check(name="class_not_learned", looks_for="classes that none of the learning cases has", find=find)

"""A tracer written as a user would have it: study.yaml, cases.csv, and files beside them."""

from pathlib import Path

from isocenter.core.amount import Amount
from isocenter.core.case import Case, CaseList
from isocenter.core.graph import Graph
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.io.answers import write_cases
from isocenter.io.graph_file import write_graph
from isocenter.io.points_file import write_points
from isocenter.io.study_file import write_study
from isocenter.io.write import write_image, write_mask


def write_tracer(study: Study, cases: CaseList, folder: Path) -> Path:
    """Write everything; return the path of study.yaml."""
    folder.mkdir(parents=True, exist_ok=True)
    write_cases([_row(study, case, folder) for case in cases], folder / "cases.csv")
    return write_study(study, folder / "study.yaml")


def _row(study: Study, case: Case, folder: Path) -> dict[str, str]:
    row = {"case": case.key, study.patient: case.patient}
    for name, column in study.inputs.items():
        shown = case.inputs.get(name, ())
        images = shown if isinstance(shown, tuple) else (shown,)
        row[column] = ";".join(_image(image, folder, f"{case.key}_{column}{i}") for i, image in enumerate(images))
    for target in study.targets:
        for rater in target.raters or ("",):
            columns = [f"{column}_{rater}" if rater else column for column in target.columns]
            value = case.labels.get(f"{target.name}@{rater}" if rater else target.name)
            row |= dict.fromkeys(columns, "") if value is None else _cells(target, columns, value, folder, case.key)
        if target.region is not None:
            row[target.region] = _mask(case.regions[target.region], folder, f"{case.key}_{target.region}")
    return row | {name: str(value) for name, value in case.covariates.items()}


def _cells(target: Target, columns: list[str], value: Value, folder: Path, key: str) -> dict[str, str]:
    stem = f"{key}_{columns[0]}"
    match value:
        case Mask():
            return {columns[0]: _mask(value, folder, stem)}
        case Image():
            return {columns[0]: _image(value, folder, stem)}
        case Points():
            return {columns[0]: write_points(value, folder / f"{stem}.csv").name}
        case Graph():
            return {columns[0]: write_graph(value, folder / f"{stem}.npz").name}
        case Amount():
            numbers = (value.low, value.high) if len(columns) == 2 else (value.value,)
            return {column: f"{number:g}" for column, number in zip(columns, numbers, strict=True)}
        case Survival():
            return {columns[0]: f"{value.days[0]:g}", columns[1]: str(value.code)}
        case Scores() if target.type == "multilabel":
            return {column: "" if p != p else f"{p:g}" for column, p in zip(columns, value.p, strict=True)}
        case Scores():
            return {columns[0]: value.names[value.best]}
        case _:
            return {columns[0]: str(value)}


def _image(image: Image, folder: Path, stem: str) -> str:
    flat = image.grid.world == "px"
    return write_image(image, folder / (f"{stem}.png" if flat else f"{stem}.nii.gz")).name


def _mask(mask: Mask, folder: Path, stem: str) -> str:
    return write_mask(mask, folder / f"{stem}.png").name

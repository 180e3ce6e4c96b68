"""Read and write `study.yaml`; every mistake is named with its line, what was expected, what came, and what to do.

In:   a YAML 1.2 file (`no` stays a word) in the user's hand.
Out:  a Study; or one StudyError that lists every mistake, one a line.
Not:  the table of cases (io/table.py); whether a method or metric of that name exists (stages).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from isocenter.core.errors import FileError, StudyError, unknown
from isocenter.core.operate import Operate, Refuse
from isocenter.core.search import Range
from isocenter.core.study import Study, Target
from isocenter.core.value import Kind
from isocenter.io.whole_file import write_whole

Location = Sequence[str | int]
"""The way to a place in a study: ("targets", 0, "type")."""

_EXAMPLES = {
    "name": "name: hippocampus",
    "cases": "cases: cases.csv",
    "inputs": "inputs: {t1: image}",
    "type": f"type: mask   (one of {', '.join(get_args(Kind))})",
    "columns": "columns: label",
}
_WORDS = {
    "string_type": ("a word or a text", "Put it in quotes"),
    "tuple_type": ("a list", "Write it as [first, second], or one item a line with '- ' before it"),
    "dict_type": ("pairs", "Write them as {name: value}"),
    "model_type": ("pairs", "Write them as {name: value}"),
    "int_type": ("a whole number", "Write the number without quotes"),
    "int_parsing": ("a whole number", "Write the number without quotes"),
    "int_from_float": ("a whole number", "Round it"),
    "float_parsing": ("a number", "Write the number without quotes"),
    "bool_parsing": ("true or false", "Write true or false; yes and no are words here"),
    "bool_type": ("true or false", "Write true or false; yes and no are words here"),
    "path_type": ("the name of a table, or {layout: …, path: …}", "For example: cases: cases.csv"),
    "too_short": ("at least one entry", "For example: inputs: {t1: image}"),
}
"""Pydantic's kind of error -> what was expected, what to do."""


def read_study(path: Path, *, data: Path | None = None) -> Study:
    """Read a study file.

    path   : the YAML file.
    data   : the data folder; when given, the table (or the layout's folder) must exist, beside the study or there.
    return : FileError when there is no such file; StudyError with one line a mistake.
    """
    document = _document(path)
    try:
        study = Study.model_validate(_plain(document, ()))
    except ValidationError as error:
        raise StudyError("\n".join(_sentences(path, document, error))) from None
    study = study if study.targets else _of_images_alone(study)
    wrong = list(_classes_that_are_none(path, document, study))
    if wrong:
        raise StudyError("\n".join(wrong))
    if data is not None:
        _check_that_cases_exist(path, document, study, data)
    return study


def _of_images_alone(study: Study) -> Study:
    """Return a study without targets as it is meant: its images themselves are learned."""
    name, column = next(iter(study.inputs.items()))
    image = Target(name=name, type="image", columns=(column,))
    return study.model_copy(update={"targets": (image,), "task": study.task or "generation"})


def write_study(study: Study, path: Path) -> Path:
    """Write a study as YAML: only what differs from the defaults, pairs of a target on one line. Returns the path."""
    plain = study.model_dump(exclude_defaults=True, by_alias=True)
    if isinstance(study.cases, Path):
        plain["cases"] = study.cases.as_posix()
    for target in plain.get("targets", []):
        if len(target["columns"]) == 1:
            target["columns"] = target["columns"][0]  # as a user would write it
    document = CommentedMap({name: _flow(value) for name, value in plain.items() if name != "targets"})
    if study.targets:
        document["targets"] = CommentedSeq([_flow(target) for target in plain["targets"]])
    order = [name for name in Study.model_fields if name in document]
    document = CommentedMap({name: document[name] for name in order})
    text = StringIO()
    yaml = YAML(typ="rt")
    yaml.width = 160
    yaml.dump(document, text)
    return write_whole(path, lambda beside: beside.write_text(text.getvalue(), encoding="utf-8"))


def place(folder: Path, study: Study, where: Location) -> str:
    """Return "study.yaml, line 7" for a place in the study file of a folder, or "study" when the file is not found.

    Read again only when an error needs the line, so a Study carries no file. Of several files of that name in the folder, the one
    whose fields are the study's; one that was changed on the way (`--set`) is the first of its name.
    """
    named: list[tuple[Path, CommentedMap]] = []
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")], key=lambda p: p.name != "study.yaml"):
        try:
            document = _document(path)
        except (StudyError, FileError):
            continue
        if str(document.get("name")) == study.name:
            named.append((path, document))
    if not named:
        return "study"
    path, document = next((found for found in named if _says(found[1], study)), named[0])
    return f"{path.name}, line {_line(document, where)}"


def _says(document: CommentedMap, study: Study) -> bool:
    """Tell whether a document is that of a study."""
    try:
        return Study.model_validate(_plain(document, ())) == study
    except ValidationError:
        return False


def _document(path: Path) -> CommentedMap:
    """Parse the YAML, keeping lines."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except IsADirectoryError:
        raise FileError(f"expected a study file, got the folder {path}. Give its study.yaml: {path / 'study.yaml'}") from None
    except UnicodeDecodeError:
        raise FileError(f"expected a text file in UTF-8, got {path}, which is not. Save it as UTF-8 (plain text).") from None
    except OSError as error:
        near = sorted(p.name for p in path.parent.glob("*.y*ml")) if path.parent.is_dir() else []
        hint = f" That folder has: {', '.join(near)}." if near else ""
        raise FileError(f"cannot read the study {path}: {error.strerror}.{hint} Give the path of a study.yaml.") from None
    try:
        document = YAML(typ="rt").load(text)
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = str(error.problem).split(" with value")[0].replace("found duplicate key", "the field") + " is given twice"
        raise StudyError(f"{path.name}, line {line}: {problem}. Keep one of the two.") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise StudyError(
            f"{path.name}, line {line}: this is not YAML: {error.problem or error.context}. "
            "Look here and one line above: a missing ']' or '}', a tab, no space after ':', a text with ': ' or '#' without quotes."
        ) from None
    except YAMLError as error:
        raise StudyError(f"{path.name}: expected YAML, got {error}. Save it as plain text.") from None
    if not isinstance(document, CommentedMap):
        raise StudyError(f"{path.name}, line 1: expected fields such as `name: …`, got {_short(document)}. {_EXAMPLES['name']}")
    return document


def _plain(value: Any, where: tuple[str | int, ...]) -> Any:
    """Return ruamel's types as Python's own; numbers become text where the study wants words; empty fields are left out."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v, (*where, str(k))) for k, v in value.items() if not (v is None and len(where) in (0, 2))}
    if isinstance(value, list):
        return [_plain(v, (*where, i)) for i, v in enumerate(value)]
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int | float) and _wants_words(where):
        return str(value)
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _wants_words(where: tuple[str | int, ...]) -> bool:
    """Tell whether a bare number here is meant as a word: codes, class names, columns, units."""
    if where[0] == "targets":
        named = len(where) > 2 and where[2] in ("name", "columns", "classes", "unit", "raters", "readers", "codes")
        return named or (len(where) > 3 and where[2:4] in (("operate", "positive"), ("operate", "words")))
    if where[0] == "refuse":
        return where[1:] in (("target",), ("class",))
    return where[0] in ("name", "inputs", "at", "patient", "covariates", "groups", "metrics")


def _sentences(path: Path, document: CommentedMap, error: ValidationError) -> list[str]:
    """Return pydantic's errors as sentences with lines, in the order of the file, one per place."""
    found: dict[tuple[int, str], str] = {}
    for item in error.errors():
        where = tuple(item["loc"])
        steps = tuple(_known_steps(document, where))
        line = _line(document, where)
        sentence = _sentence(dict(item), where)
        found.setdefault((line, "/".join(map(str, steps)) + (sentence if item["type"] == "missing" else "")), sentence)
    return [f"{path.name}, line {line}: {sentence}" for (line, _), sentence in sorted(found.items(), key=lambda kv: kv[0][0])]


def _sentence(item: dict[str, Any], where: Location) -> str:
    """Return what was expected, what came and what to do for one of pydantic's errors."""
    kind, got = item["type"], item.get("input")
    names = [str(step) for step in where if isinstance(step, str)]
    field = names[0] if where[:1] == ("cases",) else (names[-1] if names else "the study")
    if kind == "extra_forbidden":
        known = [n for n in _model_at(where).model_fields if n not in (got if isinstance(got, dict) else {})]
        return unknown("field", field, known)
    if kind == "missing":
        example = _EXAMPLES.get(field, f"{field}: …")
        whose = f" in target {where[1] + 1}" if where[0] == "targets" and isinstance(where[1], int) else ""
        return f"expected the field {field}{whose}, which is missing. Add, for example, {example}"
    if kind == "literal_error" and field == "type":
        return unknown("type of target", str(got), get_args(Kind))
    if kind == "literal_error":
        return f"expected {item['ctx']['expected']} for {field}, got {got!r}. Write one of these."
    if kind == "value_error":
        return str(item["ctx"]["error"]).rstrip(".") + "."
    message = str(item["msg"])
    expected, do = _WORDS.get(kind, (message[:1].lower() + message[1:], "The reference page study.yaml lists every field"))
    return f"expected {expected} for {field}, got {_short(got)}. {do}."


def _model_at(where: Location) -> type[BaseModel]:
    """Return the model whose field a location ends in."""
    if where[0] == "targets":
        return Operate if "operate" in where[2:-1] else Target
    if len(where) > 1 and where[0] in ("refuse", "tune"):
        return Refuse if where[0] == "refuse" else Range
    return Study


def _known_steps(document: Any, where: Location) -> Iterable[str | int]:
    """Yield the steps of a location that the file has; pydantic adds steps of its own for unions."""
    node = document
    for step in where:
        in_map = isinstance(node, CommentedMap) and step in node
        in_list = isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node)
        if not (in_map or in_list):
            return
        yield step
        node = node[step]


def _line(document: CommentedMap, where: Location) -> int:
    """Return the line (from 1) of a place, or of the nearest thing around it that has one."""
    node: Any = document
    line = 1
    for step in _known_steps(document, where):
        marks = node.lc.data or {}
        if step in marks:
            line = marks[step][0] + 1
        node = node[step]
    return line


def _classes_that_are_none(path: Path, document: CommentedMap, study: Study) -> Iterator[str]:
    """Yield a sentence for each class that `values` or `codes` of a target name and `classes` does not."""
    for i, target in enumerate(study.targets):
        classes = target.classes or target.columns
        for value, index in target.values.items():
            if not 0 <= index < len(classes):
                line = _line(document, ("targets", i, "values"))
                yield (
                    f"{path.name}, line {line}: expected values of {target.name} to mean classes 0 to {len(classes) - 1} "
                    f"({', '.join(classes)}), got {{{value}: {index}}}. Correct the number, or add the class to `classes:`."
                )
        for name in target.codes:
            if name not in classes:
                line = _line(document, ("targets", i, "codes", name))
                yield f"{path.name}, line {line}: {unknown('class in codes', name, classes)}"


def _check_that_cases_exist(path: Path, document: CommentedMap, study: Study, data: Path) -> None:
    """Raise StudyError with the line when the table is neither beside the study nor in the data folder."""
    named = study.cases["path"] if isinstance(study.cases, dict) and "path" in study.cases else study.cases
    if isinstance(named, dict):
        return
    places = [Path(named).expanduser()] if Path(named).expanduser().is_absolute() else [path.parent / named, data / named]
    if not any(p.exists() for p in places):
        raise StudyError(
            f"{path.name}, line {_line(document, ('cases',))}: expected the cases at {named}, beside the study or in the data "
            "folder, got no such file. Mend the name, or give the right folder with --data."
        )


def _flow(value: Any) -> Any:
    """Return pairs and lists in one-line style."""
    if isinstance(value, dict):
        pairs = CommentedMap({k: _flow(v) for k, v in value.items()})
        pairs.fa.set_flow_style()
        return pairs
    if isinstance(value, list | tuple):
        items = CommentedSeq([_flow(v) for v in value])
        items.fa.set_flow_style()
        return items
    return value


def _short(value: Any) -> str:
    """Return a value as it may stand in a message: at most 60 characters."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def raw_fields(path: Path) -> dict[str, Any]:
    """Return a study file's fields as they are written, unvalidated; {} for an empty file."""
    fields = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return dict(fields) if isinstance(fields, dict) else {}

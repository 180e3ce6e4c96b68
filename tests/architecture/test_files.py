"""How a file looks: short, one purpose, opened by what it is for, without prints, stubs or notes to self."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

from .sources import ROOT, functions_of, name_of, source_files, tree_of

LONGEST_FILE, LONGEST_FUNCTION = 400, 80
NAMELESS = {"utils", "util", "helpers", "helper", "common", "base", "misc", "tools"}


def offenders(lines_of: Callable[[Path], list]) -> dict[str, list]:
    """Return what a rule finds, by file."""
    found = {name_of(path): lines_of(path) for path in source_files()}
    return {name: lines for name, lines in found.items() if lines}


def calls_of(path: Path, name: str) -> list[int]:
    """Return the lines on which a bare name is called."""
    return [n.lineno for n in ast.walk(tree_of(path)) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == name]


def test_files_are_short():
    lengths = {name_of(p): p.read_text(encoding="utf-8").count("\n") for p in source_files()}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}


def test_functions_are_short():
    def long(path: Path) -> list[str]:
        return [f.name for f in functions_of(path) if (f.end_lineno or 0) - f.lineno + 1 > LONGEST_FUNCTION]

    assert not offenders(long)


def test_every_module_says_what_it_is_for():
    """An empty __init__.py may say nothing."""
    silent = [name_of(p) for p in source_files() if tree_of(p).body and not ast.get_docstring(tree_of(p))]
    assert not silent


def test_every_name_says_something():
    assert not [
        name for name in map(name_of, source_files()) if NAMELESS & {p.removesuffix(".py").strip("_") for p in Path(name).parts}
    ]


def test_nothing_is_printed():
    assert not offenders(lambda path: calls_of(path, "print"))


def test_no_user_meets_an_assert():
    assert not offenders(lambda path: [n.lineno for n in ast.walk(tree_of(path)) if isinstance(n, ast.Assert)])


def test_nothing_is_left_for_later():
    def notes(path: Path) -> list[str]:
        return re.findall(r"\b(?:TODO|FIXME|XXX|HACK)\b|\bNotImplementedError\b", path.read_text(encoding="utf-8"))

    assert not offenders(notes)


def test_every_exception_is_caught_by_name():
    assert not offenders(
        lambda path: [n.lineno for n in ast.walk(tree_of(path)) if isinstance(n, ast.ExceptHandler) and not n.type]
    )


def test_every_folder_of_tests_is_a_package():
    """So that two tests may bear one file name (test_dice.py of the metric and of the loss)."""
    folders = {p.parent for p in (ROOT / "tests").rglob("*.py")}
    assert not [str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").is_file()]

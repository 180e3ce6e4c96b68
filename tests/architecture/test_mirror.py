"""Tests mirror the source: who looks for the test of a file finds it by name."""

import ast
from functools import cache
from pathlib import Path

from .sources import ROOT, SOURCE, name_of, source_files

MIRRORED = ("metrics/", "imaging/", "io/", "learning/")
"""Layers where every file is a thing of its own; methods, phantoms and stages are also tested over whole families."""
FILES = [p for p in source_files() if name_of(p).startswith(MIRRORED) and not p.name.startswith("_")]


@cache
def find_tests(path: Path) -> tuple[Path, ...]:
    """Return the tests of a file: by its name, its folder's, or any that import it."""
    place = path.relative_to(SOURCE)
    layer = ROOT / "tests" / place.parts[0]
    own = layer.joinpath(*place.parts[1:-1])
    by_name = [own / f"test_{path.stem}.py", layer / f"test_{path.stem}.py"]
    by_folder = [own / "test_all.py", *(layer / f"test_{folder}.py" for folder in place.parts[1:-1])]
    named = tuple(test for test in (*by_name, *by_folder) if test.is_file())
    return named or tuple(test for test in sorted((ROOT / "tests").rglob("test_*.py")) if module_of(path) in imports_of(test))


def find_users_with_tests(path: Path) -> list[Path]:
    """Return the files of the same layer that import a file and have tests: what supports them is tested through them."""
    layer = path.relative_to(SOURCE).parts[0]
    return [p for p in FILES if name_of(p).startswith(layer) and module_of(path) in imports_of(p) and find_tests(p)]


def module_of(path: Path) -> str:
    """Return a file's dotted name."""
    return "isocenter." + ".".join(path.relative_to(SOURCE).with_suffix("").parts)


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Return the dotted names a file imports: modules, and what it takes from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return frozenset(found)


def test_every_source_file_has_a_test():
    assert not [name_of(path) for path in FILES if not find_tests(path) and not find_users_with_tests(path)]


def test_a_file_without_test_is_noticed():
    nobody = SOURCE / "metrics" / "nobody_tests_me.py"
    assert not find_tests(nobody)
    assert not find_users_with_tests(nobody)

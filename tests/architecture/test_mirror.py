"""Tests mirror the source: who looks for the test of a file finds it by name."""

import ast
from pathlib import Path

from .sources import ROOT, SOURCE, name_of, source_files

MIRRORED = ("metrics/", "imaging/", "io/", "learning/")
"""Layers where every file is a thing of its own; methods, phantoms and stages are also tested over whole families."""
FILES = [p for p in source_files() if name_of(p).startswith(MIRRORED) and not p.name.startswith("_")]


def find_tests(path: Path) -> list[Path]:
    """Return the test files that may hold a file's tests: its own, its folder's, or one beside them that imports it."""
    place = path.relative_to(SOURCE)
    layer = ROOT / "tests" / place.parts[0]
    by_name = [layer.joinpath(*place.parts[1:-1], f"test_{path.stem}.py"), layer / f"test_{path.stem}.py"]
    by_folder = [layer / f"test_{folder}.py" for folder in place.parts[1:-1]]
    named = [test for test in (*by_name, *by_folder) if test.is_file()]
    module = "isocenter." + ".".join(place.with_suffix("").parts)
    return named or [test for test in sorted((ROOT / "tests").rglob("test_*.py")) if _imports(test, module)]


def _imports(test: Path, module: str) -> bool:
    """Tell whether a test file imports from a module."""
    tree = ast.parse(test.read_text(encoding="utf-8"))
    package, _, stem = module.rpartition(".")
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (
            node.module == module or (node.module == package and stem in {a.name for a in node.names})
        ):
            return True
        if isinstance(node, ast.Import) and module in {a.name for a in node.names}:
            return True
    return False


def test_every_source_file_has_a_test():
    assert not [name_of(path) for path in FILES if not find_tests(path)]


def test_a_file_without_test_is_noticed():
    assert not find_tests(SOURCE / "metrics" / "nobody_tests_me.py")

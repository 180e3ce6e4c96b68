"""Docstrings and signatures agree: a parameter that was renamed or dropped is not described any more."""

import ast
import re

from .sources import functions_of, name_of, source_files, tree_of

ENTRY = re.compile(r"^([a-z_]\w*(?:, [a-z_]\w*)*)[ ]{0,12} : ", re.MULTILINE)
"""`name : what it is`, in either style of docstring: a numpydoc section or a plain list."""
SECTION = re.compile(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", re.MULTILINE | re.DOTALL)
NO_PARAMETER = {"return", "returns", "raises", "yield"}
UNDERSTOOD = {"progress"}
"""Parameters that are the same everywhere and need no line."""


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return a function's parameter names, without self and cls."""
    spec = function.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg) if a is not None]
    return [name for name in names if name not in {"self", "cls"}]


def described(text: str) -> list[str]:
    """Return the names a docstring describes as parameters."""
    section = SECTION.search(text)
    if section is None and re.search(r"^(Returns|Yields|Attributes)\n-+\n", text, re.MULTILINE):
        return []
    names = [n for group in ENTRY.findall(section.group(1) if section else text) for n in group.split(", ")]
    return [name for name in names if name not in NO_PARAMETER]


def drifted(text: str, known: list[str]) -> set[str]:
    """Return the described names that are no parameters. A list with no parameter at all describes something else (the result)."""
    names = set(described(text))
    return names - set(known) if names & set(known) or SECTION.search(text) else set()


def test_a_described_parameter_exists():
    drift = {}
    for path in source_files():
        for function in functions_of(path):
            wrong = drifted(ast.get_docstring(function) or "", parameters(function))
            if wrong:
                drift[f"{name_of(path)}:{function.name}"] = wrong
    assert not drift


def test_a_parameters_section_names_every_parameter_in_order():
    drift = {}
    for path in source_files():
        for function in functions_of(path):
            text = ast.get_docstring(function) or ""
            asked = [name for name in parameters(function) if name not in UNDERSTOOD or name in described(text)]
            if SECTION.search(text) and described(text) != asked:
                drift[f"{name_of(path)}:{function.name}"] = (described(text), asked)
    assert not drift


def test_what_is_public_has_a_docstring():
    silent = {name_of(p): [n.name for n in _public(tree_of(p)) if not ast.get_docstring(n)] for p in source_files()}
    assert not {name: found for name, found in silent.items() if found}


def _public(tree: ast.Module) -> list[ast.FunctionDef | ast.ClassDef]:
    """Return the public functions and classes of a module."""
    return [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")]


def test_drift_is_seen():
    text = "Do it.\n\nParameters\n----------\nold : a name that is gone\nmask : (X, Y)\n\nReturns\n-------\nnothing : at all"
    assert described(text) == ["old", "mask"]
    assert described("Do it.\n\npath   : the file\nx, y : a place\nreturn : nothing") == ["path", "x", "y"]
    assert drifted("Do it.\n\npath : the file\nold : gone", ["path", "new"]) == {"old"}
    assert drifted("Do it.\n\nlung : a key of what is returned", ["x"]) == set()
    assert described("A sentence with words: and a colon.") == []

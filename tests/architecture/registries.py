"""Every registry of the package, found by looking: a new one is covered the day it is written."""

import importlib
import inspect
import re
from typing import get_origin

from isocenter.core.registry import Registry

from .sources import SOURCE, name_of, source_files


def all_registries() -> dict[str, Registry]:
    """Return every registry by its package: module attributes, functions that return one, and one a task."""
    found: dict[str, Registry] = {}
    for path in source_files():
        if name_of(path) == "core/registry.py" or not re.search(r"\bRegistry\(", path.read_text(encoding="utf-8")):
            continue
        name = "isocenter." + name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for member in vars(importlib.import_module(name)).values():
            for registry in _registries_of(member, name):
                found[registry.package] = registry
    return found


def _registries_of(member: object, module: str) -> list[Registry]:
    if isinstance(member, Registry):
        return [member]
    if not inspect.isfunction(member) or member.__module__ != module:
        return []
    returned = inspect.signature(member).return_annotation
    kind = get_origin(returned) or returned
    if not (inspect.isclass(kind) and issubclass(kind, Registry)):
        return []
    if not inspect.signature(member).parameters:
        return [member()]
    return [member(task.parent.name) for task in sorted((SOURCE / "methods").glob("*/task.py"))]

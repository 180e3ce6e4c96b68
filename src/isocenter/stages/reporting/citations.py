"""Citations of the parts a plan names: network, loss, sampler, augmentation, averaging, windows.

In:   a Plan. Out: one line a part: its name, its reference, how ours differs; as the part's own file states them.
Not:  nothing is imported: the head of the file is read.
"""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from isocenter.core.plan import Plan
from isocenter.core.record import Record

_FILES = {
    "network": "learning/networks/{value}.py",
    "encoder": "learning/encoders/{value}.py",
    "pretrain": "learning/pretraining/{value}.py",
    "loss": "learning/losses/{value}.py",
    "sampler": "learning/sampling/{value}.py",
    "augmentation": "learning/augment.py",
    "deep_supervision": "learning/deep_supervision.py",
    "average": "learning/ema.py",
    "overlap": "learning/inference/sliding_window.py",
    "strides": "learning/planning/topology.py",
}
"""Setting -> the file that says where its method is from."""
_WORDS = {"average": "averaged weights", "overlap": "sliding windows", "strides": "depth and patch"}


class Citation(Record):
    """Where one part of a method is from."""

    part: str
    name: str
    reference: str
    differs: str


def citations_of(plan: Plan) -> list[Citation]:
    """Return the citations of the parts a plan uses, in order; a part switched off, or without a reference, is left out."""
    return list(_found(plan))


def _found(plan: Plan) -> Iterator[Citation]:
    settings: dict[str, Any] = {s.name: s.value for s in plan.settings}
    for setting, place in _FILES.items():
        value = settings.get(setting)
        if not value:
            continue
        path = place.format(value=value)
        text = head_of(path) if re.fullmatch(r"[a-z0-9_/]+\.py", path) else ""
        reference = field_of(text, "Reference")
        if reference:
            name = str(value) if "{value}" in place else ""
            words = _WORDS.get(setting, setting.replace("_", " "))
            yield Citation(part=words, name=name, reference=reference, differs=field_of(text, "Differs"))


def head_of(path: str) -> str:
    """Return the docstring of one file of the package; "" when there is none."""
    try:
        source = files("isocenter").joinpath(*path.split("/")).read_text(encoding="utf-8")
    except OSError:
        return ""
    return ast.get_docstring(ast.parse(source)) or ""


def field_of(docstring: str, name: str) -> str:
    """Return what stands after "Reference:" (or another field) up to the next field or empty line; "" when absent."""
    found = re.search(rf"^{name}:\s*(.+?)(?=\n\s*\n|\n[A-Z][a-z]+:|\Z)", docstring, flags=re.MULTILINE | re.DOTALL)
    return " ".join(found.group(1).split()).rstrip(".") if found else ""

"""Options of phantoms: an option of a name is of one type, and takes the same words, in every phantom that has it.

In:   what the options of a draw were set to, by Python or as text of a command.
Out:  the same values as flags, numbers and words; PlanError for what cannot be one, with "did you mean".
Not:  no range, and no word that one phantom alone knows (that phantom's file).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from isocenter.core.errors import PlanError, unknown

FLAGS = frozenset({"aneurysm", "disease", "monochrome1", "spoiled", "stenosis", "t1c"})
WHOLE = frozenset({"frames", "nodules", "regions", "retinopathy", "size", "size_px"})
NUMBERS = frozenset(
    {
        "age", "bone_age", "doubling_h", "effect", "extent", "heart_rate", "height_mm", "hour", "hours", "inspiration", "lead",
        "lesions", "loss", "missing", "motion", "pixel_mm", "push", "severity", "shift_mm", "size_um", "slice_mm", "texture",
        "um_per_px", "volume_ml", "voxel_mm", "warp",
    }
)  # fmt: skip
RANGES = frozenset({"diameter_mm"})
"""Two numbers: from and to; one stands for both."""
LISTED = frozenset({"compartments", "devices", "findings"})
"""Words, one or several; which, the phantom says."""
PLATE = "plate"
"""A seed and the number of a plate of that seed; a seed alone names its first."""
SEXES = ("F", "M")
NUISANCES = ("learn", "test")
RATERS = "raters"
_WHOLE = (int, np.integer)
_REAL = (*_WHOLE, float, np.floating)


def read_options(given: Mapping[str, Any], parameters: Mapping[str, Any], factors: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Return options as their kinds want them. PlanError for a value that is none.

    given      : None = drawn, or as the phantom says
    parameters : of the phantom; it names its scanners and raters
    factors    : of the phantom; what is tied to true or false is a flag, and what is tied to ranges may be one
    """
    return {name: _read(name, value, parameters, factors.get(name, ())) for name, value in given.items()}


def _read(name: str, value: Any, parameters: Mapping[str, Any], tied: Sequence[Any]) -> Any:
    if name == RATERS:
        return _raters(value, parameters.get("raters", {}))
    if value is None:
        return None
    if name in FLAGS or any(isinstance(end, bool) for end in tied):
        return _flag(name, value)
    if name in LISTED:
        return _listed(name, value)
    if name == PLATE:
        return [_whole(name, number) for number in (value if isinstance(value, tuple | list) else (value, 0))]
    if name in WHOLE:
        return _whole(name, value)
    if name in RANGES:
        return _range(name, value if isinstance(value, tuple | list) else (value, value))
    if name in NUMBERS:
        ranged = isinstance(value, tuple | list) and any(isinstance(end, tuple) for end in tied)
        return _range(name, value) if ranged else _number(name, value)
    words: dict[str, Sequence[str]] = {"sex": SEXES, "nuisance": NUISANCES}
    if "scanners" in parameters:
        words["scanner"] = tuple(parameters["scanners"])
    if name in words and value not in words[name]:
        raise PlanError(unknown(name, str(value), words[name]))
    return value


def _flag(name: str, value: Any) -> bool:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    raise PlanError(f"expected {name} to be true or false, got {value!r}.")


def _number(name: str, value: Any) -> float:
    if isinstance(value, _REAL) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise PlanError(f"expected {name} to be a number, got {value!r}.")


def _whole(name: str, value: Any) -> int:
    if isinstance(value, _WHOLE) and not isinstance(value, bool):
        return int(value)
    raise PlanError(f"expected {name} to be a whole number, got {value!r}.")


def _range(name: str, value: Sequence[Any]) -> tuple[float, float]:
    if len(value) != 2:
        raise PlanError(f"expected {name} to be a number, or two (from, to), got {value!r}.")
    low, high = (_number(name, end) for end in value)
    if low > high:
        raise PlanError(f"expected {name} from a number to one as large or larger, got {value!r}.")
    return low, high


def _listed(name: str, value: Any) -> tuple[str, ...]:
    """Return words as a tuple: one, several joined by commas, or a list."""
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, tuple | list) or not all(isinstance(word, str) for word in words):
        raise PlanError(f"expected {name} as words, one or [one, another], got {value!r}.")
    return tuple(word.strip() for word in words if word.strip())


def _raters(value: Any, known: Mapping[str, Any]) -> tuple[str, ...]:
    if isinstance(value, int | float) or value is None:
        raise PlanError(f"expected {RATERS} by name, got {value!r}. Known: {', '.join(known) or 'none'}.")
    found = _listed(RATERS, value)
    for name in found:
        if name not in known:
            raise PlanError(unknown("rater", name, known))
    return found

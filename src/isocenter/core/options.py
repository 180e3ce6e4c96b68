"""Options: what a function takes by name alone, as a study may set it.

In:   a function, or a class that is called as one; values as JSON and YAML hold them.
Out:  its options with their defaults; values checked by name, type and range.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import Field, TypeAdapter, ValidationError

from isocenter.core.errors import SettingError, unknown

Share = Annotated[float, Field(ge=0.0, le=1.0)]
FromZero = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
AboveZero = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]


def options_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return what a function takes by name alone, with the defaults."""
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}


def checked_options(function: Callable[..., Any], values: Mapping[str, Any], *, of: str) -> dict[str, Any]:
    """Return values as a function's options want them. SettingError, with "did you mean", for a name, type or range that is wrong.

    of : whose they are, for messages: "sampler cased"
    """
    called = function.__init__ if isinstance(function, type) else function  # type: ignore[misc]
    return fitted(values, types=get_type_hints(called, include_extras=True), known=options_of(function), of=of)


def fitted(values: Mapping[str, Any], *, types: Mapping[str, Any], known: Iterable[str], of: str) -> dict[str, Any]:
    """Return values of the types they should have, lists as tuples. SettingError for a name or a value that is wrong.

    types : by name; a name without one takes anything
    known : names there are
    of    : whose settings they are, for messages
    """
    names = list(known)
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name not in names:
            raise SettingError(unknown(f"setting of {of}", name, names))
        if name not in types:
            found[name] = frozen(value)
            continue
        try:
            found[name] = TypeAdapter(types[name]).validate_python(frozen(value))
        except ValidationError as error:
            why = error.errors()[0]["msg"].lower()
            raise SettingError(
                f"expected for the setting {name} of {of} a value of type {_words(types[name])}, got {value!r} ({why})."
                + (f" Write a list as [{value}]." if isinstance(value, str) and "tuple" in _words(types[name]) else "")
            ) from None
    return found


def frozen(value: Any) -> Any:
    """Lists (as JSON gives them) become tuples, all the way down."""
    return tuple(frozen(v) for v in value) if isinstance(value, list | tuple) else value


def _words(kind: Any) -> str:
    """Name a type as it stands in a config: "tuple[int, ...]", "float"."""
    kind = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind)

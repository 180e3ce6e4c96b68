"""A registry is a folder: the file's name is the name.

Out:  names() lists the folder and imports nothing; get() imports that one file.
Not:  no list is kept anywhere, so none can drift.
"""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Generic, TypeVar, cast

from isocenter.core.errors import UnknownName

R = TypeVar("R")


class Registry(Generic[R]):
    """The members of one package, one file each.

    what      : the kind of member, singular, for messages ("loss")
    package   : dotted name of the folder
    attribute : what a file calls its member: a name ("METHOD"), or a function from the file's name to it
    skip      : files of the folder that are no members
    """

    def __init__(self, what: str, package: str, attribute: str | Callable[[str], str], *, skip: Sequence[str] = ()) -> None:
        self.what = what
        self.package = package
        self._attribute = attribute
        self._skip = frozenset(skip)
        self._known: set[str] = set()

    def names(self) -> Sequence[str]:
        """Return the members' names, sorted. Imports nothing below the folder itself."""
        spec = find_spec(self.package)
        if spec is None or spec.submodule_search_locations is None:
            return ()
        files = (m.name for m in pkgutil.iter_modules(spec.submodule_search_locations) if not m.ispkg)
        return sorted(name for name in files if name not in self._skip and not name.startswith("_"))

    def get(self, name: str) -> R:
        """Import one member. UnknownName, with "did you mean", if there is none."""
        if name not in self._known:  # a training asks thousands of times: the folder is listed once a name
            if name not in self.names():
                raise UnknownName(self.what, name, self.names())
            self._known.add(name)
        module = importlib.import_module(f"{self.package}.{name}")
        attribute = self._attribute if isinstance(self._attribute, str) else self._attribute(name)
        return cast(R, getattr(module, attribute))

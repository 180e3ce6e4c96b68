"""One module a target, by the target's name, whatever that is.

In:   names, with dots, spaces or words that torch keeps for itself ("type", "train"); modules.
Out:  a module whose weights are saved under the names, escaped where they must be.
"""

from collections.abc import Iterator, Mapping

from torch import nn

ESCAPED = "target "
"""What an escaped name begins with."""
_RESERVED = frozenset(dir(nn.Module()))


class ByTarget(nn.Module):
    """name -> module."""

    def __init__(self, modules: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.names_of_targets = tuple(modules)
        for name, module in modules.items():
            self.add_module(attribute(name), module)

    def __getitem__(self, name: str) -> nn.Module:
        """Return a target's module."""
        return self.get_submodule(attribute(name))

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self.names_of_targets)

    def items(self) -> Iterator[tuple[str, nn.Module]]:
        """Yield names and modules."""
        return ((name, self[name]) for name in self)


def attribute(name: str) -> str:
    """Return what torch may call a module of this name; no two names share one."""
    plain = name and "." not in name and name not in _RESERVED and name != "names_of_targets" and not name.startswith(ESCAPED)
    return name if plain else ESCAPED + name.replace("%", "%25").replace(".", "%2E")

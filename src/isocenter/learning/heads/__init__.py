"""Heads: one file each; the file's name is the head's name."""

from isocenter.core.errors import StudyError
from isocenter.core.registry import Registry
from isocenter.core.value import Kind
from isocenter.learning.head import HeadKind

HEADS: Registry[HeadKind] = Registry("head", "isocenter.learning.heads", "HEAD")


def default_head(kind: Kind) -> str:
    """Return the name of the head a kind of target gets. StudyError when none answers it."""
    for name in HEADS.names():
        if kind in HEADS.get(name).default_of:
            return name
    raise StudyError(f"expected a target that a head answers, got the kind {kind}. Name another method for it.")

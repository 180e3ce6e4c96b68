"""Nothing we require, and nothing that requires, is under the GPL.

Weak copyleft (LGPL, MPL) is allowed: it asks nothing of a program that only imports the library.
"""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires

import pytest
from packaging.requirements import Requirement

STRONG = re.compile(r"\bA?GPL|(?<!lesser )(?<!library )general public license|affero", re.IGNORECASE)
GATED = ("pingouin", "pylibjpeg-libjpeg", "scikit-survival")
"""Under the GPL, and easy to reach for."""


def closure(name: str, seen: set[str]) -> Iterator[str]:
    """Yield a distribution and all it requires here, once each; what is not installed (other systems, extras) is passed over."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in seen:
        return
    seen.add(key)
    try:
        needs = [Requirement(line) for line in requires(name) or ()]
    except PackageNotFoundError:
        return
    yield key
    for need in needs:
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *need.extras)):
            yield from closure(need.name, seen)


def license_words(name: str) -> str:
    """Return what a distribution says of its license: the expression, else classifiers, else the field's first line."""
    about = metadata(name)
    classifiers = [c for c in about.get_all("Classifier") or [] if c.startswith("License")]
    return about.get("License-Expression") or "; ".join(classifiers) or (about.get("License") or "").split("\n")[0]


PACKAGES = sorted(closure("isocenter", set()))


def test_the_closure_is_walked():
    assert {"numpy", "torch", "pydicom", "python-dateutil"} <= set(PACKAGES)


def test_no_requirement_is_gpl():
    assert not {name: license_words(name) for name in PACKAGES if STRONG.search(license_words(name))}


def test_every_requirement_states_a_license():
    assert not [name for name in PACKAGES if not license_words(name)]


@pytest.mark.parametrize("name", GATED)
def test_a_known_gpl_package_is_not_required(name: str):
    assert name not in PACKAGES


@pytest.mark.parametrize(
    ("words", "strong"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("LGPL-2.1-or-later", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MPL-2.0 AND MIT", False),
    ],
)
def test_strong_copyleft_is_told_from_weak(words: str, strong: bool):
    assert bool(STRONG.search(words)) is strong

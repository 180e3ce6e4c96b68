"""A registry is a folder: listing imports nothing, getting imports one file, every file is a member."""

import json
import subprocess
import sys

import pytest

from .registries import all_registries

REGISTRIES = all_registries()
MEMBERS = [(package, name) for package, registry in REGISTRIES.items() for name in registry.names()]


def test_there_are_registries_and_they_have_members():
    assert {"isocenter.metrics.per_case", "isocenter.learning.networks", "isocenter.methods.segmentation"} <= set(REGISTRIES)
    assert MEMBERS


@pytest.mark.parametrize(("package", "name"), MEMBERS)
def test_every_file_of_a_registry_holds_its_member(package: str, name: str):
    assert REGISTRIES[package].get(name) is not None


@pytest.mark.parametrize("package", REGISTRIES)
def test_listing_a_registry_imports_no_member(package: str):
    """In a process of its own, since this one has imported them all."""
    code = (
        "import sys, json; from isocenter.core.registry import Registry\n"
        f"names = Registry('member', {package!r}, 'MEMBER').names()\n"
        f"print(json.dumps([list(names), [m for m in sys.modules if m.startswith({package + '.'!r})]]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, imported = json.loads(done.stdout)
    members = {f"{package}.{name}" for name in REGISTRIES[package].names()}
    assert set(REGISTRIES[package].names()) <= set(names)
    assert not members & set(imported)


@pytest.mark.parametrize("package", [p for p in REGISTRIES if p.startswith("isocenter.methods.")])
def test_the_card_of_a_method_bears_its_file_name(package: str):
    for name in REGISTRIES[package].names():
        card = REGISTRIES[package].get(name).card
        assert card.name == name
        assert card.task == package.rsplit(".", 1)[1]
        assert card.cite or not card.learned, "a learned method cites what it is made after"

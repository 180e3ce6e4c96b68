"""Folders are layers, imports go down only, and a package that belongs to one place is imported only there."""

import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name as canonical

from .sources import ROOT, imported_by, name_of, source_files

HOMES = {
    "torch": ("learning/", "methods/"),
    "lightning": ("learning/",),
    "monai": ("learning/", "methods/", "metrics/", "imaging/"),
    "openvino": ("learning/",),
    "captum": ("learning/attributions/",),
    "safetensors": ("learning/", "methods/"),
    "pydicom": ("io/",),
    "highdicom": ("io/",),
    "nibabel": ("io/",),
    "imagecodecs": ("io/",),
    "tifffile": ("io/",),
    "tiffslide": ("io/",),
    "SimpleITK": ("io/", "imaging/"),
    "matplotlib": ("figures/",),
    "ruamel": ("io/", "cli/"),
    "typer": ("cli/",),
    "rich": ("cli/", "stages/progress.py"),
}
"""Package -> the only places that may import it."""
OF_AN_EXTRA = {"tiffslide": "slides"}
"""Package -> the extra that brings it: what most users never need; its absence is told with the command that installs it."""
CORE = {"numpy", "pydantic", "isocenter"}
"""What core/ may import beside the standard library."""


def test_imports_go_down_only():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", HOMES)
def test_a_package_is_imported_only_in_its_home(package: str):
    strangers = [name_of(p) for p in source_files() if package in imported_by(p) and not name_of(p).startswith(HOMES[package])]
    assert not strangers, f"{package} belongs to {', '.join(HOMES[package])}; found in {', '.join(strangers)}"


def test_core_needs_numpy_and_pydantic_only():
    allowed = CORE | sys.stdlib_module_names
    strangers = {name_of(p): imported_by(p) - allowed for p in source_files() if name_of(p).startswith("core/")}
    assert not {name: found for name, found in strangers.items() if found}


def test_every_imported_package_is_a_requirement():
    """What only happens to be installed beside us is missing in the next environment."""
    names = [Requirement(line) for line in requires("isocenter") or ()]
    declared = {canonical(r.name) for r in names if r.marker is None}
    places = packages_distributions()
    foreign = (
        {package for path in source_files() for package in imported_by(path)} - sys.stdlib_module_names - {"isocenter", "IPython"}
    )
    foreign -= set(OF_AN_EXTRA)
    assert not {package for package in foreign if not declared & {canonical(d) for d in places.get(package, [])}}


def test_what_an_extra_brings_is_declared_there():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert all(package in {Requirement(line).name for line in extras[extra]} for package, extra in OF_AN_EXTRA.items())


def test_no_image_file_can_be_opened_below_io():
    """PIL and friends read pictures; an array below io never comes from a path."""
    readers = {"PIL", "imageio", "nibabel", "pydicom", "tifffile"}
    below = ("core/", "imaging/", "metrics/", "learning/", "biomarkers/", "phantoms/", "methods/")
    found = {name_of(p): imported_by(p) & readers for p in source_files() if name_of(p).startswith(below)}
    found.pop("imaging/turned_copies.py", None)  # shrinks arrays by PIL, to the byte as committed tables were made; opens no file
    assert not {name: packages for name, packages in found.items() if packages}


def test_the_layer_test_sees_an_upward_import(tmp_path: Path):
    """The contract is alive: a package with one import upward breaks it."""
    package = tmp_path / "isocenter"
    for layer in (
        "cli", "pipelines", "audits", "stages", "io", "figures", "methods", "learning", "biomarkers", "phantoms", "imaging",
        "metrics", "core",
    ):  # fmt: skip
        (package / layer).mkdir(parents=True)
        (package / layer / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "core" / "wrong.py").write_text("import isocenter.io\n")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    code = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as c; c()"
    done = subprocess.run([sys.executable, "-c", code, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "isocenter.core.wrong" in done.stdout

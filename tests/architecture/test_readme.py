"""What the README and the pages tell a user to type exists."""

import re
from pathlib import Path

import pytest
import typer

from isocenter.cli.main import build

from .sources import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "examples" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if "_build" not in page.parts and "generated" not in page.parts]
COMMAND = re.compile(r"(?:^ *(?:\$ )?|`)isocenter ([a-z]+)([^`#\n]*)", re.MULTILINE)
TARGET = re.compile(r"(?:^ *(?:\$ )?|`)make ([a-z]+)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())


@pytest.fixture(scope="module")
def options() -> dict[str, set[str]]:
    """Options by command, as the program has them."""
    commands = typer.main.get_command(build()).commands
    return {name: {option for p in command.params for option in p.opts} | {"--help"} for name, command in commands.items()}


@each_page
def test_a_command_that_is_shown_exists_with_its_options(page: Path, options: dict[str, set[str]]):
    for command, rest in COMMAND.findall(page.read_text(encoding="utf-8")):
        assert command in options
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= options[command]


@each_page
def test_a_make_target_that_is_shown_exists(page: Path):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(TARGET.findall(page.read_text(encoding="utf-8"))) <= targets


@each_page
def test_a_link_leads_somewhere(page: Path):
    broken = [
        to for to in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / to).exists() and "generated" not in to
    ]
    assert not broken


def test_the_readme_shows_the_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"demo", "test"} <= set(TARGET.findall(text))
    assert {"run", "predict", "demo", "check"} <= {command for command, _ in COMMAND.findall(text)}

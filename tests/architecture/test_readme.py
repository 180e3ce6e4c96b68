"""What the README and the pages tell a user to type exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .sources import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "examples" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if "_build" not in page.parts and "generated" not in page.parts]
COMMAND = re.compile(r"^(?: {4,}|\$ )?isocenter ([a-z]+)|`isocenter ([a-z]+)", re.MULTILINE)
TARGET = re.compile(r"^(?: {4,}|\$ )?make ([a-z]+)|`make ([a-z]+)`", re.MULTILINE)
HELP = "import sys; sys.argv = ['isocenter', '--help']; from isocenter.cli.main import main; main()"
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())


def typed(pattern: re.Pattern[str], page: Path) -> set[str]:
    """Return the words a pattern finds on a page."""
    return {word for groups in pattern.findall(page.read_text(encoding="utf-8")) for word in groups if word}


def commands_there_are() -> set[str]:
    """Return the commands `isocenter --help` lists."""
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    return set(re.findall(r"^[│|]?\s+([a-z]+)\s{2,}", done.stdout, re.MULTILINE))


@pytest.fixture(scope="module")
def commands() -> set[str]:
    return commands_there_are()


@each_page
def test_a_command_that_is_shown_exists(page: Path, commands: set[str]):
    assert typed(COMMAND, page) <= commands


@each_page
def test_a_make_target_that_is_shown_exists(page: Path):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert typed(TARGET, page) <= targets


@each_page
def test_a_link_leads_somewhere(page: Path):
    broken = [
        to for to in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / to).exists() and "generated" not in to
    ]
    assert not broken


def test_the_readme_shows_the_two_commands():
    assert {"demo", "test"} <= typed(TARGET, ROOT / "README.md")
    assert {"run", "predict", "demo", "check"} <= typed(COMMAND, ROOT / "README.md")

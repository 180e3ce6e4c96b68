"""The tutorials are run as they are written: every bash block, in order, in an empty folder."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
TUTORIALS = sorted(page for page in (DOCS / "tutorials").glob("*.md") if page.stem != "index")
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROGRAM = [sys.executable, "-c", "from isocenter.cli.main import main; main()"]


@pytest.mark.slow
@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_every_command_of_a_tutorial_works(page: Path, tmp_path: Path):
    commands = [shlex.split(line) for block in BLOCK.findall(page.read_text(encoding="utf-8")) for line in block.splitlines()]
    assert commands
    for name, *arguments in commands:
        assert name == "isocenter"
        done = subprocess.run([*PROGRAM, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), f"{shlex.join(arguments)}\n{done.stdout}\n{done.stderr}"
    assert list(tmp_path.rglob("report.html"))

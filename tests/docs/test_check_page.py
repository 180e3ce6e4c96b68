"""The pages on check and cases.csv name what there is."""

from pathlib import Path
from typing import get_args

import pytest

from isocenter.core.value import Kind
from isocenter.io.layout import LAYOUTS
from isocenter.stages.examination import CHECKS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", CHECKS.names())
def test_the_page_on_check_names_every_check(name):
    assert f"| `{name}` |" in (DOCS / "how-to" / "check.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_page_on_the_table_names_every_kind_of_target(kind):
    targets = (DOCS / "reference" / "cases_csv.md").read_text(encoding="utf-8").split("## Targets, by type")[1].split("\n## ")[0]
    assert any(kind in line.split("|")[1].replace(",", " ").split() for line in targets.splitlines() if line.startswith("|"))


@pytest.mark.parametrize("name", LAYOUTS.names())
def test_the_page_on_the_table_names_every_layout(name):
    assert f"| `{name}` |" in (DOCS / "reference" / "cases_csv.md").read_text(encoding="utf-8")

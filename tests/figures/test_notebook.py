"""In a notebook, nouns draw themselves; elsewhere nothing is registered and nothing imported."""

import math
import subprocess
import sys
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from isocenter.core.case import Case
from isocenter.core.estimate import Estimate
from isocenter.core.finding import Finding
from isocenter.core.measurement import Measurement
from isocenter.figures import rich
from isocenter.figures.notebook import register
from tests.figures import scenes


class Formatter:
    """What IPython offers to register with."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], object] = {}

    def for_type_by_name(self, module: str, name: str, draw: object) -> None:
        self.known[module, name] = draw


def case() -> Case:
    image, truth, _ = scenes.scan()
    return Case(key="c<1>", patient="p1", inputs={"t1": image}, labels={"tissue": truth}, covariates={"sex": "F", "age": 61.0})


def estimate(patients: int = 24) -> Estimate:
    ends = (0.8, 0.9) if patients >= 10 else (math.nan, math.nan)
    return Estimate(
        name="dice", value=0.85, unit="1", ci95=ends, interval="patient bootstrap", patients=patients, cases=patients, excluded=0
    )  # fmt: skip


def test_registering_names_the_types_and_draws_them(monkeypatch):
    formatter = Formatter()
    shell = SimpleNamespace(display_formatter=SimpleNamespace(formatters={"text/html": formatter}))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert register()
    image, truth, _ = scenes.photo()
    for noun in (image, truth, case(), estimate(), Measurement(case="c", name="dice", value=0.8, unit="1", method="2 TP / …")):
        drawn = formatter.known[type(noun).__module__, type(noun).__name__](noun)
        assert drawn.startswith("<div")
    assert ("isocenter.stages.run_folder", "RunFolder") in formatter.known


def test_outside_a_notebook_nothing_happens(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not register()


def test_registering_imports_nothing_heavy():
    code = "import sys, isocenter.figures.notebook as n; n.register(); sys.exit(bool({'matplotlib', 'pandas'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("scene", [scenes.photo, scenes.scan, scenes.threads])
def test_images_and_masks_show_a_picture_and_what_they_are(scene):
    image, truth, _ = scene()
    for drawn in (rich.html_of_image(image), rich.html_of_mask(truth), rich.html_of_mask(scenes.empty(truth))):
        assert "data:image/webp;base64," in drawn
        assert "spacing" in drawn


def test_a_case_shows_its_picture_and_names_escaped():
    drawn = rich.html_of_case(case())
    assert "data:image/webp" in drawn
    assert "c&lt;1&gt;" in drawn
    assert "c<1>" not in drawn
    assert "61" in drawn


def test_a_case_without_images_is_a_table():
    drawn = rich.html_of_case(Case(key="c", patient="p", inputs={"note": "no pneumothorax"}, labels={}, covariates={}))
    assert "<img" not in drawn
    assert "no pneumothorax" in drawn


def test_an_estimate_of_few_patients_says_so():
    assert "95 % interval 0.800–0.900" in rich.html_of_estimate(estimate())
    assert "too few patients" in rich.html_of_estimate(estimate(4))


def test_a_finding_says_what_to_do():
    finding = Finding(code="empty_mask", severity="warning", expected="something", got="nothing", do="draw it", cases=("c1",))
    assert "draw it" in rich.html_of_finding(finding)


def test_a_run_shows_its_estimates(tmp_path):
    class Run:
        path = tmp_path

        def exists(self, name: str) -> bool:
            return name == "estimates.json"

        def estimates(self) -> list[Estimate]:
            return [estimate()]

    drawn = rich.html_of_run(Run())
    HTMLParser().feed(drawn)
    assert "0.850" in drawn
    assert "No report yet" in drawn
    Run.exists = lambda self, name: False
    assert "Nothing has been evaluated yet" in rich.html_of_run(Run())


def test_a_case_says_in_the_terminal_what_it_holds():
    assert repr(case()) == "Case(c<1>; patient p1; inputs t1; labels tissue; sex F, age 61.0)"

"""The report is one page that stands alone, names no patient, and says what is missing."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from isocenter.core.errors import RunError
from isocenter.stages.report import report
from isocenter.stages.run_folder import RunFolder
from tests.stages.make_run import mask_run, score_run

_VOID = {"br", "hr", "img", "meta", "link", "col", "input"}


class Page(HTMLParser):
    """Elements in order; every one that opens must close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


@pytest.fixture(scope="module")
def segmented(tmp_path_factory) -> RunFolder:
    run = mask_run(tmp_path_factory.mktemp("run"), patients=24)
    report(run)
    return run


@pytest.fixture(scope="module")
def page(segmented) -> Page:
    return Page((segmented.path / "report.html").read_text(encoding="utf-8"))


def test_the_page_parses_and_every_element_closes(page):
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1


def test_nothing_is_loaded_from_elsewhere(page, segmented):
    for tag, attributes in page.seen:
        assert tag not in ("link", "iframe", "object", "base")
        if "src" in attributes:
            assert (attributes["src"] or "").startswith("data:")
        if tag == "a":
            assert (attributes["href"] or "").startswith("#")
        assert "on" not in {name[:2] for name in attributes}
    text = (segmented.path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest", text)
    assert any(a.get("content", "").startswith("default-src 'none'") for a in page.all("meta"))


def test_the_page_is_small(segmented):
    assert (segmented.path / "report.html").stat().st_size < 5e6


def test_links_lead_to_sections_that_exist(page):
    places = {attributes["id"] for _, attributes in page.seen if "id" in attributes}
    targets = {(a["href"] or "")[1:] for a in page.all("a")}
    assert targets
    assert targets <= places


def test_every_picture_says_what_it_shows(page):
    assert page.all("img")
    assert all(img["alt"] for img in page.all("img"))


@pytest.mark.parametrize(
    "words",
    [
        "On 24 test cases of 24 patients never used for learning or tuning",
        "Empty mask",
        "Best: Dice",
        "Median: Dice",
        "Worst: Dice",
        "Image, mask, masked image",
        "Learning curve",
        "Bland–Altman",
        "Dice by group",
        "covers the median shape 35 × 51 × 36 whole",
        "Dice, Ecology 1945",
        "A threshold selection method",
        "Radiological convention",
        "torch 2.13.0",
        "isocenter run study.yaml",
        "Research use only",
        "Split by patient",
    ],
)
def test_the_page_holds(page, words):
    assert words in page.text


def test_no_patient_and_no_path_is_named(page, segmented):
    text = (segmented.path / "report.html").read_text(encoding="utf-8")
    assert "case_000" in text
    assert not re.search(r"\bp\d{3}\b", page.text)
    assert str(segmented.path) not in text
    assert "_image.nii" not in text
    card = (segmented.path / "model_card.md").read_text(encoding="utf-8")
    assert not re.search(r"\bp\d{3}\b", card)


def test_the_table_of_cases_sorts_by_value(page):
    headings = [a for a in page.all("td") if a.get("data-sort")]
    assert len(headings) >= 24 * 4
    assert any(float(a["data-sort"]) <= 1 for a in headings if a.get("class") == "number")


def test_figures_lie_in_a_folder_too(segmented):
    names = {p.name for p in (segmented.path / "figures").iterdir()}
    assert {"case_best.png", "case_median.png", "case_worst.png", "three_panels.png", "learning_curve.svg"} <= names


def test_the_model_card_holds_the_claim(segmented):
    card = (segmented.path / "model_card.md").read_text(encoding="utf-8")
    assert "On 24 test cases of 24 patients" in card
    assert "Research use only" in card


def test_hostile_names_stay_text(tmp_path):
    evil = "<script>alert(1)</script>"
    run = mask_run(tmp_path, patients=4, dims=2, name=evil, key="case<img src=x onerror=alert(1)>{:03d}")
    found = [
        {
            "code": "bad_" + evil,
            "severity": "failure",
            "expected": evil,
            "got": evil,
            "do": evil,
            "cases": [evil],
            "evidence": [],
            "figure": None,
        }
    ]
    run.write_json("findings.json", found)
    run.write_text("environment.txt", evil)
    text = report(run).read_text(encoding="utf-8")
    page = Page(text)
    assert evil not in text
    assert len(page.all("script")) == 1
    assert all((img["src"] or "").startswith("data:") for img in page.all("img"))
    assert evil in page.text


def test_a_classification_run_shows_roc_confusion_and_calibration(tmp_path):
    page = Page(report(score_run(tmp_path)).read_text(encoding="utf-8"))
    for words in (
        "ROC curve",
        "Which class is taken for which",
        "Calibration",
        "AUC was 0.910 (95 % interval 0.840–0.960, DeLong)",
    ):
        assert words in page.text


def test_without_the_images_the_page_is_written_and_says_so(tmp_path):
    run = mask_run(tmp_path, patients=24, dims=2)
    shutil.rmtree(tmp_path / "data")
    page = Page(report(run).read_text(encoding="utf-8"))
    assert "could not be drawn" in page.text
    assert "On 24 test cases" in page.text


def test_without_the_table_the_page_is_written_and_says_so(tmp_path):
    run = mask_run(tmp_path, patients=24, dims=2)
    (tmp_path / "cases.csv").unlink()
    assert "No pictures" in Page(report(run).read_text(encoding="utf-8")).text


def test_refused_and_skipped_cases_are_listed_with_the_reason(tmp_path):
    run = mask_run(tmp_path, patients=10, dims=2)
    with open(tmp_path / "predictions.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps({"case": "case_003", "answers": {}, "extras": {}, "refused": "no t1 image"}) + "\n")
    run.write_json("skipped.json", {"case_011": "the file is cut off"})
    text = Page(report(run).read_text(encoding="utf-8")).text
    assert "1 case was refused by the model: case_003 (no t1 image)." in text
    assert "1 case was left out because unreadable: case_011 (the file is cut off)." in text


def test_missing_labels_are_counted(tmp_path):
    run = mask_run(tmp_path, patients=10, dims=2)
    table = (tmp_path / "cases.csv").read_text(encoding="utf-8").replace("data/15_label.png", "").replace("data/16_label.png", "")
    (tmp_path / "cases.csv").write_text(table, encoding="utf-8")
    assert "Target tissue has no label: 2 cases" in Page(report(run).read_text(encoding="utf-8")).text


def test_arms_stand_in_one_table_and_the_first_makes_the_claim(tmp_path):
    whole = RunFolder(tmp_path).create()
    for name in ("fusion=stacked", "fusion=hemis"):
        mask_run(tmp_path / "arm" / name, patients=12, dims=2)
    for file in ("study.yaml", "cases.csv", "split.csv", "sources.json"):
        shutil.copy(tmp_path / "arm" / "fusion=hemis" / file, tmp_path / file)
    page = Page(report(whole).read_text(encoding="utf-8"))
    assert "Arm fusion=hemis: On 12 test cases" in page.text
    assert "first of 2 arms" in page.text
    assert "arm fusion=stacked" in page.text


def test_folds_are_measured_from_the_cases_held_out_of_them(tmp_path):
    run = mask_run(tmp_path, patients=12, dims=2, part="folds")
    table = run.measurements()
    table["fold"] = [str(int(case[-1]) % 2) for case in table["case"]]
    run.write_measurements(table.to_dict("records"))
    for fold in ("0", "1"):
        run.inner("fold", fold).create().write_text("plan.json", (tmp_path / "plan.json").read_text(encoding="utf-8"))
    page = Page(report(run).read_text(encoding="utf-8"))
    own = table[(table["who"] == "model") & (table["name"] == "dice")]
    for fold in ("0", "1"):
        assert f"fold {fold}{own[own['fold'] == fold]['value'].mean():.3f}66" in page.text  # value, 6 patients, 6 cases


def test_before_training_there_is_no_report(tmp_path):
    run = mask_run(tmp_path, patients=4, dims=2)
    for name in ("estimates.json", "log.csv"):
        (tmp_path / name).unlink()
    with pytest.raises(RunError, match="isocenter evaluate"):
        report(run)


def test_the_page_is_the_same_twice(segmented):
    first = Path(segmented.path / "report.html").read_bytes()
    assert report(segmented).read_bytes() == first

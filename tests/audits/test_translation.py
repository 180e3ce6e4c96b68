"""The hazard test of translations: a regression that never saw a tumor erases it, one that saw them keeps it."""

import csv

import numpy as np
import pytest

from isocenter.audits._hazard_arms import Pools, pools_of
from isocenter.audits._hazard_rates import Found, Looks, Seen
from isocenter.audits.audit import NotForThisRun, audit
from isocenter.audits.translation import HazardSettings
from isocenter.core.case import Case, CaseList
from isocenter.core.errors import SettingError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.io.write import write_image, write_mask
from isocenter.stages.run import run

SIDE = 16
STUDY = """
name: spots
cases: cases.csv
inputs: {before: before}
targets:
  - {name: after, type: image, columns: after}
  - {name: spots, type: mask, columns: spots, classes: [background, cyst, tumor], use: score}
method: pix2pix
settings: {steps: 30, adversarial: 0.0, widths: [8, 16], batch: 4, learning_rate: 0.005, average: 0.3}
split: {tune: 0.3, test: 0.0}
"""


def draw(home, count):
    """Every other patient has a tumor, gray before and bright after; a line of background cannot tell what it becomes."""
    rows = []
    grid = plain_grid((SIDE, SIDE))
    for i in range(count):
        rng = np.random.default_rng(i)
        spots = np.zeros((SIDE, SIDE), np.uint8)
        x, y = rng.integers(2, SIDE - 6, 2)
        if i % 2:
            spots[x : x + 4, y : y + 4] = 2
        for name, tumor in (("before", 150), ("after", 230)):
            samples = np.where(spots == 2, tumor, 80) + rng.normal(0, 8, spots.shape)
            write_image(held_image(np.clip(samples, 0, 255).astype(np.uint8)[None], grid), home / f"{name}_{i}.png")
        write_mask(held_mask(spots, grid, ("background", "cyst", "tumor")), home / f"spots_{i}.png")
        files = {name: f"{name}_{i}.png" for name in ("before", "after", "spots")}
        rows.append({"case": f"c{i}", "patient": f"p{i}", **files})
    with open(home / "cases.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def spots(tmp_path_factory):
    home = tmp_path_factory.mktemp("spots")
    draw(home, 100)
    (home / "study.yaml").write_text(STUDY, encoding="utf-8")
    return run(home / "study.yaml", out=home / "run", data=home, time_limit=0.05)


def test_a_regression_without_tumors_erases_them_and_one_with_them_does_not(spots):
    asked = {"tumor": "spots:tumor", "shares": [0.0, 1.0], "arms": ["paired_l1"], "detector_steps": 40, "minutes": 0.05}
    own, arm = audit(spots.path, ["translation"], settings=asked, retrain=True)
    assert (own.code, arm.code) in {("translation_run", "translation_paired_l1"), ("translation_paired_l1", "translation_run")}
    arm = own if own.code == "translation_paired_l1" else arm
    rate = {(e.name, e.group): e for e in arm.evidence}
    assert rate["erased_share", "arm=real"].value < 0.2
    without, with_all = (rate["erased_share", f"arm=paired_l1 share={share}"] for share in (0, 1))
    assert without.value > with_all.value + 0.4
    assert with_all.patients == 15
    assert rate["erased_more", "arm=paired_l1 share=0"].value == pytest.approx(without.value - with_all.value)
    assert arm.severity == "warning"
    assert (spots.path / arm.figure).stat().st_size > 1000
    with (spots.path / "translation.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["arm"] for row in rows} == {"real", "run", "paired_l1"}
    assert sum(row["arm"] == "real" for row in rows) == 30
    made = spots.path / "translation"
    learned = {name: patients(made / name / "split.csv", "learn") for name in ("detector", "paired_l1_000_0", "paired_l1_100_0")}
    answered = patients(made / "paired_l1_000_0" / "split.csv", "tune")
    assert not learned["detector"] & (learned["paired_l1_000_0"] | learned["paired_l1_100_0"] | answered)
    assert {int(p[1:]) % 2 for p in learned["paired_l1_000_0"]} == {0}
    assert {int(p[1:]) % 2 for p in learned["paired_l1_100_0"]} == {1}


def patients(path, part):
    with path.open(newline="", encoding="utf-8") as file:
        return {row["patient"] for row in csv.DictReader(file) if row["part"] == part}


def test_it_trains_only_when_it_is_told_to(spots):
    with pytest.raises(SettingError, match="--retrain"):
        audit(spots.path, ["translation"])
    assert audit(spots.path) is not None  # and is left out where no audit is named


def test_a_class_nobody_has_says_what_is_missing(spots):
    with pytest.raises(NotForThisRun, match="0 tumors"):
        audit(spots.path, ["translation"], settings={"tumor": "spots:cyst"}, retrain=True)


def test_no_patient_is_in_two_pools():
    cases = CaseList(Case(key=f"{p}_{s}", patient=str(p), inputs={}, labels={}, covariates={}) for p in range(20) for s in range(2))
    ill = {key: int(key.split("_")[0]) < 8 and key.endswith("0") for key in cases.keys}
    pools = pools_of(cases.keys, (), cases, ill, detector=0.5, seed=3)
    groups = [{key.split("_")[0] for key in keys} for keys in ((*pools.tumors, *pools.free), pools.detector, pools.threshold)]
    assert sum(len(g) for g in groups) == len(set.union(*groups)) == 20
    assert [sum(int(p) < 8 for p in g) for g in groups] == [4, 2, 2]
    assert all(ill[key] for key in pools.tumors)
    assert not any(ill[key] for key in pools.free)


def test_sides_are_as_large_at_every_share():
    pools = Pools(tumors=("a", "b", "c"), free=("d", "e", "f", "g", "h"), detector=(), threshold=(), held=())
    count = pools.most((0.0, 0.5, 1.0))
    assert count == 3
    assert [len(pools.side(share, count)) for share in (0.0, 0.5, 1.0)] == [3, 3, 3]
    assert set(pools.side(0.5, 2)) == {"a", "d"}


def test_rates_are_over_the_cases_they_speak_of_and_paired():
    def answer(arm, case, *, inside, anywhere, seed=0):
        return Seen(arm=arm, share=0.0, seed=seed, case=case, patient=case, found=Found(anywhere=anywhere, inside=inside))

    seen = []
    for i in range(20):
        ill = i < 12
        seen.append(answer("real", f"p{i}", inside=0.9 if ill else np.nan, anywhere=0.9 if ill else 0.1))
        for seed in (0, 1):
            lost = i < 6 and seed == 0
            made = 0.9 if not ill and i < 14 else 0.2
            seen.append(answer("gan", f"p{i}", inside=(0.3 if lost else 0.9) if ill else np.nan, anywhere=made, seed=seed))
    looks = Looks(seen=seen, threshold=0.5, seed=0)
    assert looks.estimate("erased", "real").value == 0.0
    erased = looks.estimate("erased", ("gan", 0.0))
    assert (erased.value, erased.patients) == (pytest.approx(0.25), 12)  # 6 of 12 in one of two trainings
    assert looks.more("erased", "gan", "real").value == pytest.approx(0.25)
    invented = looks.estimate("invented", "gan")
    assert (invented.value, invented.patients) == (0.25, 8)
    assert np.isnan(invented.ci95[0])  # fewer than 10 patients


def test_probability_at_the_threshold_is_not_found():
    assert Found(anywhere=0.5, inside=0.5).erased(0.5) == 1.0
    assert Found(anywhere=0.5, inside=np.nan).invented(0.5) == 0.0
    assert np.isnan(Found(anywhere=0.9, inside=np.nan).erased(0.5))


@pytest.mark.parametrize("wrong", [{"arms": ("cycle",)}, {"shares": (0.5,)}, {"shares": (0.0, 1.5)}, {"false_positives": 0.0}])
def test_settings_that_cannot_work_are_refused(wrong):
    with pytest.raises(SettingError):
        HazardSettings(**wrong)

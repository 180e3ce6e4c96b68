"""Tiles learned from regions, or from what slides are; a killed prediction goes on with its row."""

import multiprocessing
import time
from pathlib import Path

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import SettingError, StudyError
from isocenter.core.image import Image
from isocenter.core.plan import Plan, Setting
from isocenter.core.points import Points
from isocenter.core.slide import HeldSlide
from isocenter.learning.slides.stain import Reference
from isocenter.learning.slides.tiles import find_tiles
from isocenter.methods._slides.model import SlideModel
from isocenter.methods._slides.plan import network_of
from isocenter.methods._slides.settings import SlideSettings
from isocenter.methods._slides.table import pick
from isocenter.methods.registry import methods_of

from ..in_memory import MemoryJournal
from ..stained import cases_of, slide_of, study_of

SMALL = {
    "tile": 32, "um_per_px": 1.0, "encoder_settings": {"widths": (8, 16)}, "batch": 16, "instances": 8, "learning_rate": 0.01,
    "stain_augmentation": 0.0, "dropout": 0.0, "pooling": "heat_map",
}  # fmt: skip


def plan_of(steps: int, **changes) -> Plan:
    settings = SlideSettings(**{**SMALL, **changes})
    chosen = tuple(Setting(name=n, value=v, reason="a test", origin="user") for n, v in vars(settings).items())
    return Plan(method="slide_patches", seed=0, steps=steps, minutes=0.1, gigabytes=1.0, sane=True, settings=chosen)


def fit(study, plan, scratch: Path) -> SlideModel:
    return methods_of("multitask").get("slide_patches").fit(study, cases_of(0, 6), cases_of(20, 4), plan, MemoryJournal(scratch))


def test_regions_teach_tiles_slides_and_patients(tmp_path):
    study = study_of("regions", "carcinoma", "disease")
    model = fit(study, plan_of(30, stain="macenko"), tmp_path)
    held = cases_of(40, 4)
    answers = {p.case: p for p in model.predict(held, scratch=tmp_path)}
    for case in held:
        said = answers[case.key]
        assert said.refused is None
        for name in ("carcinoma", "disease"):
            assert said.answers[name].best == case.labels[name].best
        truth, answer = (m.labels.array()[0] > 0 for m in (case.labels["regions"], said.answers["regions"]))
        assert said.answers["regions"].grid.same_as(case.labels["regions"].grid)
        assert (truth & answer).sum() >= 0.7 * max(truth.sum(), answer.sum())
        found = said.extras["regions:detections"]
        assert isinstance(found, Points)
        assert len(found) == int(truth.any())
        heat = said.extras["regions:map"]
        assert isinstance(heat, Image)
        assert heat.grid.shape == (8, 8)
        assert np.isnan(heat.array()[:, 0, 0]).all()  # glass


@pytest.mark.parametrize("pooling", ["attention", "maximum_answer"])
def test_without_regions_tiles_learn_from_what_slides_are(tmp_path, pooling):
    model = fit(study_of("carcinoma"), plan_of(60, pooling=pooling), tmp_path)
    held = cases_of(40, 4)
    answers = list(model.predict(held, scratch=tmp_path))
    chance = {c.labels["carcinoma"].best: [] for c in held}
    for case, said in zip(held, answers, strict=True):
        chance[case.labels["carcinoma"].best].append(said.answers["carcinoma"].p[1])
    assert min(chance[1]) > max(chance[0])
    if pooling == "attention":
        shares = answers[0].extras["carcinoma:attention"].array()[0]
        assert np.nanmax(shares) == pytest.approx(1.0)
        assert np.isnan(shares[0, 0])  # glass decides nothing


def test_a_model_saved_and_loaded_answers_the_same(tmp_path):
    model = fit(study_of("regions", "disease"), plan_of(4, stain="reinhard"), tmp_path)
    model.save(tmp_path / "model")
    again = methods_of("multitask").get("slide_patches").load(tmp_path / "model")
    assert again.reference.as_json() == model.reference.as_json()
    one, two = (list(m.predict(cases_of(0, 1), scratch=tmp_path / n)) for m, n in ((model, "one"), (again, "two")))
    for a, b in zip(one, two, strict=True):
        assert np.array_equal(a.answers["disease"].p, b.answers["disease"].p)
        assert np.array_equal(a.extras["regions:map"].array(), b.extras["regions:map"].array(), equal_nan=True)


class Logged:
    """A slide that writes every reading of tiles into a file, and takes its time for them."""

    def __init__(self, slide: HeldSlide, log: Path, seconds: float) -> None:
        self.slide, self.log, self.seconds = slide, log, seconds
        self.grid, self.um_per_px = slide.grid, slide.um_per_px

    def read(self, origin_um, shape_px, um_per_px):
        if um_per_px == 1.0:  # tiles; what is coarser looks for tissue
            time.sleep(self.seconds)
            with open(self.log, "a", encoding="utf-8") as file:
                file.write(f"{round(origin_um[1] / 32)}\n")
        return self.slide.read(origin_um, shape_px, um_per_px)


def untrained() -> SlideModel:
    settings = SlideSettings(**SMALL)
    network = network_of(settings, classes=2, outputs={}, seed=0)
    return SlideModel(
        network, {}, shown="slide", regions=study_of("regions").targets[0], targets=(), settings=settings, reference=Reference()
    )


def look_slowly(scratch: Path, log: Path) -> None:
    slide = Logged(slide_of(0, region=None), log, 0.15)
    list(untrained().predict([Case(key="s", patient="p", inputs={"slide": slide}, labels={}, covariates={})], scratch=scratch))


def test_a_killed_prediction_goes_on_with_its_row_and_repeats_none(tmp_path):
    log, scratch = tmp_path / "read.txt", tmp_path / "scratch"
    process = multiprocessing.get_context("spawn").Process(target=look_slowly, args=(scratch, log))
    process.start()
    rows = scratch / "slides"
    deadline = time.monotonic() + 120
    while len(list(rows.glob("*/[0-9]*.npz"))) < 2 and process.is_alive():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.join()
    assert process.exitcode == -9
    kept = {path.name: path.stat().st_mtime_ns for path in rows.glob("*/[0-9]*.npz")}
    done = {int(name[:6]) for name in kept}
    assert 2 <= len(done) < 8
    log.unlink()
    slide = Logged(slide_of(0, region=None), log, 0.0)
    case = Case(key="s", patient="p", inputs={"slide": slide}, labels={}, covariates={})
    (resumed,) = untrained().predict([case], scratch=scratch)
    again = {int(line) for line in log.read_text(encoding="utf-8").split()}
    assert not again & done
    assert again | done == set(find_tiles(slide, 32.0, least_tissue=0.25).rows.tolist())
    assert {path.name: path.stat().st_mtime_ns for path in rows.glob("*/[0-9]*.npz") if path.name in kept} == kept
    plain = Case(key="s", patient="p", inputs={"slide": slide.slide}, labels={}, covariates={})
    (whole,) = untrained().predict([plain], scratch=tmp_path / "other")
    assert np.array_equal(resumed.extras["regions:map"].array(), whole.extras["regions:map"].array(), equal_nan=True)


def test_an_empty_slide_is_refused_and_the_stream_goes_on(tmp_path):
    blank = HeldSlide(samples=np.full((3, 256, 256), 244, np.uint8), finest_um=1.0, um_per_px=1.0)
    shown = [
        Case(key=key, patient=key, inputs=inputs, labels={}, covariates={})
        for key, inputs in (("blank", {"slide": blank}), ("none", {}), ("fine", {"slide": slide_of(1, region=None)}))
    ]
    first, second, third = untrained().predict(CaseList(shown), scratch=tmp_path)
    assert "with tissue" in first.refused
    assert "got none" in second.refused
    assert third.refused is None


def test_of_each_class_as_many_tiles_are_kept():
    label = np.array([0] * 90 + [1] * 5 + [-1] * 5)
    kept = pick(label, most=40, rng=np.random.default_rng(0))
    assert len(kept) == 40
    assert [int((label[kept] == k).sum()) for k in (-1, 0, 1)] == [5, 30, 5]


def test_what_cannot_work_is_refused():
    method = methods_of("multitask").get("slide_patches")
    fingerprint = {"cases": 4, "shapes": [[32, 32]], "spacings": [[8.0, 8.0]]}
    with pytest.raises(StudyError, match="whose input is a slide"):
        method.plan(study_of("regions").model_copy(update={"at": {}}), fingerprint, minutes=1, gigabytes=4)
    with pytest.raises(SettingError, match="macenko"):
        SlideSettings(stain="macenco")


def test_a_plan_says_why(tmp_path):
    del tmp_path
    method = methods_of("multitask").get("slide_patches")
    fingerprint = {"cases": 4, "shapes": [[32, 32]], "spacings": [[8.0, 8.0]]}
    plan = method.plan(study_of("regions", "carcinoma"), fingerprint, minutes=0.2, gigabytes=4)
    assert plan["tile"] == 64
    assert plan["pooling"] == "heat_map"
    assert method.plan(study_of("carcinoma"), fingerprint, minutes=0.2, gigabytes=4)["pooling"] == "attention"
    assert all(setting.reason for setting in plan.settings)

"""Brain MR: what each input shows, what is missing, what a lesion's truth says."""

import csv

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import cases
from isocenter.phantoms.phantom import Seeds
from isocenter.stages.phantom import write_phantom

BRAIN = PHANTOMS.get("brain_mr")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)
FIVE = ("t1", "t2", "flair", "dwi", "t1c")


def scan(seeds=SEEDS, **options):
    return BRAIN.draw(seeds, **{"scanner": "sharp", **options})


def clean(case, name):
    return case.clean[name].array()[0].astype(float)


def tissue(case, name):
    return case.truths["tissues"].region(name)


def changed(first, second):
    """Inputs whose noise-free picture differs between two cases."""
    return {name for name in FIVE if np.abs(clean(first, name) - clean(second, name)).max() > 1}


def test_tissues_have_the_order_of_their_contrast():
    case = scan(diagnosis="healthy")
    mean = {(name, what): clean(case, name)[tissue(case, what)].mean() for name in FIVE for what in ("white", "gray", "csf")}
    assert mean["t1", "white"] > mean["t1", "gray"] > mean["t1", "csf"]
    assert mean["t2", "csf"] > mean["t2", "gray"] > mean["t2", "white"]
    assert mean["flair", "csf"] < mean["flair", "white"]


def test_nothing_is_seen_outside_the_brain():
    case = scan()
    assert all(image.array()[0][tissue(case, "background") & ~tissue(case, "csf")].mean() < 12 for image in case.inputs.values())


def test_a_stroke_is_seen_in_diffusion_alone():
    assert changed(scan(diagnosis="healthy"), scan(diagnosis="stroke")) >= {"dwi"}
    stroke = scan(diagnosis="stroke", seeds=Seeds(demographics=11))
    inside = stroke.truths["lesions"].region("stroke")
    around = tissue(stroke, "white") & ~inside
    ratio = {name: clean(stroke, name)[inside].mean() / clean(stroke, name)[around].mean() for name in ("t1", "flair", "dwi")}
    assert ratio["dwi"] > 1.15 * max(ratio["t1"], ratio["flair"])


def test_tumor_and_swelling_differ_in_uptake_alone():
    assert changed(scan(diagnosis="tumor"), scan(diagnosis="swelling")) == {"t1c"}


def test_look_alikes_differ_in_no_place_but_the_lesions():
    first, second = scan(diagnosis="vascular"), scan(diagnosis="inflammatory")
    for name in ("t1", "t2", "flair"):
        far = np.abs(clean(first, name) - clean(second, name)) > 3
        spots = (first.truths["lesions"].labels.array()[0] > 0) | (second.truths["lesions"].labels.array()[0] > 0)
        wide = np.array([np.roll(spots, (i, j), (0, 1)) for i in range(-3, 4) for j in range(-3, 4)]).any(0)
        assert not (far & ~wide).any()


def test_the_share_of_diagnoses_is_that_of_the_settings():
    drawn = [BRAIN.draw(Seeds(disease=k), size=16).truths["diagnosis"].p.argmax() for k in range(40)]
    assert set(drawn) == set(range(6))


def test_without_contrast_agent_there_is_no_such_input_and_no_swelling():
    drawn = [BRAIN.draw(Seeds(disease=k), size=16, t1c=False) for k in range(15)]
    assert all(set(case.inputs) == {"t1", "t2", "flair", "dwi"} for case in drawn)
    assert not any(case.truths["diagnosis"].p[3] for case in drawn)


def test_missing_inputs_are_absent_at_their_rate_and_one_is_always_there():
    drawn = [BRAIN.draw(Seeds(acquisition=k), size=16, missing=0.5) for k in range(40)]
    kept = np.array([[name in case.inputs for name in FIVE] for case in drawn])
    assert 0.4 < kept.mean() < 0.65
    assert kept.any(1).all()
    assert all(set(case.clean) == set(case.inputs) for case in drawn)
    alone = BRAIN.draw(SEEDS, size=16, missing=1.0)
    assert len(alone.inputs) == 1


def test_what_is_left_is_the_picture_that_would_have_been_taken():
    whole, part = BRAIN.draw(SEEDS, size=32), BRAIN.draw(SEEDS, size=32, missing=0.6)
    for name, image in part.inputs.items():
        np.testing.assert_array_equal(image.array(), whole.inputs[name].array())


def test_a_scanner_misses_what_it_does_not_do():
    case = BRAIN.draw(SEEDS, size=16, scanner="old", missing=1.0, missing_by="scanner")
    assert set(case.inputs) == {"t1", "t2", "flair"}
    assert set(BRAIN.draw(SEEDS, size=16, scanner="sharp", missing=1.0, missing_by="scanner").inputs) == set(FIVE)


def test_an_absent_input_is_an_empty_cell_of_the_table(tmp_path):
    study = write_phantom("brain_mr", tmp_path, n=6, target="diagnosis", options={"size": 16, "missing": 0.5})
    with open(tmp_path / "cases.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cells = [[bool(row[name]) for name in FIVE] for row in rows]
    held = [[name in case.inputs for name in FIVE] for case in cases(BRAIN, 6, size=16, missing=0.5)]
    assert cells == held
    assert study.exists()


def test_a_study_asks_for_the_inputs_the_table_has(tmp_path):
    study = write_phantom("brain_mr", tmp_path, n=2, options={"size": 16, "t1c": False})
    assert "t1c" not in study.read_text(encoding="utf-8")


def test_the_volume_of_white_matter_lesions_is_that_of_their_mask():
    case = scan(seeds=Seeds(anatomy=1, disease=6, demographics=9), diagnosis="vascular")
    pixel = np.prod(case.inputs["t1"].grid.spacing)
    assert case.truths["wml_volume"].unit == "mL"
    assert case.truths["wml_volume"].value == pytest.approx(case.truths["lesions"].region("wml").sum() * pixel * 5.0 / 1000)


def test_a_volume_has_slices_and_the_same_truths():
    case = BRAIN.draw(SEEDS, form="volume", size=32, diagnosis="tumor")
    assert case.inputs["t1"].shape == (1, 32, 32, 12)
    assert case.inputs["t1"].grid.world == "ras_mm"
    assert case.truths["lesions"].region("core").any()
    assert {row["kind"] for row in case.lesions} >= {"core", "edema"}


def test_motion_blurs_the_scan_and_not_the_clean_picture():
    still, moved = scan(), scan(motion=3.0)
    np.testing.assert_array_equal(clean(still, "t1"), clean(moved, "t1"))
    assert (still.inputs["t1"].array() != moved.inputs["t1"].array()).any()


REFUSED = [
    ({"form": "cube"}, "slice or volume"),
    ({"diagnosis": "flu"}, "unknown diagnosis"),
    ({"missing": 2.0}, "missing in"),
    ({"size": 8}, "at least 16"),
    ({"missing_by": "luck"}, "missing_by"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_cannot_be_drawn_is_refused(options, message):
    with pytest.raises(PlanError, match=message):
        BRAIN.draw(SEEDS, **{"size": 16, **options})

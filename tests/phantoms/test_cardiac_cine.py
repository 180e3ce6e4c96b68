"""Cine of a heart: what the masks say of its frames, and what heart rate, lead and machine change."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import Seeds
from isocenter.stages.phantom import write_phantom

CINE = PHANTOMS.get("cardiac_cine")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)


def scan(**options):
    return CINE.draw(SEEDS, **{"size": 48, "scanner": "sharp", "disease": False, **options})


def areas(case):
    """Samples of the left cavity at each time."""
    return (case.truths["heart"].region("cavity")).sum((0, 1))


def test_the_frames_are_those_of_the_largest_and_the_smallest_cavity():
    for _, case in draw_many(CINE, 8, seed=3, size=64):
        size, diastole, systole = areas(case), *(int(case.truths[f"e{x}_frame"].value) for x in "ds")
        assert size[diastole] >= size.max() - 3
        assert size[systole] <= size.min() + 3
        assert diastole < systole


def test_a_series_has_a_time_for_every_frame_and_lasts_a_beat():
    case = scan(heart_rate=60.0, frames=20)
    image = case.inputs["mr"]
    assert image.shape == (1, 48, 48, 20)
    np.testing.assert_allclose(np.diff(image.grid.times_s), 0.05)
    assert case.covariates["frame_ms"] == 50.0


def test_the_lead_moves_both_frames_alike():
    early, late = scan(frames=20, lead=0.1, heart_rate=60.0), scan(frames=20, lead=0.3, heart_rate=60.0)
    for name in ("ed_frame", "es_frame"):
        assert late.truths[name].value - early.truths[name].value == 4
    assert early.truths["ed_frame"].value == 2


def test_systole_takes_more_frames_of_a_fast_beat():
    gap = {}
    for rate in (50.0, 100.0):
        case = scan(heart_rate=rate, frames=30)
        gap[rate] = case.truths["es_frame"].value - case.truths["ed_frame"].value
    assert gap[50.0] + 3 <= gap[100.0]


def test_blood_is_brighter_than_muscle_and_muscle_than_lung():
    case = scan(size=96, frames=8)
    clean, heart = case.clean["mr"].array()[0].astype(float), case.truths["heart"]
    blood, muscle = (np.median(clean[heart.region(name)]) for name in ("cavity", "myocardium"))
    assert blood > 1.5 * muscle > 1.5 * np.percentile(clean, 10)


def test_the_wall_thickens_as_the_heart_empties():
    case = scan(size=96, frames=20)
    wall = case.truths["heart"].region("myocardium").sum((0, 1))
    cavity = areas(case)
    diastole, systole = (int(case.truths[f"e{x}_frame"].value) for x in "ds")
    thickness = [np.sqrt((wall[k] + cavity[k]) / np.pi) - np.sqrt(cavity[k] / np.pi) for k in (diastole, systole)]
    assert thickness[1] > 1.3 * thickness[0]


def test_a_thin_frame_catches_a_moving_border_sharper_than_a_long_one():
    """The window blurs what moves: the cavity's border in mid systole."""
    blurred = {}
    for name in ("sharp", "quick"):
        still = CINE.parameters["scanners"]["sharp"] | {"window_ms": CINE.parameters["scanners"][name]["window_ms"] * 3}
        machine = CINE.with_parameters(scanners=CINE.parameters["scanners"] | {"sharp": still})
        case = machine.draw(SEEDS, scanner="sharp", disease=False, size=64, frames=20, heart_rate=100.0)
        frame = int(case.truths["ed_frame"].value) + 5
        steep = np.hypot(*np.gradient(case.clean["mr"].array()[0, :, :, frame].astype(float)))
        ring = case.truths["heart"].region("cavity")[:, :, frame]
        blurred[name] = np.percentile(steep[ring], 90)
    assert blurred["quick"] < blurred["sharp"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"frames": 4}, "at least 8 frames"),
        ({"lead": 1.2}, "lead"),
        ({"heart_rate": 300}, "heart rate"),
        ({"size": 8}, "at least 16"),
    ],
)
def test_what_it_cannot_draw_is_refused(options, said):
    with pytest.raises(PlanError, match=said):
        scan(**options)


def test_its_study_asks_for_frames_and_one_of_a_mask_does_not():
    assert CINE.study().task == CINE.study("es_frame").task == "frame_localization"
    assert CINE.study("disease").task is None


def test_a_written_series_reads_back_with_its_times_and_masks(tmp_path):
    write_phantom("cardiac_cine", tmp_path, n=2, seed=5, target="heart", options={"size": 24, "frames": 9})
    study = read_study(tmp_path / "study.yaml")
    drawn = [case for _, case in draw_many(CINE, 2, seed=5, size=24, frames=9)]
    for case, truth in zip(open_cases(study, folder=tmp_path), drawn, strict=True):
        image, mask = case.inputs["mr"], case.labels["heart"]
        np.testing.assert_array_equal(image.array(), truth.inputs["mr"].array())
        np.testing.assert_allclose(image.grid.times_s, truth.inputs["mr"].grid.times_s, rtol=1e-6)
        np.testing.assert_array_equal(mask.labels.array(), truth.truths["heart"].labels.array())

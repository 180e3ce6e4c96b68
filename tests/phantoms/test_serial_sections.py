"""Serial sections: landmarks show the same place on both, damage is where it is said, the marker stains what it should."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.phantom import Seeds
from isocenter.stages.phantom import write_phantom

SERIAL = PHANTOMS.get("serial_sections")


def draw(pose=5, **options):
    return SERIAL.draw(Seeds(anatomy=3, disease=4, pose=pose, acquisition=6, demographics=7), **{"size_um": 512, **options})


def labels(case, name):
    return case.truths[name].labels.array()[0]


@pytest.mark.parametrize("damage", ["none", "tear", "missing"])
def test_landmarks_lie_on_tissue_of_both_and_apart(damage):
    case = draw(damage=damage)
    here, there = case.truths["fixed_landmarks"].world, case.truths["moving_landmarks"].world
    assert len(here) == len(there) > 8
    for places, name in ((here, "fixed_tissue"), (there, "moving_tissue")):
        index = np.floor(places / 2.0).astype(int)
        assert labels(case, name)[index[:, 0], index[:, 1]].all()
    gaps = np.linalg.norm(there[:, None] - there[None], axis=-1)[np.triu_indices(len(there), 1)]
    assert gaps.min() > 0.05 * 512


def test_without_warp_the_landmarks_are_turned_and_shifted_as_said():
    case = draw(warp=0.0, damage="none")
    here, there = (case.truths[f"{which}_landmarks"].world - 256 for which in ("fixed", "moving"))
    turn = np.deg2rad(case.acquisition["turn_deg"])
    c, s = np.cos(turn), np.sin(turn)
    shift = [case.acquisition["shift_x_um"], case.acquisition["shift_y_um"]]
    np.testing.assert_allclose(there, here @ np.array([[c, -s], [s, c]]).T + shift, atol=1e-3)
    bent = draw(damage="none")
    moved = bent.truths["fixed_landmarks"].world - 256
    off = bent.truths["moving_landmarks"].world - 256 - (moved @ np.array([[c, -s], [s, c]]).T + shift)
    assert 0 < np.linalg.norm(off, axis=1).mean() < 40


def test_damage_takes_tissue_away():
    share = {damage: labels(draw(damage=damage), "moving_tissue").mean() for damage in ("none", "tear", "missing")}
    assert share["missing"] < 0.99 * share["none"]
    assert share["tear"] < share["none"] + 0.02
    with pytest.raises(PlanError, match="unknown damage"):
        draw(damage="burnt")


def test_carcinoma_of_the_second_section_is_that_of_the_first():
    case = draw(disease=True, damage="none", warp=0.0)
    first, second = labels(case, "fixed_regions").sum(), labels(case, "moving_regions").sum()
    assert second == pytest.approx(first, rel=0.1)
    assert not labels(draw(disease=False), "moving_regions").any()


def test_keratin_makes_epithelium_brown_and_ki67_nuclei():
    from isocenter.imaging.sections.density import dye_densities

    for marker in ("keratin", "ki67"):
        case = draw(marker=marker, disease=True, um_per_px=1.0)
        brown = dye_densities(case.inputs["moving"].samples, "hdab")[1]
        nuclei = case.truths["moving_nuclei"]
        index = np.clip(np.floor(nuclei.world).astype(int), 0, 511)
        at = brown[index[:, 0], index[:, 1]]
        assert np.median(at[nuclei.kind == 1]) > 0.3 + np.median(at[nuclei.kind == 0])
    with pytest.raises(PlanError, match="unknown marker"):
        draw(marker="her2")


def test_another_pose_is_another_placing_of_other_nuclei():
    assert draw(pose=5).acquisition["turn_deg"] != draw(pose=6).acquisition["turn_deg"]


def test_its_files_are_a_table_of_pairs(tmp_path):
    write_phantom("serial_sections", tmp_path / "s", n=1, options={"size_um": 256})
    head, row = (tmp_path / "s" / "cases.csv").read_text(encoding="utf-8").splitlines()
    cells = dict(zip(head.split(","), row.split(","), strict=True))
    assert {"fixed", "moving", "patient", "fixed_landmarks", "moving_landmarks", "fixed_regions"} <= set(cells)
    assert all((tmp_path / "s" / cells[name]).is_file() for name in ("fixed", "moving", "fixed_landmarks", "moving_regions"))

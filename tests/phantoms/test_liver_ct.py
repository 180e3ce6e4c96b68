"""Liver lesions: what tells the kinds apart, what does not, and who is one patient."""

import numpy as np
import pytest
from scipy import ndimage

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.liver.organ import KINDS
from isocenter.phantoms.phantom import Seeds

LIVER = PHANTOMS.get("liver_ct")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)


def scan(**options):
    return LIVER.draw(SEEDS, "benchmark", **{"scanner": "soft", "diameter_mm": (24.0, 26.0), **options})


def clean(case):
    return case.clean["ct"].array()[0].astype(float)


def parts(case):
    """Return where the lesion is, its core and its outer ring."""
    mask = case.truths["lesion"].region("lesion")
    depth = ndimage.distance_transform_edt(mask)
    return mask, depth > 0.6 * depth.max(), mask & (depth <= 4)


def test_a_cyst_is_darkest_and_a_hemangioma_brightest_in_the_ring():
    core, ring = {kind: [] for kind in KINDS}, {kind: [] for kind in KINDS}
    for kind in KINDS:
        for _, case in draw_many(LIVER, 20, seed=8, grade="benchmark", kind=kind, scanner="soft", diameter_mm=(20.0, 36.0)):
            _, inner, outer = parts(case)
            core[kind].append(clean(case)[inner].mean())
            ring[kind].append(np.percentile(clean(case)[outer], 95) - case.acquisition["liver_hu"] * 255 / 300)
    assert np.mean(core["cyst"]) < np.mean(core["metastasis"]) - 20
    assert np.mean(ring["hemangioma"]) > np.mean(ring["metastasis"]) + 10
    assert np.mean(ring["metastasis"]) > np.mean(ring["cyst"])


def test_every_kind_has_the_same_size_and_place():
    drawn = [scan(kind=kind) for kind in KINDS]
    assert len({case.truths["diameter"].value for case in drawn}) == 1
    areas = [case.truths["lesion"].region("lesion").sum() for case in drawn]
    assert max(areas) < 1.5 * min(areas)


def test_size_tells_nothing_of_the_kind_in_a_cohort():
    sizes = {k: [c.truths["diameter"].value for _, c in draw_many(LIVER, 40, seed=1, kind=k)] for k in KINDS}
    assert np.ptp([np.mean(s) for s in sizes.values()]) < 1e-9


def test_kinds_come_as_often_as_said_and_the_lesions_of_a_patient_are_of_one_kind():
    rows = [(c.patient, c.lesions[0]["kind"], c.truths["diameter"].value) for _, c in draw_many(LIVER, 120, seed=2, visits=2)]
    by_patient = {patient: {kind for p, kind, _ in rows if p == patient} for patient, _, _ in rows}
    assert len(by_patient) == 60
    assert all(len(kinds) == 1 for kinds in by_patient.values())
    assert len({size for _, _, size in rows}) == 120
    counts = [sum(kinds == {kind} for kinds in by_patient.values()) for kind in KINDS]
    assert min(counts) > 8


def test_another_scan_changes_noise_and_no_truth():
    first, again = scan(kind="metastasis"), LIVER.draw(
        Seeds(anatomy=1, disease=2, pose=3, acquisition=9, demographics=5), "benchmark", kind="metastasis", scanner="soft",
        diameter_mm=(24.0, 26.0),
    )  # fmt: skip
    np.testing.assert_array_equal(first.truths["lesion"].labels.array(), again.truths["lesion"].labels.array())
    assert np.abs(first.inputs["ct"].array().astype(int) - again.inputs["ct"].array()).mean() > 2


def test_noise_is_as_strong_at_the_edge_as_in_the_middle():
    noise = np.stack([
        c.inputs["ct"].array()[0].astype(float) - c.clean["ct"].array()[0]
        for _, c in draw_many(LIVER, 30, seed=4, scanner="soft", kind="cyst")
    ])  # fmt: skip
    strength = noise.std(axis=0)
    assert strength[:6, :6].mean() > 0.8 * strength[13:19, 13:19].mean()


@pytest.mark.parametrize(("options", "said"), [({"kind": "cist"}, "cyst"), ({"size": 8}, "at least 16")])
def test_what_it_cannot_draw_is_refused(options, said):
    with pytest.raises(PlanError, match=said):
        scan(**options)

"""A mass in the brain: what an iso-intense one leaves unchanged, what its texture and its shift change."""

import numpy as np
import pytest
from scipy import ndimage

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.phantom import Seeds

MASS = PHANTOMS.get("brain_mass")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)


def scan(**options):
    return MASS.draw(SEEDS, **{"scanner": "sharp", "disease": True, **options})


def clean(case, name="t1"):
    return case.clean[name].array()[0].astype(float)


def inside(case):
    return ndimage.binary_erosion(case.truths["mass"].region("mass"))


def around(case):
    mass = case.truths["mass"].region("mass")
    return ndimage.binary_dilation(mass, iterations=3) & ~ndimage.binary_dilation(mass)


@pytest.mark.parametrize("name", ["t1", "flair"])
def test_contrast_is_that_of_the_mean_signal_with_the_tissue_around(name):
    mean = {}
    for contrast in ("iso", "bright", "dark"):
        case = scan(contrast=contrast, push=0)
        mean[contrast] = clean(case, name)[inside(case)].mean()
    tissue = clean(scan(contrast="iso", push=0), name)[around(scan(contrast="iso"))]
    assert mean["dark"] < 0.9 * mean["iso"] < 0.9 * mean["bright"]
    assert mean["iso"] == pytest.approx(tissue.mean(), rel=0.12)


def test_a_mass_without_texture_and_shift_is_even_and_changes_nothing_else():
    ill, well = scan(contrast="iso", push=0, texture=0), MASS.draw(SEEDS, scanner="sharp", disease=False)
    region = ill.truths["mass"].region("mass")
    away = ~ndimage.binary_dilation(region, iterations=2)
    np.testing.assert_array_equal(clean(ill)[away], clean(well)[away])
    rough = scan(contrast="iso", push=0)
    assert clean(rough)[inside(rough)].std() > 1.5 * clean(ill)[inside(ill)].std()


def test_a_mass_pushes_the_tissue_around_it_and_leaves_the_outer_surface():
    still, pushed = scan(contrast="iso", push=0), scan(contrast="iso", push=1)
    moved = np.abs(clean(pushed) - clean(still))
    assert moved[around(still)].mean() > 3
    assert (pushed.truths["brain"].region("brain") != still.truths["brain"].region("brain")).mean() < 0.01


def test_the_healthy_have_no_mass_and_the_table_says_what_the_others_have():
    well, ill = MASS.draw(SEEDS, disease=False), scan(contrast="dark")
    assert not well.truths["mass"].region("mass").any()
    assert (well.covariates["kind"], well.lesions) == ("none", ())
    assert ill.lesions[0]["kind"] == "dark"
    assert ill.truths["contrast"].names[ill.truths["contrast"].best] == "dark"


def test_a_contrast_it_does_not_have_is_refused():
    with pytest.raises(PlanError, match="iso"):
        scan(contrast="gray")

"""The contract every phantom of the registry keeps."""

from collections import defaultdict

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.core.graph import Graph
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.slide import Slide
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import Seeds

SEEDS = Seeds(anatomy=3, disease=4, pose=5, acquisition=6, demographics=7)
CHANGED = Seeds(anatomy=3, disease=4, pose=5, acquisition=60, demographics=7)
SMALL = defaultdict(
    dict,
    {
        "chest_xray": {"size_px": 64},
        "tof_vessels": {"size": 32},
        "emphysema_ct": {"voxel_mm": 8.0},
        "nodule_ct": {"voxel_mm": 8.0},
        "head_ct": {"pixel_mm": 6.0},
        "head_mr_ct": {"pixel_mm": 6.0},
        "white_lesions": {"size": 48, "lesions": 60},
        "cardiac_cine": {"size": 32, "frames": 8},
        "cardiac_stack": {"size": 32},
    }
    | {name: {"size_px": 64} for name in ("hand", "dementia_risk", "plates", "cortical_layers")}
    | {"slides": {"size_um": 256}, "serial_sections": {"size_um": 256}},
)


GRAPHS = ("connectomes",)
"""Phantoms that draw no image."""


def whole(shown):
    """An image; of a slide all of it, as fine as it is."""
    return shown.read((0.0, 0.0), shown.grid.shape, shown.grid.spacing[0]) if isinstance(shown, Slide) else shown


def pixels(case):
    return {name: i.matrix if isinstance(i, Graph) else whole(i).array() for name, i in case.inputs.items()}


def masks(case):
    return {name: truth.labels.array() for name, truth in case.truths.items() if isinstance(truth, Mask)}


def main_mask(phantom):
    """Name of the first truth that is a mask and is drawn whoever is ill."""
    return next(target.name for target in phantom.targets if target.type == "mask")


@pytest.fixture(params=PHANTOMS.names(), scope="module")
def phantom(request):
    return PHANTOMS.get(request.param)


@pytest.fixture(params=[name for name in PHANTOMS.names() if name not in GRAPHS], scope="module")
def imaged(request):
    return PHANTOMS.get(request.param)


def test_names_are_the_files_of_the_folder():
    assert {"chest_xray", "tof_vessels"} <= set(PHANTOMS.names())
    assert not {"phantom", "cohort", "raters"} & set(PHANTOMS.names())


def test_the_same_seeds_give_the_same_bytes(phantom):
    first, second = (phantom.draw(SEEDS, **SMALL[phantom.name]) for _ in range(2))
    for name, samples in pixels(first).items():
        np.testing.assert_array_equal(samples, pixels(second)[name])


def test_another_acquisition_changes_the_image_and_no_mask(phantom):
    first, second = (phantom.draw(seeds, **SMALL[phantom.name]) for seeds in (SEEDS, CHANGED))
    assert all((a != pixels(second)[name]).any() for name, a in pixels(first).items())
    for name, labels in masks(first).items():
        np.testing.assert_array_equal(labels, masks(second)[name], err_msg=name)


def test_another_anatomy_is_another_patient(imaged):
    first = imaged.draw(SEEDS, **SMALL[imaged.name])
    second = imaged.draw(Seeds(anatomy=30, disease=4, pose=5, acquisition=6, demographics=7), **SMALL[imaged.name])
    assert first.patient != second.patient
    main = main_mask(imaged)
    assert (masks(first)[main] != masks(second)[main]).any()


def test_every_target_has_a_truth_and_the_first_mask_is_not_empty(imaged):
    case = imaged.draw(SEEDS, **SMALL[imaged.name])
    assert {target.name for target in imaged.targets} == set(case.truths)
    assert masks(case)[main_mask(imaged)].any()


def test_images_truths_and_clean_images_share_a_grid(imaged):
    case = imaged.draw(SEEDS, **SMALL[imaged.name])
    grids = [i.grid for i in (*case.inputs.values(), *case.clean.values()) if isinstance(i, Image)]
    grids += [m.grid for m in case.truths.values() if isinstance(m, Mask)]
    assert all(grid.same_as(grids[0]) for grid in grids)


def test_the_clean_image_differs_from_the_scan_by_noise_only(imaged):
    case = imaged.draw(SEEDS, **SMALL[imaged.name])
    for name, image in case.inputs.items():
        scan, clean = whole(image).array().astype(float), case.clean[name].array().astype(float)
        assert (scan != clean).any()
        assert np.corrcoef(scan.ravel(), clean.ravel())[0, 1] > 0.9


def test_an_option_it_does_not_have_is_refused_with_a_hint(phantom):
    with pytest.raises(PlanError, match="Did you mean scanner"):
        phantom.draw(SEEDS, scaner="sharp")


def test_a_grade_it_does_not_have_is_refused(phantom):
    with pytest.raises(PlanError, match="test or benchmark"):
        phantom.draw(SEEDS, "huge")


def test_an_unknown_scanner_is_refused(phantom):
    with pytest.raises(PlanError, match="unknown scanner"):
        phantom.draw(SEEDS, scanner="nobody", **SMALL[phantom.name])


def test_there_are_four_scanners_or_more_and_one_is_kept_for_test(phantom):
    scanners, held = phantom.parameters["scanners"], phantom.parameters["held_scanner"]
    assert len(scanners) >= 5
    seen = {phantom.draw(Seeds(acquisition=k), **SMALL[phantom.name]).covariates["scanner"] for k in range(6)}
    assert held not in seen
    assert phantom.draw(Seeds(), nuisance="test", **SMALL[phantom.name]).covariates["scanner"] == held


def test_a_changed_parameter_changes_the_hash_and_nothing_else_does(phantom):
    assert phantom.with_parameters(share_disease=0.1).hash != phantom.hash
    assert phantom.with_parameters().hash == phantom.hash
    assert len(phantom.hash) == 12


def test_a_parameter_it_does_not_have_is_refused(phantom):
    with pytest.raises(PlanError, match="unknown parameter"):
        phantom.with_parameters(no_such_thing=1)


def test_draws_come_from_the_parameters(phantom):
    sick = phantom.with_parameters(share_disease=1.0)
    well = phantom.with_parameters(share_disease=0.0)
    for k in range(3):
        assert sick.draw(Seeds(disease=k), **SMALL[phantom.name]).covariates["ill"] == 1.0
        assert well.draw(Seeds(disease=k), **SMALL[phantom.name]).covariates["ill"] == 0.0


def test_raters_answer_beside_the_truth(imaged):
    case = imaged.draw(SEEDS, raters=("first", "second"), **SMALL[imaged.name]).case("a")
    main = main_mask(imaged)
    truth = case.labels[main].labels.array()
    for rater in ("first", "second"):
        assert case.labels[f"{main}@{rater}"].labels.array().any()
    assert (case.labels[f"{main}@first"].labels.array() != truth).any()


def test_an_unknown_rater_is_refused(phantom):
    with pytest.raises(PlanError, match="unknown rater"):
        phantom.draw(SEEDS, raters=("nobody",), **SMALL[phantom.name])


WRONG = {
    "disease": "maybe", "size_px": "foo", "size": "foo", "age": "old", "sex": "x", "nuisance": "tset", "raters": 4, "hours": "many",
    "size_um": "wide", "monochrome1": "no", "scanner": 3, "findings": 5, "compartments": 5, "plate": "x",
}  # fmt: skip


def test_an_option_that_cannot_be_is_refused_before_anything_is_drawn(phantom):
    for option in set(WRONG) & set(phantom.options):
        with pytest.raises(PlanError, match=r"expected|unknown"):
            phantom.draw(SEEDS, **{option: WRONG[option]})
        with pytest.raises(PlanError, match=r"expected|unknown"):
            next(draw_many(phantom, 1, **{option: WRONG[option]}))


def test_one_rater_is_named_by_a_word(phantom):
    known = list(phantom.parameters.get("raters", ()))
    for word in known[:1]:
        assert phantom.read({"raters": word})["raters"] == (word,)
        assert phantom.read({"raters": ", ".join(known)})["raters"] == tuple(known)


def test_what_can_be_tied_can_be_drawn(phantom):
    for factor in phantom.factors:
        next(draw_many(phantom, 1, tie={factor: 1.0}, **SMALL[phantom.name]))


def test_the_suggested_study_asks_for_the_first_target_or_the_one_named(phantom):
    assert phantom.study().targets[0].name == phantom.targets[0].name
    assert phantom.study("disease").targets[0].type == "class"
    with pytest.raises(PlanError, match="unknown target"):
        phantom.study("nothing")


def test_it_says_what_it_shows_and_where_it_comes_from(phantom):
    assert phantom.shows.endswith(".")
    assert phantom.cite

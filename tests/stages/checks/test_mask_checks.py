"""Each mistake a mask can have is named by its own finding, and only by that."""

import numpy as np
import pytest
from scipy import ndimage

from isocenter.stages.mask_values import count_values, is_blended, pure_values
from tests.stages.made_study import STUDY, ball, codes, edit, found, grid, made_study, save, save_mask

THREE = STUDY.replace("[background, tumor]", "[background, edema, core]")


def every_label(labels, cases=4):
    def spoil(folder):
        for n in range(cases):
            save_mask(labels, folder / f"label_{n}.nii.gz")

    return spoil


def test_0_and_255_is_a_note(tmp_path):
    path = made_study(tmp_path, spoil=lambda folder: save_mask(ball() * 255, folder / "label_2.nii.gz"))
    finding = found(path, "mask_0_255")
    assert (finding.severity, finding.cases) == ("note", ("c2",))
    assert codes(path) == {"mask_0_255"}


def test_blended_edges_are_anti_aliased(tmp_path):
    soft = np.round(ndimage.uniform_filter(ball() * 255.0, 3)).astype(np.uint8)
    path = made_study(tmp_path, spoil=lambda folder: save_mask(soft, folder / "label_1.nii.gz"))
    finding = found(path, "mask_anti_aliased")
    assert (finding.severity, finding.cases) == ("failure", ("c1",))
    assert "blended between 0 and 255" in finding.got
    assert codes(path) == {"mask_anti_aliased"}


def test_a_mask_of_probabilities_is_blended_too(tmp_path):
    soft = ndimage.gaussian_filter(ball().astype(np.float32), 0.4)
    path = made_study(tmp_path, spoil=lambda folder: save(soft, folder / "label_1.nii.gz"))
    assert codes(path) == {"mask_anti_aliased"}


def test_as_many_values_as_classes_but_with_gaps(tmp_path):
    finding = found(made_study(tmp_path, spoil=every_label(ball() * 3)), "mask_label_gaps")
    assert "3 is tumor" in finding.do
    assert finding.cases == ("c0", "c1", "c2", "c3")


def test_more_values_than_classes_have_no_one_answer(tmp_path):
    labels = ball()
    labels[0] = 2
    finding = found(made_study(tmp_path, spoil=every_label(labels)), "mask_unknown_labels")
    assert "0, 1, 2" in finding.got
    assert "values:" in finding.do


def test_values_in_the_study_say_what_is_meant(tmp_path):
    study = STUDY.replace("classes:", "values: {3: 1}, classes:")
    assert codes(made_study(tmp_path, study=study, spoil=every_label(ball() * 3))) == set()


def test_a_class_that_is_never_drawn_is_a_warning(tmp_path):
    finding = found(made_study(tmp_path, study=THREE), "class_never_drawn")
    assert (finding.severity, "core" in finding.got) == ("warning", True)


def test_empty_masks_are_a_warning_and_a_failure_if_all_are(tmp_path):
    path = made_study(tmp_path / "one", spoil=lambda folder: save_mask(ball() * 0, folder / "label_1.nii.gz"))
    assert (found(path, "empty_masks").severity, found(path, "empty_masks").cases) == ("warning", ("c1",))
    assert found(made_study(tmp_path / "all", spoil=every_label(ball() * 0)), "empty_masks").severity == "failure"


def test_the_cell_0_is_no_mistake(tmp_path):
    path = made_study(tmp_path, spoil=lambda folder: edit(folder, "label_1.nii.gz", "0"))
    assert codes(path) == set()


def test_another_shape(tmp_path):
    path = made_study(tmp_path, spoil=lambda folder: save_mask(ball()[:-2], folder / "label_3.nii.gz"))
    finding = found(path, "mask_other_shape", headers_only=True)
    assert finding.cases == ("c3",)
    assert "mask 14 × 14 × 12, image 16 × 14 × 12" in finding.got


def test_a_turned_mask_is_suspected(tmp_path):
    path = made_study(tmp_path, spoil=lambda folder: save_mask(ball().swapaxes(0, 1), folder / "label_3.nii.gz"))
    assert "turned by 90 degrees?" in found(path, "mask_other_shape", headers_only=True).got


def test_the_same_shape_elsewhere(tmp_path):
    path = made_study(tmp_path, spoil=lambda folder: save_mask(ball(), folder / "label_0.nii.gz", grid(origin=-15.0)))
    finding = found(path, "mask_other_place", headers_only=True)
    assert (finding.severity, finding.cases) == ("failure", ("c0",))


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.float32, np.float64])
def test_values_are_counted_whatever_the_number_type(kind):
    assert count_values(np.array([0, 3, 3, 0, 0], kind)) == {0.0: 3, 3.0: 2}


def test_fractions_and_negative_values_are_counted():
    assert count_values(np.array([-1.0, 0.5, 0.5])) == {-1.0: 1, 0.5: 2}
    assert count_values(np.array([], np.uint8)) == {}


@pytest.mark.parametrize(
    ("values", "classes", "blended"),
    [
        ({0: 900, 255: 100}, 2, False),
        ({0: 900, 127: 5, 255: 95}, 2, False),  # a third thing drawn, not an edge
        ({0: 800, **dict.fromkeys(range(20, 240, 20), 1), 255: 100}, 2, True),
        ({0: 800, 0.5: 10, 1: 100}, 2, True),
        (dict.fromkeys(range(256), 10), 2, False),  # an image, not a mask
        ({0: 700, 100: 100, 200: 100, **dict.fromkeys(range(10, 90, 8), 1)}, 3, True),
        ({}, 2, False),
    ],
)
def test_blended_is_told_from_drawn(values, classes, blended):
    assert is_blended({float(v): n for v, n in values.items()}, classes) == blended


def test_pure_values_are_what_was_drawn_before_blending():
    values = {0.0: 700, 100.0: 100, 200.0: 100, **{float(v): 1 for v in range(10, 90, 8)}}
    assert pure_values(values, 3) == (0.0, 100.0, 200.0)


def test_a_region_on_another_grid_is_brought_over_and_so_no_failure(tmp_path):
    study = STUDY.replace("classes:", "scope: 'region:lung', classes:")

    def spoil(folder):
        lung = (np.arange(336) % 3 > 0).astype(np.uint8).reshape(8, 7, 6)
        save_mask(lung, folder / "lung.nii.gz", grid(shape=lung.shape, spacing=4.0, origin=-19.0))
        head, *rows = (folder / "cases.csv").read_text().splitlines()
        (folder / "cases.csv").write_text("\n".join([f"{head},lung", *(f"{row},lung.nii.gz" for row in rows)]) + "\n")

    assert codes(made_study(tmp_path, study=study, spoil=spoil)) == set()

"""Each mistake an image can have is named by its own finding, and only by that."""

import numpy as np
import pytest

from isocenter.core.grid import Grid, as_affine
from tests.stages.made_study import SHAPE, STUDY, ball, brain, codes, edit, found, grid, made_study, save, save_mask

CT = STUDY.replace("inputs: {t1: image}", "inputs: {ct: image}")


def every_image(make, cases=4):
    def spoil(folder):
        for n in range(cases):
            save(make(brain(n)), folder / f"image_{n}.nii.gz")

    return spoil


def in_hu(image):
    return np.round(-1000 + 1400 * (image - image.min()) / np.ptp(image)).astype(np.float32)


def test_a_constant_image_is_a_warning_and_most_of_them_a_failure(tmp_path):
    path = made_study(tmp_path / "one", spoil=lambda folder: save(np.full(SHAPE, 3, np.float32), folder / "image_1.nii.gz"))
    assert (found(path, "constant_image").severity, found(path, "constant_image").cases) == ("warning", ("c1",))
    assert codes(path) == {"constant_image"}
    path = made_study(tmp_path / "all", spoil=every_image(lambda image: image * 0))
    assert found(path, "constant_image").severity == "failure"


def test_an_input_of_masks_may_be_empty(tmp_path):
    study = STUDY.replace("inputs: {t1: image}", "inputs: {t1: image}\nunits: {t1: labels}")
    assert "units" in study
    path = made_study(tmp_path, study=study, spoil=every_image(lambda image: image * 0))
    assert "constant_image" not in codes(path)


@pytest.mark.parametrize(("value", "part", "severity"), [(np.nan, 1, "warning"), (np.inf, 1, "warning"), (np.nan, 16, "failure")])
def test_what_is_not_finite_is_found(tmp_path, value, part, severity):
    image = brain(1)
    image[:part] = value
    path = made_study(tmp_path, spoil=lambda folder: save(image, folder / "image_1.nii.gz"))
    finding = found(path, "not_finite")
    assert (finding.severity, finding.cases) == (severity, ("c1",))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda image: (in_hu(image) + 1000) / 1400, "values from 0 to 1"),
        (lambda image: np.round((in_hu(image) + 1000) / 1400 * 255), "0 to 255"),
        (lambda image: in_hu(image) + 1024, "no value below 0"),
    ],
)
def test_ct_that_is_not_in_hounsfield_units_is_named(tmp_path, change, said):
    path = made_study(tmp_path, study=CT, spoil=every_image(lambda image: change(image).astype(np.float32)))
    finding = found(path, "hu_range")
    assert said in finding.got
    assert len(finding.cases) == 4


def test_ct_in_hounsfield_units_is_left_alone(tmp_path):
    assert codes(made_study(tmp_path, study=CT, spoil=every_image(in_hu))) == set()


def test_a_copy_under_another_patient_is_found(tmp_path):
    path = made_study(tmp_path, spoil=lambda folder: save(2 * brain(0) + 5, folder / "image_3.nii.gz"))
    finding = found(path, "same_image_two_patients")
    assert (finding.severity, finding.cases) == ("warning", ("c0", "c3"))


def test_a_copy_of_the_same_patient_is_a_note(tmp_path):
    def spoil(folder):
        save(brain(0), folder / "image_3.nii.gz")
        edit(folder, "c3,p3", "c3,p0")

    assert found(made_study(tmp_path, spoil=spoil), "same_image_twice").severity == "note"


GRADED = STUDY.replace("targets:", "targets:\n  - {name: grade, type: class, columns: grade, classes: [low, high]}")


def with_grades(*grades, file=None, patient=True):
    """Give the cases grades; make c3 a row of c0's patient, with c0's file or a copy of it."""

    def spoil(folder):
        head, *rows = (folder / "cases.csv").read_text().splitlines()
        lines = [f"{head},grade", *(f"{row},{grade}" for row, grade in zip(rows, grades, strict=True))]
        (folder / "cases.csv").write_text("\n".join(lines) + "\n")
        save(brain(0), folder / "image_3.nii.gz")
        if file:
            edit(folder, "image_3.nii.gz", file)
        if patient:
            edit(folder, "c3,p3", "c3,p0")

    return spoil


def test_a_copy_with_another_label_is_a_warning(tmp_path):
    finding = found(made_study(tmp_path, study=GRADED, spoil=with_grades("low", "low", "high", "high")), "same_image_contradicted")
    assert (finding.severity, finding.cases) == ("warning", ("c0", "c3"))
    assert "c0 and c3 (grade: low, high)" in finding.got


def test_one_file_with_two_labels_is_found_from_headers(tmp_path):
    spoil = with_grades("low", "low", "high", "high", file="image_0.nii.gz")
    path = made_study(tmp_path / "torn", study=GRADED, spoil=spoil)
    assert found(path, "same_image_contradicted", headers_only=True).cases == ("c0", "c3")
    found(path, "same_image_contradicted")  # once, though its pixels are alike as well
    alike = made_study(tmp_path / "alike", study=GRADED, spoil=with_grades("low", "low", "high", "low", file="image_0.nii.gz"))
    assert not any("same_image" in code for code in codes(alike, headers_only=True))
    unknown = made_study(tmp_path / "unknown", study=GRADED, spoil=with_grades("low", "low", "high", "", file="image_0.nii.gz"))
    assert not any("same_image" in code for code in codes(unknown, headers_only=True))


def test_one_file_under_two_patients_is_found_from_headers(tmp_path):
    spoil = with_grades("low", "low", "high", "low", file="image_0.nii.gz", patient=False)
    assert found(made_study(tmp_path, study=GRADED, spoil=spoil), "same_image_two_patients", headers_only=True).cases == (
        "c0",
        "c3",
    )


def test_labels_of_two_objects_of_one_picture_may_differ(tmp_path):
    def spoil(folder):
        with_grades("low", "low", "high", "high", file="image_0.nii.gz")(folder)
        head, *rows = (folder / "cases.csv").read_text().splitlines()
        lines = [f"{head},place", *(f"{row},{i} 0 0 8 8 8" for i, row in enumerate(rows))]
        (folder / "cases.csv").write_text("\n".join(lines) + "\n")

    study = GRADED.replace("classes: [low, high]", "classes: [low, high], scope: 'box:place'")
    assert "same_image_contradicted" not in codes(made_study(tmp_path, study=study, spoil=spoil))


def test_a_copy_in_another_part_of_the_split_is_a_failure(tmp_path):
    def spoil(folder):
        save(brain(0), folder / "image_3.nii.gz")
        (folder / "split.csv").write_text("case,part\nc0,learn\nc1,learn\nc2,tune\nc3,test\n")

    finding = found(made_study(tmp_path, spoil=spoil), "same_image_in_two_parts")
    assert (finding.severity, finding.cases) == ("failure", ("c0", "c3"))


def test_mixed_spacings_are_a_note(tmp_path):
    def spoil(folder):
        save(brain(0), folder / "image_0.nii.gz", grid(spacing=4.0))
        save_mask(ball(), folder / "label_0.nii.gz", grid(spacing=4.0))

    path = made_study(tmp_path, spoil=spoil)
    assert found(path, "mixed_spacings", headers_only=True).severity == "note"


def test_mixed_orientations_are_a_note(tmp_path):
    def spoil(folder):
        turned = Grid(shape=SHAPE, affine=as_affine(np.diag([-2.0, -2.0, 2.0, 1.0])), world="ras_mm")
        save(brain(0), folder / "image_0.nii.gz", turned)
        save_mask(ball(), folder / "label_0.nii.gz", turned)

    finding = found(made_study(tmp_path, spoil=spoil), "mixed_orientations", headers_only=True)
    assert (finding.severity, finding.cases) == ("note", ("c0",))
    assert finding.got == "RAS in 3, LPS in 1"


def test_pictures_among_volumes_are_a_failure(tmp_path):
    def spoil(folder):
        from PIL import Image

        Image.fromarray(np.arange(96, dtype=np.uint8).reshape(8, 12)).save(folder / "p.png")
        edit(folder, "image_1.nii.gz,label_1.nii.gz", "p.png,")

    path = made_study(tmp_path, spoil=spoil)
    finding = found(path, "mixed_axes", headers_only=True)
    assert (finding.severity, finding.cases) == ("failure", ("c1",))
    assert "mixed_worlds" in codes(path, headers_only=True)


def test_color_among_gray_is_a_warning(tmp_path):
    study = "name: made\ncases: cases.csv\ninputs: {photo: image}\n"

    def spoil(folder):
        from PIL import Image

        rng = np.random.default_rng(0)
        for n, shape in enumerate([(8, 12), (8, 12, 3), (8, 12)]):
            Image.fromarray(rng.integers(0, 255, shape, dtype=np.uint8)).save(folder / f"{n}.png")
        (folder / "cases.csv").write_text("case,patient,image\na,1,0.png\nb,2,1.png\nc,3,2.png\n")

    finding = found(made_study(tmp_path, study=study, spoil=spoil), "mixed_channels")
    assert (finding.severity, finding.cases) == ("warning", ("b",))

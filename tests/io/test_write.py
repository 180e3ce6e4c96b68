"""Writing: the right format, the same place, no half files."""

from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image
import pytest

from isocenter.core.errors import FileError, GeometryError
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.image import SYNTHETIC, held_image
from isocenter.core.mask import Mask, held_mask
from isocenter.io.images import open_image
from isocenter.io.masks import open_mask
from isocenter.io.write import output_suffix, smallest_labels, write_image, write_mask
from tests.io.phantoms import color_picture, corner_labels, ramp_volume
from tests.io.synthetic_dicom import dataset, oblique_affine, save, straight_affine, write_series

NAMES = ("background", "a", "b")


def test_a_mask_has_the_affine_of_its_image_bit_for_bit(tmp_path: Path) -> None:
    nib.save(nib.Nifti1Image(ramp_volume(), oblique_affine()), tmp_path / "scan.nii.gz")
    scan = open_image(tmp_path / "scan.nii.gz")
    path = write_mask(held_mask(corner_labels(), scan.grid, NAMES), tmp_path / "out" / "scan.nii.gz", like=scan)
    file = nib.load(path)
    np.testing.assert_array_equal(file.affine, nib.load(tmp_path / "scan.nii.gz").affine)
    assert file.get_data_dtype() == np.uint8
    np.testing.assert_array_equal(open_mask(path, NAMES).labels.array()[0], corner_labels())


def test_a_mask_elsewhere_than_its_image_is_refused(tmp_path: Path) -> None:
    like = held_image(ramp_volume()[None], Grid(shape=(13, 11, 6), affine=as_affine(oblique_affine()), world="ras_mm"))
    mask = held_mask(corner_labels(), Grid(shape=(13, 11, 6), affine=as_affine(np.eye(4)), world="ras_mm"), NAMES)
    with pytest.raises(GeometryError, match="Resample the mask"):
        write_mask(mask, tmp_path / "m.nii.gz", like=like)


def test_a_png_mask_holds_class_indices_and_shows_colors(tmp_path: Path) -> None:
    labels = np.arange(35, dtype=np.uint8).reshape(7, 5) % 3
    path = write_mask(held_mask(labels, plain_grid((7, 5)), NAMES), tmp_path / "m.png")
    picture = PIL.Image.open(path)
    assert (picture.mode, picture.size) == ("P", (7, 5))
    np.testing.assert_array_equal(np.asarray(picture), labels.T)
    assert len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)) == 3
    np.testing.assert_array_equal(open_mask(path, NAMES).labels.array()[0], labels)


def test_overlapping_regions_of_a_picture_become_a_tiff(tmp_path: Path) -> None:
    regions = np.zeros((2, 7, 5), np.bool_)
    regions[0, :4] = regions[1, 3:] = True
    mask = Mask(labels=held_image(regions, plain_grid((7, 5)), channels=("a", "b")), names=NAMES, overlapping=True)
    path = write_mask(mask, tmp_path / "m.png")
    assert path == tmp_path / "m.tif"
    np.testing.assert_array_equal(open_mask(path, NAMES, overlapping=True).labels.array(), regions)


def test_labels_take_the_smallest_type_that_holds_them() -> None:
    assert smallest_labels(np.array([0, 255])).dtype == np.uint8
    assert smallest_labels(np.array([0, 256])).dtype == np.uint16
    assert smallest_labels(np.zeros((0,), np.int64)).dtype == np.uint8


def test_an_answer_comes_in_its_inputs_own_kind_of_file(tmp_path: Path) -> None:
    write_series(tmp_path / "ct", ramp_volume(), straight_affine())
    save(dataset(np.zeros((4, 4), np.uint8)), tmp_path / "x.dcm")
    image = held_image(color_picture(), plain_grid((7, 5)), channels=("red", "green", "blue"))
    for name in ("a.png", "a.nii.gz", "a.mha", "a.tif"):
        write_image(image, tmp_path / name)
    names = ("ct", "ct#1", "x.dcm", "a.png", "a.png#red", "a.nii.gz", "a.mha", "a.tif")
    suffixes = [output_suffix(tmp_path / name) for name in names]
    assert suffixes == [".dcm", ".dcm", ".dcm", ".png", ".png", ".nii.gz", ".nii.gz", ".png"]


def test_an_unknown_suffix_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"expected a file name ending in \.nii\.gz"):
        write_image(held_image(color_picture(), plain_grid((7, 5))), tmp_path / "a.xyz")


def test_a_refused_image_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="float64"):
        write_image(held_image(np.zeros((1, 3, 3)), plain_grid((3, 3))), tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.nii.gz", "a.tif", "a.mha", "a.nrrd", "a.png"])
def test_a_note_goes_into_the_file_and_comes_back(name: str, tmp_path: Path) -> None:
    samples = np.arange(24, dtype=np.uint8).reshape(1, 6, 4)
    path = write_image(held_image(samples, plain_grid((6, 4)), note=SYNTHETIC), tmp_path / name)
    assert open_image(path).note == SYNTHETIC
    np.testing.assert_array_equal(open_image(path).array().reshape(samples.shape), samples)
    assert open_image(write_image(held_image(samples, plain_grid((6, 4))), tmp_path / f"plain_{name}")).note == ""


def test_other_programs_show_the_note(tmp_path: Path) -> None:
    image = held_image(np.zeros((1, 6, 4), np.uint8), plain_grid((6, 4)), note=SYNTHETIC)
    header = nib.load(write_image(image, tmp_path / "a.nii.gz")).header
    assert bytes(header["descrip"]).rstrip(b"\0").decode() == SYNTHETIC
    with PIL.Image.open(write_image(image, tmp_path / "a.png")) as picture:
        assert picture.info["Description"] == SYNTHETIC


def test_a_description_of_another_program_is_not_taken_over(tmp_path: Path) -> None:
    said = PIL.PngImagePlugin.PngInfo()
    said.add_text("Description", "Jane Doe, 1950")
    PIL.Image.new("L", (4, 4)).save(tmp_path / "a.png", pnginfo=said)
    assert open_image(tmp_path / "a.png").note == ""

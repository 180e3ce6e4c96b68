"""NIfTI: axes, slope, times, affine."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from isocenter.core.errors import FileError
from isocenter.core.grid import Grid, as_affine
from isocenter.core.image import held_image
from isocenter.io.nifti import open_nifti, write_nifti
from tests.io.phantoms import ramp_volume
from tests.io.synthetic_dicom import oblique_affine


def _save(samples: np.ndarray, path: Path, *, unit: str = "unknown", step: float = 1.0, kind: type = nib.Nifti1Image) -> Path:
    file = kind(samples, oblique_affine())
    file.header.set_xyzt_units("mm", unit)
    if samples.ndim > 3:
        file.header["pixdim"][4] = step
    nib.save(file, path)
    return path


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "a.img"])
@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
def test_samples_and_affine_come_as_nibabel_gives_them(tmp_path: Path, name: str, kind: type) -> None:
    pair = {nib.Nifti1Image: nib.Nifti1Pair, nib.Nifti2Image: nib.Nifti2Pair}
    path = _save(ramp_volume(), tmp_path / name, kind=pair[kind] if name.endswith(".img") else kind)
    image = open_nifti(path)
    assert image.shape == (1, 13, 11, 6)
    assert image.array().dtype == np.int16
    np.testing.assert_array_equal(image.array()[0], ramp_volume())
    np.testing.assert_array_equal(image.grid.matrix, nib.load(path).affine)


def test_an_unpacked_file_is_mapped_not_read(tmp_path: Path) -> None:
    samples = open_nifti(_save(ramp_volume(), tmp_path / "a.nii")).array()
    assert isinstance(samples.base, np.memmap) or isinstance(samples, np.memmap)


def test_a_slope_is_applied(tmp_path: Path) -> None:
    file = nib.Nifti1Image(ramp_volume(), np.eye(4))
    file.header.set_slope_inter(0.5, -3)
    nib.save(file, tmp_path / "a.nii.gz")
    samples = open_nifti(tmp_path / "a.nii.gz").array()
    assert samples.dtype == np.float32
    np.testing.assert_allclose(samples[0], nib.load(tmp_path / "a.nii.gz").get_fdata(), rtol=1e-6)


def test_foreign_byte_order_becomes_native(tmp_path: Path) -> None:
    header = nib.Nifti1Header(endianness=">")
    nib.save(nib.Nifti1Image(ramp_volume().astype(">i2"), np.eye(4), header), tmp_path / "a.nii")
    samples = open_nifti(tmp_path / "a.nii").array()
    assert samples.dtype.isnative
    np.testing.assert_array_equal(samples[0], ramp_volume())


def test_a_fourth_axis_in_seconds_is_time(tmp_path: Path) -> None:
    series = np.arange(3 * 4 * 2 * 6, dtype=np.float32).reshape(3, 4, 2, 6)
    image = open_nifti(_save(series, tmp_path / "a.nii.gz", unit="msec", step=40))
    assert image.shape == (1, 3, 4, 2, 6)
    np.testing.assert_allclose(image.grid.times_s, np.arange(6) * 0.04, rtol=1e-6)
    np.testing.assert_array_equal(image.array()[0], series)


@pytest.mark.parametrize(("unit", "count"), [("unknown", 6), ("sec", 4)])
def test_a_fourth_axis_without_a_unit_or_of_few_samples_is_channels(tmp_path: Path, unit: str, count: int) -> None:
    stack = np.arange(3 * 4 * 2 * count, dtype=np.float32).reshape(3, 4, 2, count)
    image = open_nifti(_save(stack, tmp_path / "a.nii.gz", unit=unit))
    assert image.shape == (count, 3, 4, 2)
    assert image.grid.times_s == ()
    np.testing.assert_array_equal(image.array(), np.moveaxis(stack, -1, 0))


def test_red_green_and_blue_of_rgb24_are_channels(tmp_path: Path) -> None:
    colors = np.zeros((3, 4, 2), [("R", "u1"), ("G", "u1"), ("B", "u1")])
    colors["G"] = 7
    nib.save(nib.Nifti1Image(colors, np.eye(4)), tmp_path / "a.nii.gz")
    image = open_nifti(tmp_path / "a.nii.gz")
    assert image.channels == ("red", "green", "blue")
    assert image.array()[:, 0, 0, 0].tolist() == [0, 7, 0]


def test_channels_times_and_unit_survive_writing(tmp_path: Path, rng: np.random.Generator) -> None:
    samples = rng.normal(size=(2, 5, 4, 3, 2)).astype(np.float32)
    grid = Grid(shape=(5, 4, 3), affine=as_affine(np.diag([2.0, 3, 4, 1])), world="ras_mm", times_s=(0.0, 0.5))
    write_nifti(samples, grid, tmp_path / "a.nii.gz", unit="HU", channels=("arterial", "venous"))
    back = open_nifti(tmp_path / "a.nii.gz")
    assert (back.unit, back.channels, back.grid.times_s) == ("HU", ("arterial", "venous"), (0.0, 0.5))
    np.testing.assert_array_equal(back.array(), samples)


@pytest.mark.parametrize("codes", [(1, 0), (0, 1), (1, 1), (0, 0)], ids=["sform", "qform", "both", "neither"])
def test_the_affine_of_any_nifti_is_written_bit_for_bit(tmp_path: Path, rng: np.random.Generator, codes: tuple[int, int]) -> None:
    for trial in range(20):
        spacing = rng.uniform(0.4, 5, 3)
        file = nib.Nifti1Image(np.zeros((4, 3, 2), np.uint8), None)
        file.header.set_zooms(spacing)
        matrix = oblique_affine(spacing, rng.uniform(-100, 100, 3))
        file.header.set_sform(matrix if codes[0] else None, codes[0])
        file.header.set_qform(matrix if codes[1] else None, codes[1])
        nib.save(file, tmp_path / f"{trial}.nii")
        image = open_nifti(tmp_path / f"{trial}.nii")
        write_nifti(image.array(), image.grid, tmp_path / "out.nii", unit="1", channels=image.channels)
        np.testing.assert_array_equal(nib.load(tmp_path / "out.nii").affine, nib.load(tmp_path / f"{trial}.nii").affine)


def test_a_sheared_affine_is_kept_in_the_sform(tmp_path: Path) -> None:
    matrix = np.eye(4)
    matrix[0, 1] = 0.25
    grid = Grid(shape=(4, 3, 2), affine=as_affine(matrix), world="ras_mm")
    write_nifti(np.zeros((1, 4, 3, 2), np.uint8), grid, tmp_path / "a.nii", unit="1", channels=("label",))
    file = nib.load(tmp_path / "a.nii")
    np.testing.assert_array_equal(file.affine, matrix)
    assert int(file.header["qform_code"]) == 0


def test_a_file_cut_short_says_so_by_name(tmp_path: Path, rng: np.random.Generator) -> None:
    path = _save(rng.integers(0, 1000, (30, 30, 30)).astype(np.int16), tmp_path / "a.nii.gz")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(FileError, match=r"a\.nii\.gz: .*cut short"):
        open_nifti(path).array()


def test_analyze_is_refused_because_it_has_no_orientation(data_folder: Path) -> None:
    with pytest.raises(FileError, match="no place in the patient"):
        open_nifti(data_folder / "nifti_misc/nibabel_test/analyze.hdr")


def test_an_image_in_memory_has_the_written_type(tmp_path: Path) -> None:
    image = held_image(np.ones((1, 2, 2, 2), np.bool_), Grid(shape=(2, 2, 2), affine=as_affine(np.eye(4)), world="ras_mm"))
    write_nifti(image.array(), image.grid, tmp_path / "a.nii", unit="1", channels=("intensity",))
    assert open_nifti(tmp_path / "a.nii").array().dtype == np.uint8

"""NRRD and MetaImage: LPS in the file, RAS here."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

from isocenter.core.errors import FileError
from isocenter.core.grid import Grid, as_affine
from isocenter.io.metaimage import open_metaimage, write_metaimage
from tests.io.phantoms import ramp_volume
from tests.io.synthetic_dicom import oblique_affine


@pytest.mark.parametrize("suffix", [".mha", ".nrrd"])
def test_a_place_is_the_same_in_itk_and_in_ras(tmp_path: Path, suffix: str) -> None:
    grid = Grid(shape=(13, 11, 6), affine=as_affine(oblique_affine()), world="ras_mm")
    write_metaimage(ramp_volume()[None], grid, tmp_path / f"a{suffix}", unit="HU", channels=("intensity",))
    back = open_metaimage(tmp_path / f"a{suffix}")
    np.testing.assert_allclose(back.grid.matrix, grid.matrix, atol=1e-9)
    np.testing.assert_array_equal(back.array()[0], ramp_volume())
    assert back.unit == "HU"
    itk = sitk.ReadImage(str(tmp_path / f"a{suffix}"))
    lps = np.array(itk.TransformContinuousIndexToPhysicalPoint((3.0, 4.0, 5.0)))
    np.testing.assert_allclose(back.grid.to_world([[3, 4, 5]])[0], lps * [-1, -1, 1], atol=1e-6)


def test_itk_and_nibabel_agree_through_us(tmp_path: Path) -> None:
    nib.save(nib.Nifti1Image(ramp_volume(), oblique_affine()), tmp_path / "a.nii")
    sitk.WriteImage(sitk.ReadImage(str(tmp_path / "a.nii")), str(tmp_path / "a.nrrd"))
    np.testing.assert_allclose(open_metaimage(tmp_path / "a.nrrd").grid.matrix, oblique_affine(), atol=1e-4)


def test_a_sheared_grid_is_refused(tmp_path: Path) -> None:
    matrix = np.eye(4)
    matrix[0, 1] = 0.3
    grid = Grid(shape=(2, 2, 2), affine=as_affine(matrix), world="ras_mm")
    with pytest.raises(FileError, match="sheared"):
        write_metaimage(np.zeros((1, 2, 2, 2), np.uint8), grid, tmp_path / "a.mha", unit="1", channels=("a",))


def test_a_damaged_header_says_so_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.nrrd").write_bytes(b"NRRD0004\ntype: nonsense\n\n")
    with pytest.raises(FileError, match=r"a\.nrrd"):
        open_metaimage(tmp_path / "a.nrrd")

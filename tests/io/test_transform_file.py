"""A map comes back from its file, and ITK reads it as we do."""

import numpy as np
import pytest
import SimpleITK as sitk

from isocenter.core.errors import FileError
from isocenter.imaging.sections.plane_map import PlaneMap, affine_map
from isocenter.io.transform_file import read_transform, write_transform

PLACES = np.random.default_rng(0).uniform(10, 300, (20, 2))


def bent() -> PlaneMap:
    field = np.random.default_rng(1).normal(0, 5, (2, 20, 16))
    matrix = np.array([[0.8, -0.5], [0.4, 0.9]])
    return PlaneMap(matrix=matrix, offset=np.array([40.0, -7.0]), field=field, origin=(8.0, 8.0), step=16.0)


@pytest.mark.parametrize("made", [bent(), affine_map([[1.1, 0], [0.1, 0.9]], (3, 4))])
@pytest.mark.parametrize("suffix", [".h5", ".tfm"])
def test_what_is_read_back_moves_places_alike(tmp_path, made, suffix):
    path = write_transform(made, tmp_path / f"map{suffix}")
    np.testing.assert_allclose(read_transform(path).move(PLACES), made.move(PLACES), atol=1e-6)
    itk = sitk.ReadTransform(str(path))
    inside = PLACES[(PLACES[:, 0] < 300) & (PLACES[:, 1] < 240)]
    np.testing.assert_allclose([itk.TransformPoint(p.tolist()) for p in inside], made.move(inside), atol=1e-6)


def test_other_files_are_refused(tmp_path):
    (tmp_path / "x.tfm").write_text("nothing", encoding="utf-8")
    with pytest.raises(FileError, match="expected a transform of ITK"):
        read_transform(tmp_path / "x.tfm")
    sitk.WriteTransform(sitk.Euler3DTransform(), str(tmp_path / "y.tfm"))
    with pytest.raises(FileError, match="in 2-D, got Euler3DTransform"):
        read_transform(tmp_path / "y.tfm")
    with pytest.raises(FileError, match="Rename it"):
        write_transform(bent(), tmp_path / "map.txt")

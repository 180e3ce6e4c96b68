"""Transforms of planes in ITK's files, as SimpleITK, elastix, ANTs and 3D Slicer read them.

In:   a PlaneMap; a file (.h5, .tfm).
Out:  a composite of an affine and a displacement field, fixed -> moving, in micrometers from the corner of each slide; and back.
Not:  no other composites than those.

To use one: give both pictures their spacing in micrometers and the origin (spacing / 2, spacing / 2), and resample the moving one.
"""

from pathlib import Path

import numpy as np
import SimpleITK as sitk

from isocenter.core.errors import FileError
from isocenter.imaging.sections.plane_map import PlaneMap, affine_map
from isocenter.io.whole_file import write_whole

SUFFIXES = (".h5", ".tfm")


def write_transform(made: PlaneMap, path: Path) -> Path:
    """Write a map. FileError for a suffix ITK does not know. Returns the path."""
    if path.suffix not in SUFFIXES:
        raise FileError(f"{path.name}: expected a transform file {' or '.join(SUFFIXES)}, got {path.suffix!r}. Rename it.")
    affine = sitk.AffineTransform(2)
    affine.SetMatrix([float(v) for v in made.matrix.ravel()])
    affine.SetTranslation([float(v) for v in made.offset])
    parts: list[sitk.Transform] = [affine]
    if made.field.shape[1:] != (1, 1):
        field = sitk.GetImageFromArray(np.ascontiguousarray(made.field.transpose(2, 1, 0)), isVector=True)
        field.SetSpacing((made.step, made.step))
        field.SetOrigin([float(v) for v in made.origin])
        parts.append(sitk.DisplacementFieldTransform(sitk.Cast(field, sitk.sitkVectorFloat64)))
    composite = sitk.CompositeTransform(parts)

    def write(beside: Path) -> None:
        sitk.WriteTransform(composite, str(beside))

    return write_whole(path, write)


def read_transform(path: Path) -> PlaneMap:
    """Read a map this program wrote. FileError for any other."""
    try:
        found = sitk.ReadTransform(str(path))
    except RuntimeError as error:
        last = str(error).strip().splitlines()[-1]
        raise FileError(f"{path}: expected a transform of ITK, got: {last} Write it again.") from None
    kinds = []
    if found.GetName() == "CompositeTransform":
        composite = sitk.CompositeTransform(found)
        kinds = [composite.GetNthTransform(n) for n in range(composite.GetNumberOfTransforms())]
    names = [kind.GetName() for kind in kinds]
    if names not in (["AffineTransform"], ["AffineTransform", "DisplacementFieldTransform"]) or found.GetDimension() != 2:
        raise FileError(
            f"{path}: expected an affine and a displacement field in 2-D, got {', '.join(names) or found.GetName()}. "
            "Give a file that register_sections wrote."
        )
    affine = sitk.AffineTransform(kinds[0])
    matrix = np.asarray(affine.GetMatrix()).reshape(2, 2)
    center = np.asarray(affine.GetCenter())
    offset = np.asarray(affine.GetTranslation()) + center - matrix @ center
    if len(kinds) == 1:
        return affine_map(matrix, offset)
    field = sitk.DisplacementFieldTransform(kinds[1]).GetDisplacementField()
    origin = field.GetOrigin()
    return PlaneMap(
        matrix=matrix, offset=offset, field=sitk.GetArrayFromImage(field).transpose(2, 1, 0), origin=(origin[0], origin[1]),
        step=float(field.GetSpacing()[0]),
    )  # fmt: skip

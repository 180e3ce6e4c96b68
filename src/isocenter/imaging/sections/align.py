"""Registration of one section to another: rigid, affine, then a smooth bend, each by mutual information.

In:   two Sections, a start.
Out:  Linear and Bend: the map after each step, how far the bend changes areas, and why a step was left out.
Not:  no start (start.py), no judgment of the result (likeness.py).

One thread, all samples: the same sections give the same map.

Reference: Mattes et al., IEEE Trans Med Imaging 2003; 22:120-128 (mutual information); Rueckert et al., IEEE Trans Med Imaging
1999; 18:712-721 (B-splines).
Differs:   no penalty on the bend: one that changes areas too much, or folds, is made again with fewer control points, and left
           out where the coarsest does so too.
"""

from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError
from isocenter.core.record import Record
from isocenter.imaging.sections.plane_map import PlaneMap, affine_map, scale_of
from isocenter.imaging.sections.start import Section, Start

LARGEST_STRETCH = 1.3
"""An affine that stretches or shrinks more is no section of the same block at the same resolution."""
COARSEST_MESH = 3
_BINS = 32
_ROUNDS, _BENDS = 200, 30
_SHRINK, _SMOOTH_PX = (4, 2, 1), (2.0, 1.0, 0.0)
_MARGIN = 0.04
"""How far around the fixed section's pieces samples count, as a share of the longer side: the border is what is seen best."""

_Linear = Any
"""Euler2DTransform or AffineTransform: what has a matrix, a center and a translation."""


class NoOverlap(GeometryError):
    """Two sections do not overlap enough to be compared."""


class Linear(Record):
    """Rigid, then affine."""

    rigid: PlaneMap
    affine: PlaneMap
    """The rigid one where the affine was left out."""
    refused: tuple[str, ...]
    """Why, if it was."""


class Bend(Record):
    """An affine with a bend before it."""

    map: PlaneMap | None
    """None where every bend was left out."""
    mesh: int
    """Cells along the longer side; 0 = none."""
    jacobian: tuple[float, float]
    """Smallest and largest determinant where the fixed section's pieces are; of the last one tried where all were left out."""
    refused: tuple[str, ...]


def align(fixed: Section, moving: Section, start: Start) -> Linear:
    """Return the rigid and the affine map. NoOverlap where the sections lose each other."""
    pictures, near = _pictures(fixed, moving), _near(fixed)
    center = fixed.um * (np.argwhere(fixed.mask).mean(axis=0) + 0.5)
    rigid = sitk.Euler2DTransform()
    rigid.SetCenter([float(v) for v in center])
    rigid.SetMatrix([float(v) for v in start.map.matrix.ravel()])
    rigid.SetTranslation([float(v) for v in start.map.move(center)[0] - center])
    _refine(pictures, near, rigid)
    affine = sitk.AffineTransform(2)
    affine.SetCenter(rigid.GetCenter())
    affine.SetMatrix(rigid.GetMatrix())
    affine.SetTranslation(rigid.GetTranslation())
    _refine(pictures, near, affine)
    plain, found = affine_map(*_matrix_of(rigid)), affine_map(*_matrix_of(affine))
    low, high = scale_of(found)
    if low < 1 / LARGEST_STRETCH or high > LARGEST_STRETCH:
        why = f"the affine stretches the section by {low:.2f} to {high:.2f}, bound {1 / LARGEST_STRETCH:.2f} to {LARGEST_STRETCH:g}"
        return Linear(rigid=plain, affine=plain, refused=(why,))
    return Linear(rigid=plain, affine=found, refused=())


def bend(fixed: Section, moving: Section, affine: PlaneMap, *, mesh: int, bound: float) -> Bend:
    """Return the bend that goes before an affine.

    mesh  : cells of the control grid along the longer side; 0 = no bend
    bound : the bend may change an area by this factor at most, either way
    """
    pictures, near = _pictures(fixed, moving), _near(fixed)
    last, tried, why = (1.0, 1.0), mesh, ""
    while tried >= COARSEST_MESH:
        try:
            made = _bent(pictures, near, affine, tried, fixed)
        except NoOverlap:
            why = "the bend drives the sections apart"
        else:
            determinants = made.jacobian()[fixed.mask]
            last = float(determinants.min()), float(determinants.max())
            if last[0] >= 1 / bound and last[1] <= bound:
                return Bend(map=made, mesh=tried, jacobian=last, refused=())
            what = "folds the section" if last[0] <= 0 else "changes areas too much"
            why = f"the bend {what}: Jacobian determinant {last[0]:.2f} to {last[1]:.2f}, bound {1 / bound:.2f} to {bound:.2f}"
        tried = tried - 1 if tried <= COARSEST_MESH + 1 else round(tried * 2 / 3)
    return Bend(map=None, mesh=0, jacobian=last, refused=(why,) if why else ())


def _method(pictures: list[sitk.Image], near: sitk.Image) -> sitk.ImageRegistrationMethod:
    method = sitk.ImageRegistrationMethod()
    method.SetNumberOfThreads(1)
    method.SetMetricAsMattesMutualInformation(_BINS)
    method.SetMetricSamplingStrategy(method.NONE)
    method.SetMetricFixedMask(near)
    method.SetInterpolator(sitk.sitkLinear)
    levels = [n for n, shrink in enumerate(_SHRINK) if min(pictures[0].GetSize()) >= 24 * shrink] or [len(_SHRINK) - 1]
    method.SetShrinkFactorsPerLevel([_SHRINK[n] for n in levels])
    method.SetSmoothingSigmasPerLevel([_SMOOTH_PX[n] for n in levels])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOff()
    return method


def _refine(pictures: list[sitk.Image], near: sitk.Image, transform: sitk.Transform) -> None:
    """Move a linear transform, in place, to where mutual information is largest."""
    method = _method(pictures, near)
    method.SetOptimizerAsRegularStepGradientDescent(1.0, 1e-3, _ROUNDS, relaxationFactor=0.6)
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetInitialTransform(transform, inPlace=True)
    _execute(method, pictures)


def _bent(pictures: list[sitk.Image], near: sitk.Image, affine: PlaneMap, mesh: int, fixed: Section) -> PlaneMap:
    """Return the map whose B-spline, before the affine, makes mutual information largest; sampled where the fixed section is."""
    size = pictures[0].GetSize()
    spline = sitk.BSplineTransformInitializer(pictures[0], [max(2, round(mesh * n / max(size))) for n in size], 3)
    after = sitk.AffineTransform(2)
    after.SetMatrix([float(v) for v in affine.matrix.ravel()])
    after.SetTranslation([float(v) for v in affine.offset])
    method = _method(pictures, near)
    method.SetMovingInitialTransform(after)
    method.SetInitialTransform(spline, inPlace=True)
    method.SetOptimizerAsLBFGSB(
        gradientConvergenceTolerance=1e-5, numberOfIterations=_BENDS, maximumNumberOfCorrections=5,
        maximumNumberOfFunctionEvaluations=2 * _BENDS,
    )  # fmt: skip
    _execute(method, pictures)
    middle = fixed.um / 2
    field = sitk.TransformToDisplacementField(spline, sitk.sitkVectorFloat64, size, (middle, middle), (fixed.um, fixed.um))
    samples = np.ascontiguousarray(sitk.GetArrayFromImage(field).transpose(2, 1, 0))  # (2, X, Y)
    return PlaneMap(matrix=affine.matrix, offset=affine.offset, field=samples, origin=(middle, middle), step=fixed.um)


def _execute(method: sitk.ImageRegistrationMethod, pictures: list[sitk.Image]) -> None:
    """Run a registration. NoOverlap where the sections lose each other; ITK says so in one way only."""
    try:
        method.Execute(*pictures)
    except RuntimeError as error:
        raise NoOverlap(str(error).strip().splitlines()[-1]) from None


def _matrix_of(transform: _Linear) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return A and t of x -> A x + t."""
    matrix = np.asarray(transform.GetMatrix(), np.float64).reshape(2, 2)
    center = np.asarray(transform.GetCenter(), np.float64)
    return matrix, np.asarray(transform.GetTranslation(), np.float64) + center - matrix @ center


def _pictures(fixed: Section, moving: Section) -> list[sitk.Image]:
    return [_picture(section.channel, section.um) for section in (fixed, moving)]


def _picture(samples: NDArray[np.generic], um: float) -> sitk.Image:
    picture = sitk.GetImageFromArray(np.ascontiguousarray(samples.T))
    picture.SetSpacing((um, um))
    picture.SetOrigin((um / 2, um / 2))
    return picture


def _near(fixed: Section) -> sitk.Image:
    """Return where samples count, as a picture of 0 and 1."""
    from scipy.ndimage import binary_dilation

    wide = max(3, round(_MARGIN * max(fixed.mask.shape)))
    return _picture(binary_dilation(fixed.mask, iterations=wide).astype(np.uint8), fixed.um)

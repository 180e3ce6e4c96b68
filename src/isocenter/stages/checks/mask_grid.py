"""Masks on another grid than their image: another shape, or the same shape elsewhere in the patient. Headers only.

A mask that guides the making of images may lie on the grid of the image that is learned, too.
A region a label is confined to is no failure there: it is brought onto the image's grid wherever the world says how.
"""

from collections.abc import Iterator

from isocenter.core.finding import Finding
from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.stages.examination import Check, Examination


def find(seen: Examination) -> Iterator[Finding]:
    """Yield one failure for each target and kind of difference."""
    other: dict[tuple[str, str], dict[str, str]] = {}
    guides = {target.name for target in seen.study.targets if target.use == "guide"}
    for key, case in seen.opened.items():
        shown = [image.grid for images in case.inputs.values() for image in images[:1]]
        wanted = [label.grid for label in case.labels.values() if isinstance(label, Image)]
        for mask in case.masks.values():
            grids = [*shown, *wanted] if mask.target in guides else shown
            code = difference(mask.image.grid, grids)
            movable = mask.target.startswith("region:") and mask.image.grid.world == grids[0].world != "px" if grids else False
            if code is not None and not movable:
                other.setdefault((code, mask.target), {})[key] = _words(code, mask.image.grid, grids[0])
    for (code, target), found in other.items():
        key, example = next(iter(found.items()))
        yield Finding(
            code=code,
            severity="failure",
            expected=f"masks of {target} on the grid of their image",
            got=f"another {'shape' if code == 'mask_other_shape' else 'place'} in {len(found)}; in case {key} {example}",
            do="isocenter check STUDY --fix resamples (nearest) what overlaps in the patient; else export them on that grid.",
            cases=tuple(found),
        )


def difference(mask: Grid, images: list[Grid]) -> str | None:
    """Return "mask_other_shape" or "mask_other_place" unless the mask fits one of the images.

    A picture without geometry (px) fits an image of its shape.
    """
    if not images or any(_fits(mask, image) for image in images):
        return None
    return "mask_other_place" if any(mask.shape == image.shape for image in images) else "mask_other_shape"


def _fits(mask: Grid, image: Grid) -> bool:
    return mask.same_as(image) or ("px" in (mask.world, image.world) and mask.shape == image.shape)


def _words(code: str, mask: Grid, image: Grid) -> str:
    if code == "mask_other_shape":
        turned = ": turned by 90 degrees?" if mask.shape == (image.shape[1], image.shape[0], *image.shape[2:]) else ""
        return f"mask {_shape(mask)}, image {_shape(image)}{turned}"
    first = [[round(float(v), 2) for v in grid.to_world([[0] * grid.ndim])[0]] for grid in (mask, image)]
    return f"the mask starts at {first[0]} ({mask.orientation}), the image at {first[1]} ({image.orientation})"


def _shape(grid: Grid) -> str:
    return " × ".join(map(str, grid.shape))


CHECK = Check(name="mask_grid", looks_for="masks whose shape or place in the patient is not their image's", find=find)

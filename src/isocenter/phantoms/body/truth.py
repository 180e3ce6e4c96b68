"""What is true of a projected chest: masks, nodules, cardiothoracic ratio.

In:   a Scene, its view, the picture's grid.
Out:  masks by name, boxes, numbers.
Not:  no film.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.grid import Grid
from isocenter.core.mask import Mask, held_mask
from isocenter.core.points import Points
from isocenter.phantoms.body.disease import Disease
from isocenter.phantoms.body.scene import Scene
from isocenter.phantoms.radiograph.detector import average
from isocenter.phantoms.radiograph.view import View

_NAMES = {"lungs": "lungs", "lungs_clear": "lungs", "heart": "heart", "opacity": "opacity", "devices": "device"}


def chest_masks(scene: Scene, view: View, grid: Grid, finer: int) -> dict[str, Mask]:
    """Return the masks by name; a pixel belongs to what covers at least half of it."""
    n = scene.lengths
    hidden = np.zeros_like(n["lung"], bool) if view.name == "L" else n["abdomen"] > np.minimum(25.0, 0.4 * n["hemithorax"])
    heart = n["heart"] > 6.0
    pleura = n["lung"] > 6.0 if view.name == "L" else n["hemithorax"] > 6.0
    fields = {
        "lungs": pleura & ~hidden,
        "lungs_clear": (n["lung"] > 12.0) & (n["heart"] < 25.0) & ~hidden,
        "heart": heart,
        "opacity": n["filled"] + n["fluid"] > 10.0,
        "devices": n["metal"] > 0.4,
    }
    return {
        name: held_mask((average(field.astype(np.float32), finer) >= 0.5).astype(np.uint8), grid, ("background", _NAMES[name]))
        for name, field in fields.items()
    }


def nodule_points(
    disease: Disease, view: View, scene: Scene, grid: Grid
) -> tuple[Points, list[float], tuple[Mapping[str, float | str], ...]]:
    """Return boxes around the nodules whose middle is in the picture, how visible each is in [0, 1], and the lesion table.

    Visibility is the nodule's thickness over what its ray crosses of it and of solid tissue: a stand-in for contrast.
    """
    shape = grid.shape
    places, sizes, contrasts, table = [], [], [], []
    fine = scene.lengths["lung"].shape
    for nodule in disease.nodules:
        i, j, grow = (float(v[0]) for v in view.onto_pixels(np.array([nodule.center]), (shape[0], shape[1])))
        if not (0 <= i < shape[0] and 0 <= j < shape[1]):
            continue
        at = (int((i + 0.5) * fine[0] / shape[0]), int((j + 0.5) * fine[1] / shape[1]))
        solid = max(float(scene.lengths["body"][at] - scene.lengths["lung"][at]), 1.0)
        contrast = float(np.clip(2 * nodule.radius_mm / (0.12 * solid + 2 * nodule.radius_mm), 0, 1))
        places.append(grid.to_world([(i, j)])[0])
        sizes.append(2 * nodule.radius_mm * grow)
        contrasts.append(contrast)
        row: dict[str, Any] = {"kind": "nodule", "diameter_mm": 2 * nodule.radius_mm, "contrast": contrast}
        row |= {"hidden": float(nodule.hidden), "x": nodule.center[0], "y": nodule.center[1], "z": nodule.center[2]}
        table.append(row)
    count = len(places)
    points = Points(
        world=np.array(places).reshape(count, 2),
        kind=np.zeros(count, np.intp),
        score=np.full(count, np.nan),
        names=("nodule",),
        extent=np.repeat(np.array(sizes).reshape(count, 1), 2, axis=1),
    )
    for number, blob in enumerate(disease.blobs):
        row = {"kind": "opacity", "diameter_mm": 2 * float(np.mean(blob.radii)), "contrast": blob.density, "hidden": 0.0}
        table.append(row | {"x": blob.center[0], "y": blob.center[1], "z": blob.center[2], "number": float(number)})
    return points, contrasts, tuple(table)


def cardiothoracic_ratio(heart: Mask, scene: Scene, finer: int) -> float:
    """Return the heart's width over the inner width of the thorax, both as on the film; NaN when either is outside it."""
    wide = heart.region("heart").any(1)
    chest = average((scene.lengths["hemithorax"] > 6.0).astype(np.float32), finer).max(1) >= 0.5
    if not wide.any() or not chest.any():
        return float("nan")
    spans = [float(np.ptp(np.flatnonzero(row)) + 1) for row in (wide, chest)]
    return spans[0] / spans[1]

"""Values as JSON, and back: one line a prediction, arrays in files beside it.

In:   any Value: Mask, Points, Scores, Amount, Survival, Graph, Image, text.
Out:  plain JSON (NaN is null, infinity a word); a mask or an image goes to a file, NIfTI or PNG. Read back, those stay on disk
      until their array is asked for.
Not:  no tables (answers.py), no DICOM (dicom_seg.py).
"""

import math
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import FileError
from isocenter.core.graph import Graph
from isocenter.core.grid import Grid, as_affine
from isocenter.core.image import Image, held_image
from isocenter.core.mask import OBJECTS, Mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.io.images import open_image
from isocenter.io.masks import open_mask
from isocenter.io.write import write_image, write_mask

_PICTURE_DTYPES = (np.dtype(np.uint8), np.dtype(np.uint16))


def value_to_json(value: Value, folder: Path, stem: str) -> dict[str, Any]:
    """Return a value as plain JSON; a mask or an image is written to `folder/stem.nii.gz` or `.png` and named.

    folder : where files go, and what the names in the JSON are relative to
    stem   : name of the file without its suffix
    """
    if isinstance(value, str):
        return {"kind": "text", "text": value}
    if isinstance(value, Mask):
        return _mask_out(value, folder, stem)
    if isinstance(value, Image):
        return _image_out(value, folder, stem)
    if isinstance(value, Points):
        return {
            "kind": "points",
            "world": _out(value.world),
            "axes": int(value.world.shape[1]) if value.world.ndim == 2 else 0,
            "type": _out(value.kind),
            "score": _out(value.score),
            "names": list(value.names),
            "extent": None if value.extent is None else _out(value.extent),
        }
    if isinstance(value, Scores):
        return {"kind": "scores", "p": _out(value.p), "names": list(value.names)}
    if isinstance(value, Amount):
        return {
            "kind": "amount",
            "value": _number_out(value.value),
            "unit": value.unit,
            "low": _number_out(value.low),
            "high": _number_out(value.high),
        }
    if isinstance(value, Survival):
        times = {"days": _out(value.days), "alive": _out(value.alive)}
        return {"kind": "survival", **times, "censored": bool(value.censored), "cause": int(value.cause)}
    return {
        "kind": "graph",
        "nodes": _out(value.nodes),
        "features": int(value.nodes.shape[1]) if value.nodes.ndim == 2 else 0,
        "edges": _out(value.edges),
        "weight": _out(value.weight),
        "world": None if value.world is None else _out(value.world),
    }


def value_from_json(data: Mapping[str, Any], folder: Path) -> Value:
    """Return the value that `value_to_json` gave. Masks and images are LAZY. FileError if the JSON is none of ours.

    folder : the folder the files lie in
    """
    kind = data.get("kind")
    reader = _READERS.get(str(kind))
    if reader is None:
        raise FileError(f"expected an answer of kind {', '.join(sorted(_READERS))}, got {kind!r}. The file is of another version.")
    try:
        return reader(data, folder)
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(
            f"expected an answer of kind {kind}, got one that lacks or garbles {error}. The file is damaged."
        ) from error


def load_stored_labels(path: Path, names: tuple[str, ...], overlapping: bool, shape: tuple[int, ...]) -> NDArray[Any]:
    """Read the labels of a stored mask, (1, *S) or (K - 1, *S)."""
    labels = open_mask(path, names, overlapping=overlapping).labels.array()
    return labels.reshape((labels.shape[0], *shape))


def load_object_numbers(path: Path, shape: tuple[int, ...]) -> NDArray[Any]:
    """Read stored object numbers, (1, *S)."""
    numbers: NDArray[Any] = np.rint(open_image(path).array()).astype(np.int32)
    return numbers.reshape((1, *shape))


def load_stored_samples(path: Path) -> NDArray[Any]:
    """Read the samples of a stored image, (C, *S[, T])."""
    return open_image(path).array()


def _mask_out(mask: Mask, folder: Path, stem: str) -> dict[str, Any]:
    """Write a mask beside and describe it."""
    picture = mask.grid.world == "px" and mask.grid.ndim == 2 and not mask.overlapping and len(mask.names) <= 256
    name = f"{stem}.png" if picture else f"{stem}.nii.gz"
    write_mask(mask, folder / name)
    numbers = {}
    if mask.objects is not None:
        numbers = {"objects": f"{stem}_objects{'.png' if picture else '.nii.gz'}"}
        write_mask(mask.numbered(), folder / numbers["objects"])
    return {
        "kind": "mask",
        "file": name,
        **numbers,
        "names": list(mask.names),
        "overlapping": mask.overlapping,
        "grid": _grid_out(mask.grid),
    }


def _image_out(image: Image, folder: Path, stem: str) -> dict[str, Any]:
    """Write an image beside and describe it."""
    samples = image.array()
    picture = image.grid.world == "px" and samples.ndim == 3 and samples.shape[0] in (1, 3) and samples.dtype in _PICTURE_DTYPES
    name = f"{stem}.png" if picture else f"{stem}.nii.gz"
    write_image(held_image(samples, image.grid, unit=image.unit, channels=image.channels, note=image.note), folder / name)
    said = {"kind": "image", "file": name, "unit": image.unit, "channels": list(image.channels), "grid": _grid_out(image.grid)}
    return said | ({"note": image.note} if image.note else {})


def _mask_in(data: Mapping[str, Any], folder: Path) -> Value:
    """A mask whose file is opened when asked for."""
    names, overlapping = tuple(data["names"]), bool(data["overlapping"])
    grid = _grid_in(data["grid"])
    channels = names[1:] if overlapping else ("label",)
    load = partial(load_stored_labels, folder / data["file"], names, overlapping, grid.shape)
    labels = Image(grid=grid, unit="1", channels=channels, load=load)
    objects = None
    if "objects" in data:
        objects = Image(
            grid=grid, unit="1", channels=OBJECTS, load=partial(load_object_numbers, folder / data["objects"], grid.shape)
        )
    return Mask(labels=labels, names=names, overlapping=overlapping, objects=objects)


def _image_in(data: Mapping[str, Any], folder: Path) -> Value:
    """An image whose file is opened when asked for."""
    load = partial(load_stored_samples, folder / data["file"])
    channels = tuple(data["channels"])
    return Image(grid=_grid_in(data["grid"]), unit=data["unit"], channels=channels, load=load, note=data.get("note", ""))


def _points_in(data: Mapping[str, Any], folder: Path) -> Value:
    """Places, or boxes."""
    del folder
    axes = int(data["axes"])
    return Points(
        world=_in(data["world"]).reshape(-1, axes),
        kind=np.asarray(data["type"], np.intp),
        score=_in(data["score"]),
        names=tuple(data["names"]),
        extent=None if data["extent"] is None else _in(data["extent"]).reshape(-1, axes),
    )


def _scores_in(data: Mapping[str, Any], folder: Path) -> Value:
    """Probabilities."""
    del folder
    return Scores(p=_in(data["p"]), names=tuple(data["names"]))


def _amount_in(data: Mapping[str, Any], folder: Path) -> Value:
    """A number with its unit."""
    del folder
    return Amount(value=_number_in(data["value"]), unit=data["unit"], low=_number_in(data["low"]), high=_number_in(data["high"]))


def _survival_in(data: Mapping[str, Any], folder: Path) -> Value:
    """A survival curve, or one time."""
    del folder
    return Survival(
        days=_in(data["days"]), alive=_in(data["alive"]), censored=bool(data["censored"]), cause=int(data.get("cause", 1))
    )


def _graph_in(data: Mapping[str, Any], folder: Path) -> Value:
    """Nodes and edges."""
    del folder
    count = len(data["nodes"])
    return Graph(
        nodes=_in(data["nodes"]).reshape(count, int(data["features"])),
        edges=np.asarray(data["edges"], np.intp).reshape(-1, 2),
        weight=_in(data["weight"]),
        world=None if data["world"] is None else _in(data["world"]).reshape(-1, 3),
    )


def _text_in(data: Mapping[str, Any], folder: Path) -> Value:
    """Report text."""
    del folder
    return str(data["text"])


_READERS: dict[str, Callable[[Mapping[str, Any], Path], Value]] = {
    "mask": _mask_in,
    "image": _image_in,
    "points": _points_in,
    "scores": _scores_in,
    "amount": _amount_in,
    "survival": _survival_in,
    "graph": _graph_in,
    "text": _text_in,
}


def _grid_out(grid: Grid) -> dict[str, Any]:
    """A grid as JSON: the affine to the last bit."""
    return {
        "shape": list(grid.shape),
        "affine": [list(row) for row in grid.affine],
        "world": grid.world,
        "times_s": list(grid.times_s),
    }


def _grid_in(data: Mapping[str, Any]) -> Grid:
    """The grid `_grid_out` described."""
    return Grid(shape=tuple(data["shape"]), affine=as_affine(data["affine"]), world=data["world"], times_s=tuple(data["times_s"]))


def _out(array: NDArray[Any]) -> list[Any]:
    """An array as nested lists without NaN or infinity."""
    values = np.asarray(array)
    if values.dtype.kind != "f" or np.isfinite(values).all():
        return list(values.tolist())
    return list(_each(values.tolist()))


def _each(values: list[Any]) -> list[Any]:
    """Nested lists, each number made safe."""
    return [_each(v) if isinstance(v, list) else _number_out(v) for v in values]


def _number_out(value: float) -> float | str | None:
    """A number JSON can hold: NaN is null, infinity a word."""
    if math.isnan(value):
        return None
    return float(value) if math.isfinite(value) else ("inf" if value > 0 else "-inf")


def _number_in(value: float | str | None) -> float:
    """The number `_number_out` wrote."""
    return math.nan if value is None else float(value)


def _in(values: list[Any]) -> NDArray[np.float64]:
    """Nested lists as an array; null becomes NaN and words infinity."""
    return np.asarray(values, object).astype(np.float64) if values else np.zeros(0)

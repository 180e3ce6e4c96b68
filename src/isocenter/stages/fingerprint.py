"""Fingerprint: what the learning cases are like. The test part is not looked at.

In:   the learning and tuning cases of a run.
Out:  fingerprint.json: shapes, spacings, channels, intensities of the foreground, share of each class, labels per target; of a
      mask what lies in its scope, region or slice.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from isocenter.core.amount import Amount
from isocenter.core.case import Case, Cases
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.io.table import TableCases
from isocenter.learning.assessed import assessed
from isocenter.learning.exam.items import images_of
from isocenter.learning.planning.orientation import coarse, pose_of
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.skipping import Skips
from isocenter.stages.split import read_split

SAMPLES = 4096
"""Foreground intensities kept per case and channel."""


def fingerprint(run: RunFolder, *, skips: Skips | None = None, progress: Progress | None = None) -> Mapping[str, Any]:
    """Take the fingerprint of a run's learning part and write it. A corrupt case ends it, unless the user skips bad ones."""
    study, cases = open_run(run)
    made = read_split(run)
    progress = progress or Quiet()
    skips = skips or Skips(run)
    inside = cases.select(skips.without(made.keys("learn", "tune")))
    numbered = TableCases(study.model_copy(update={"targets": _as_boxes(study)}), cases.table, cases.folders)
    rng = np.random.default_rng(study.seed)
    looks = [
        look
        for key in progress.track(inside.keys, total=len(inside), label="fingerprint")
        if (look := skips.guard(key, partial(_look_at, inside, numbered, key, study, rng))) is not None
    ]
    patients = len({p for p, q in zip(made.patient, made.part, strict=True) if q in ("learn", "tune")})
    data = summarize(looks, study, patients=patients)
    run.write_json("fingerprint.json", data)
    run.stamps.stamp("fingerprint", cases=len(looks))
    return data


def summarize(looks: Sequence[Mapping[str, Any]], study: Study, *, patients: int) -> dict[str, Any]:
    """Join what was seen of each case."""
    intensity: dict[str, dict[str, float]] = {}
    for name in study.inputs:
        seen = [look["samples"][name] for look in looks if name in look["samples"]]
        if seen:
            intensity[name] = _statistics(np.concatenate([s.reshape(-1) for s in seen]))
    firsts = [look for look in looks if look["shape"]]
    return {
        "cases": len(looks),
        "patients": patients,
        "dims": Counter(len(look["shape"]) for look in firsts).most_common(1)[0][0] if firsts else 0,
        "shapes": [look["shape"] for look in firsts],
        "spacings": [look["spacing"] for look in firsts],
        "unit": Counter(look["grid_unit"] for look in firsts).most_common(1)[0][0] if firsts else "1",
        "inputs": {
            name: {
                "cases": sum(name in look["channels"] for look in looks),
                "channels": max((look["channels"].get(name, 0) for look in looks), default=0) or 1,
                "unit": next((look["units"][name] for look in looks if name in look["units"]), "1"),
            }
            for name in study.inputs
        },
        "intensity": intensity,
        "pose": _pose(looks),
        "targets": {
            t.name: _labels([look["labels"][t.name] for look in looks if t.name in look["labels"]], t) for t in study.targets
        },
    }


def _as_boxes(study: Study) -> tuple[Target, ...]:
    """Return the points that are middles of objects in a picture, as the boxes around these: a middle alone has no size."""
    middles = (t for t in study.targets if t.type == "points" and t.instances and t.use == "learn")
    return tuple(t.model_copy(update={"type": "boxes"}) for t in middles)


def _look_at(cases: Cases, numbered: Cases, key: str, study: Study, rng: np.random.Generator) -> dict[str, Any]:
    look = _look(cases[key], study, rng)
    for target in _as_boxes(study):
        if target.name in look["labels"]:
            look["labels"][target.name]["sizes"] = _summary(numbered[key].labels[target.name], None)["sizes"]
    return look


def _look(case: Case, study: Study, rng: np.random.Generator) -> dict[str, Any]:
    """Look at one case once."""
    look: dict[str, Any] = {"shape": [], "spacing": [], "grid_unit": "1", "channels": {}, "units": {}, "samples": {}, "labels": {}}
    look["patient"] = case.patient
    foreground: NDArray[np.bool_] | None = None
    for target in study.targets:
        if target.use == "learn" and target.name in case.labels:
            value = case.labels[target.name]
            where = assessed(case, target, value.grid) if isinstance(value, Mask) else None
            look["labels"][target.name] = _summary(value, where)
            if isinstance(value, Mask) and foreground is None:
                foreground = np.asarray((value.labels.array() > 0).any(axis=0))
                foreground = foreground if where is None else foreground & where
    for name in study.inputs:
        shown = images_of(case.inputs[name]) if name in case.inputs else ()
        if not shown:
            continue
        image = shown[0]  # of a bag, its first stands for the others
        if not look["shape"]:
            look.update(shape=list(image.grid.shape), spacing=list(image.grid.spacing), grid_unit=image.grid.unit)
        array = image.array()
        if foreground is not None and foreground.shape == array.shape[1:] and image.grid.unit == "px" and "picture" not in look:
            look.update(picture=coarse(_even(array)), place=coarse(foreground))
        look["channels"][name] = array.shape[0]
        look["units"][name] = image.unit
        look["samples"][name] = _samples(array, foreground, rng)
    return look


def _even(array: NDArray[Any]) -> NDArray[np.float64]:
    """Return the mean over channels (C, *S) -> (*S) with mean 0 and deviation 1; an even picture is 0."""
    gray = np.nan_to_num(array.astype(float)).mean(axis=0)
    return np.asarray((gray - gray.mean()) / max(float(gray.std()), 1e-9))


def _pose(looks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Which way up pictures without a place in a patient are; each patient counts once."""
    by_patient: dict[str, list[Mapping[str, Any]]] = {}
    for look in looks:
        if "picture" in look:
            by_patient.setdefault(look["patient"], []).append(look)
    means = {name: [np.mean([x[name] for x in of], axis=0) for of in by_patient.values()] for name in ("picture", "place")}
    found = pose_of(means["picture"], means["place"])
    return {"place": found.place if np.isfinite(found.place) else None, "upright": list(found.upright)}


def _samples(array: NDArray[Any], foreground: NDArray[np.bool_] | None, rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw foreground samples of all channels; all samples where there is no foreground on this grid."""
    flat = array.reshape(array.shape[0], -1)
    where = np.flatnonzero(foreground) if foreground is not None and foreground.size == flat.shape[1] else np.arange(flat.shape[1])
    if not len(where):
        where = np.arange(flat.shape[1])
    chosen = rng.choice(where, min(SAMPLES, len(where)), replace=False)
    samples = flat[:, chosen].astype(np.float32)
    return samples[np.isfinite(samples)]


def _statistics(samples: NDArray[np.float32]) -> dict[str, float]:
    if not len(samples):
        return dict.fromkeys(("mean", "std", "median", "p005", "p995"), float("nan"))
    low, median, high = np.percentile(samples, [0.5, 50, 99.5])
    return {
        "mean": float(samples.mean()),
        "std": float(samples.std()),
        "median": float(median),
        "p005": float(low),
        "p995": float(high),
    }


def _summary(value: Value, where: NDArray[np.bool_] | None) -> Any:
    """What one label adds to the fingerprint. where : (*S), the samples a mask speaks of; None = all."""
    if isinstance(value, Mask):
        array = value.labels.array()
        inside = array.reshape(len(array), -1) if where is None else array[:, where]  # (1 or K, samples)
        if value.overlapping:
            return [0, *(int(n) for n in (inside > 0).sum(axis=1))]
        return [int(n) for n in np.bincount(inside.reshape(-1).astype(np.int64), minlength=len(value.names))]
    if isinstance(value, Scores):
        return [float(p) for p in value.p]
    if isinstance(value, Amount):
        return value.value if np.isfinite(value.value) else (value.low + value.high) / 2
    if isinstance(value, Image):
        return _image_summary(value)
    if isinstance(value, Points):
        sizes = [] if value.extent is None else [float(s) for s in value.extent.mean(axis=1)]
        kinds = np.bincount(value.kind, minlength=len(value.names)).tolist()
        return {"kinds": kinds, "nearest": _nearest(value.world), "sizes": sizes, "of": value.kind.tolist()}
    return 1


def _image_summary(image: Image) -> dict[str, Any]:
    """Return channels, unit, type and spacing of an image, and the range all but one in 2000 samples lie in; NaN: none finite."""
    samples = np.asarray(image.array())
    finite = samples[np.isfinite(samples)]
    low, high = np.percentile(finite, [0.05, 99.95]) if finite.size else (np.nan, np.nan)
    return {
        "channels": len(image.channels),
        "unit": image.unit,
        "dtype": str(samples.dtype),
        "low": float(low),
        "high": float(high),
        "spacing": list(image.grid.spacing),
    }


def _nearest(world: NDArray[np.floating]) -> float:
    """Return the median distance of a place (N, d) to the nearest other one, in world units; NaN for fewer than two."""
    if len(world) < 2:
        return float("nan")
    return float(np.median(cKDTree(world).query(world, k=2)[0][:, 1]))


def _finite(values: Sequence[float], join: Callable[..., Any]) -> float | None:
    """Join the finite values; None where there is none."""
    known = [value for value in values if np.isfinite(value)]
    return float(join(known)) if known else None


def _labels(seen: Sequence[Any], target: Target) -> dict[str, Any]:
    """Join one target's labels: how many cases have it, and what of."""
    out: dict[str, Any] = {"type": target.type, "cases": len(seen)}
    if target.type == "mask" and seen:
        counts = np.asarray([row[: len(target.classes)] for row in seen], float)
        total = counts.sum()
        out["classes"] = {
            name: {"share": float(counts[:, i].sum() / max(total, 1)), "cases": int((counts[:, i] > 0).sum())}
            for i, name in enumerate(target.classes)
        }
    elif target.type in ("class", "ordinal", "multilabel") and seen:
        scores = np.asarray(seen, float)
        out["classes"] = {
            name: {"cases": int(np.nansum(scores[:, i]))} for i, name in enumerate(target.classes or range(scores.shape[1]))
        }
    elif target.type in ("points", "boxes") and seen:
        kinds = np.asarray([row["kinds"] for row in seen], float)
        known = [row["nearest"] for row in seen if np.isfinite(row["nearest"])]
        out["classes"] = {n: {"mean": float(kinds[:, i].mean())} for i, n in enumerate(target.classes or ("point",))}
        out["nearest"] = float(np.median(known)) if known else None
        sizes = [size for row in seen for size in row["sizes"]]
        out["size"] = (
            dict(zip(("p10", "median", "p90"), np.percentile(sizes, [10, 50, 90]).tolist(), strict=True)) if sizes else None
        )
        of = np.concatenate([np.asarray(row["of"], int) for row in seen])
        for i, name in enumerate(out["classes"]):
            if sizes and (of == i).any():
                out["classes"][name]["size"] = float(np.median(np.asarray(sizes)[of == i]))
    elif target.type == "image" and seen:
        out |= {name: Counter(row[name] for row in seen).most_common(1)[0][0] for name in ("channels", "unit", "dtype")}
        axes = Counter(len(row["spacing"]) for row in seen).most_common(1)[0][0]
        out["spacing"] = np.median([row["spacing"] for row in seen if len(row["spacing"]) == axes], axis=0).tolist()
        out |= {"low": _finite([row["low"] for row in seen], np.min), "high": _finite([row["high"] for row in seen], np.max)}
    elif target.type in ("count", "proportion", "value") and seen:
        values = np.asarray(seen, float)
        out["values"] = {"mean": float(np.nanmean(values)), "std": float(np.nanstd(values))}
    return out

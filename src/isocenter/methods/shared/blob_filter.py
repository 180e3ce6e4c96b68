"""Blob filter: maxima of the Laplacian of Gaussians, its size and polarity chosen on the learning cases.

In:   images, 2-D or 3-D; points or boxes. Of several inputs or channels the first is looked at.
Out:  points with a score: how likely a maximum so strong is the center of one; as boxes they are all of the median size.
Not:  no shape but round, no context; several kinds are not told apart (all are called the most frequent one).

Reference: Lindeberg, Int J Comput Vis 1998; 30:79-116 (blobs as maxima of the normalized Laplacian).
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_laplace
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from isocenter.core.case import Case, Cases
from isocenter.core.errors import FileError, GeometryError, IsocenterError, SettingError
from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.core.task import Task
from isocenter.imaging.local_maxima import local_maxima
from isocenter.learning.assessed import assessed
from isocenter.methods._baselines.labels import labeled, nothing_to_learn, targets_of
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.metrics.froc import candidates, sensitivity_at

RATES = (0.5, 1.0, 2.0, 4.0)
"""False positives a scan at which a size is judged."""


SIGMAS = (0.7, 1.0, 1.5, 2.0, 3.0)
"""Sizes tried for points, in samples."""
SHARES = (1.0, 0.7, 1.4, 0.5)
"""Sizes tried for boxes, as shares of what the median box asks for; of equals the first is taken."""


@dataclass(frozen=True, kw_only=True)
class BlobFilterConfig:
    """Settings of the filter."""

    sigmas: tuple[float, ...] = ()
    """Sizes tried, in samples of the finest axis; a blob of radius r answers most at r over the root of its number of axes.
    () = 0.7 to 3 for points, and for boxes what the median box asks for, from half of it to 1.4 times as much."""
    radius: float = 3.0
    """A maximum within this distance of a truth, in world units, is a hit; of a box, one inside."""
    cases: int = 100
    """Learning cases looked at, at most."""

    def __post_init__(self) -> None:
        if min(self.sigmas, default=1.0) <= 0 or self.radius <= 0 or self.cases < 1:
            raise SettingError(
                f"expected sizes and radius > 0 and cases >= 1, got {self.sigmas!r}, {self.radius!r} and {self.cases!r}."
            )


class Blobs(Record):
    """What is looked for, for one target."""

    sigma: float
    """Samples of the finest axis."""
    bright: bool
    kind: int
    """Index of the most frequent kind among the target's."""
    slope: float
    """Score = expit(slope * strength + offset)."""
    offset: float
    extent: tuple[float, ...] = ()
    """Full size of every box, world units; () for points."""


class BlobModel:
    """One filter a target."""

    def __init__(self, targets: Sequence[Target], blobs: Mapping[str, Blobs], inputs: Sequence[str]) -> None:
        self.targets, self.blobs, self.inputs = tuple(targets), dict(blobs), tuple(inputs)

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case; a case without a still image is refused."""
        del scratch
        for case in cases:
            try:
                answers = {t.name: find(case, t, self.blobs[t.name], self.inputs) for t in self.targets}
            except (IsocenterError, OSError, ValueError, EOFError) as error:
                yield Prediction(case=case.key, answers={}, refused=str(error))
                continue
            yield Prediction(case=case.key, answers=answers)

    def save(self, folder: Path) -> None:
        """Write model.json."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "inputs": list(self.inputs),
            "targets": [target.model_dump(mode="json") for target in self.targets],
            "blobs": {name: dataclasses.asdict(blobs) for name, blobs in self.blobs.items()},
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")


class BlobFilter:
    """See Method in core/method.py."""

    def __init__(self, task: Task) -> None:
        self.card = Card(
            name="blob_filter",
            task=task.name,
            answers=task.answers,
            learned=False,
            cite="Lindeberg, Feature detection with automatic scale selection, Int J Comput Vis 1998; 30:79-116.",
            differs="One size for all blobs, chosen with the polarity on the learning cases; strengths become probabilities.",
        )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return a plan of few settings."""
        del minutes, gigabytes
        reasons = {"radius": "lesions of a few millimetres, as the operating point of 1.5 false positives a scan has it"}
        return baseline_plan(self.card, study, fingerprint, BlobFilterConfig(), reasons, minutes_a_case=0.005)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> BlobModel:
        """Choose size and polarity of each target by the mean sensitivity at RATES. StudyError without a learning case."""
        del tune
        config = plan.config(BlobFilterConfig)
        targets = targets_of(study, self.card)
        few = learn.select(list(learn.keys)[:: max(1, -(-len(learn) // config.cases))])
        chosen = {}
        for target in targets:
            known = [(case, truth) for case, truth in labeled(target, few) if isinstance(truth, Points)]
            if not known:
                raise nothing_to_learn(target)
            chosen[target.name] = _best(known, target, config, tuple(study.inputs), journal)
        return BlobModel(targets, chosen, tuple(study.inputs))

    def load(self, folder: Path) -> BlobModel:
        """Return the model `save` wrote. FileError if the folder holds none."""
        try:
            data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise FileError(f"expected a saved {self.card.name} model in {folder}, got none ({error}). Train it first.") from error
        targets = [Target.model_validate(target) for target in data["targets"]]
        return BlobModel(
            targets,
            {name: Blobs(**{**fields, "extent": tuple(fields["extent"])}) for name, fields in data["blobs"].items()},
            data["inputs"],
        )


def _best(
    known: Sequence[tuple[Case, Points]], target: Target, config: BlobFilterConfig, inputs: tuple[str, ...], journal: Journal
) -> Blobs:
    """Return the size and polarity that find most; of equals the first."""
    kinds = np.concatenate([truth.kind for _, truth in known])
    kind = int(np.bincount(kinds).argmax()) if len(kinds) else 0
    truths = [truth for _, truth in known]
    extent = _usual_extent(truths, kind)
    sigmas = config.sigmas or _sizes_for(extent, known[0][0], inputs)
    best, most = Blobs(sigma=sigmas[0], bright=True, kind=kind, slope=1.0, offset=0.0, extent=extent), -1.0
    for sigma in sigmas:
        for bright in (True, False):
            if journal.stop_now():
                return best
            tried = Blobs(sigma=sigma, bright=bright, kind=kind, slope=1.0, offset=0.0, extent=extent)
            judged = candidates(truths, [find(case, target, tried, inputs) for case, _ in known], radius=config.radius)
            found = float(np.mean([sensitivity_at(rate, judged, np.ones((1, len(known))))[0] for rate in RATES]))
            if found > most:
                slope, offset = _chances(judged.score, judged.found, judged.found | judged.false)
                best, most = dataclasses.replace(tried, slope=slope, offset=offset), found
    return best


def _usual_extent(truths: Sequence[Points], kind: int) -> tuple[float, ...]:
    """Return the median size of the boxes of a kind, world units; () where the truth has none."""
    sizes = [truth.extent[truth.kind == kind] for truth in truths if truth.extent is not None]
    every = np.concatenate(sizes) if sizes else np.zeros((0, 0))
    return tuple(float(size) for size in np.median(every, axis=0)) if len(every) else ()


def _sizes_for(extent: tuple[float, ...], case: Case, inputs: Sequence[str]) -> tuple[float, ...]:
    """Return the sizes to try, in samples of the finest axis."""
    if not extent:
        return SIGMAS
    radius = float(np.mean(extent)) / 2 / min(_first(case, inputs)[1].spacing)
    return tuple(share * radius / float(np.sqrt(len(extent))) for share in SHARES)


def _chances(score: NDArray[np.floating], hit: NDArray[np.bool_], counts: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and offset that make the strength behind a score the chance of a hit; further hits of a lesion do not count."""
    strength = _strength(score[counts])
    if len(np.unique(hit[counts])) < 2:
        return 1.0, 0.0
    fitted = LogisticRegression().fit(strength[:, None], hit[counts])
    slope = float(fitted.coef_[0, 0])
    return (slope, float(fitted.intercept_[0])) if slope > 0 else (1.0, 0.0)


def _strength(score: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the strength whose score, with slope 1 and offset 0, this is."""
    p = np.clip(np.asarray(score, float), 1e-12, 1 - 1e-12)
    return np.asarray(np.log(p / (1 - p)))


def find(case: Case, target: Target, blobs: Blobs, inputs: Sequence[str]) -> Points:
    """Return the maxima of the filter where the label speaks. GeometryError for a case without a still image.

    Their strength is counted in deviations of the filtered image, so that a scanner's gain does not matter.
    """
    image, grid = _first(case, inputs)
    samples = np.nan_to_num(np.asarray(image.array()[0], float), nan=0.0, posinf=0.0, neginf=0.0)  # (*S)
    finest = min(grid.spacing)
    answer = gaussian_laplace(samples, [blobs.sigma * finest / step for step in grid.spacing], mode="nearest")
    answer = -answer if blobs.bright else answer
    where = assessed(case, target, grid)
    inside = answer if where is None else answer[where]
    names = target.classes or (target.name,)
    if inside.size == 0 or np.ptp(inside) == 0:
        nowhere = np.zeros((0, grid.ndim))
        return Points(
            world=nowhere, kind=np.zeros(0, np.intp), score=np.zeros(0), names=names, extent=nowhere if blobs.extent else None
        )
    strength = (answer - np.median(inside)) / max(float(inside.std()), 1e-12)
    hidden = strength if where is None else np.where(where, strength, strength.min() - 1.0)
    maxima = local_maxima(hidden, distance=max(blobs.sigma, 1.0) * finest, spacing=grid.spacing, above=0.0)
    world = grid.to_world(maxima.index) if len(maxima.index) else np.zeros((0, grid.ndim))
    score = np.asarray(expit(blobs.slope * maxima.value + blobs.offset))
    return Points(
        world=world,
        kind=np.full(len(world), blobs.kind, np.intp),
        score=score,
        names=names,
        extent=np.tile(blobs.extent, (len(world), 1)) if blobs.extent else None,
    )


def _first(case: Case, inputs: Sequence[str]) -> tuple[Image, Grid]:
    for name in inputs:
        image = case.inputs.get(name)
        if isinstance(image, Image) and not image.grid.times_s:
            return image, image.grid
    raise GeometryError(f"expected a still image among the inputs of case {case.key}, got none: nowhere to look for blobs.")


def method(task: Task) -> BlobFilter:
    """Return it for a task."""
    return BlobFilter(task)

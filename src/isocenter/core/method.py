"""Card, Method and Model: a recipe, and what it leaves fitted."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from isocenter.core.case import Case, Cases
from isocenter.core.journal import Journal
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Study
from isocenter.core.value import Kind

Reads = Literal["images", "pictures", "series", "ct", "graphs", "covariates", "text", "slides"]
"""What a study must show a method; pictures: images of two axes, series: images over time, ct: images in HU."""


class Card(Record):
    """What is printed of a method, network or loss without importing what it is made of."""

    name: str
    task: str
    answers: frozenset[Kind]
    learned: bool
    cite: str
    differs: str
    """How ours differs from the cited one; "" if it does not."""
    reads: Reads = "images"
    unpaired: bool = False
    """It learns from images wanted whose case shows nothing to make them of, too."""


class Model(Protocol):
    """Fitted by construction. Streams, so it may batch, tile and overlap reading; big answers are memory maps in scratch."""

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case, in order."""
        ...

    def save(self, folder: Path) -> None:
        """Write safetensors and JSON; nothing pickled."""
        ...


@runtime_checkable
class Generator(Model, Protocol):
    """A model whose cases are requests."""

    def refusal(self, case: Case) -> str:
        """Return why a request cannot be answered, "" where it can. Makes nothing."""
        ...


class Method(Protocol):
    """A recipe: classical or learned, one network or two. A generator's cases are requests (seed, class, mask)."""

    card: Card

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting, with its reason, for a budget."""
        ...

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> Model:
        """Fit to `learn`; choose thresholds and checkpoints on `tune`."""
        ...

    def load(self, folder: Path) -> Model:
        """Return a model that `save` wrote."""
        ...

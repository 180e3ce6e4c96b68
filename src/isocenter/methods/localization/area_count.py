"""Area: how many objects there are, from how much of the image they fill.

In:   images and dots.
Out:  counts by a line through the foreground's share of the learning cases; no points.
Not:  nothing is split or found: a count by area cannot tell one large object from two small ones.

Reference: Lempitsky & Zisserman, NeurIPS 2010 (regression on global features as the baseline of counting).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Cases
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.imaging.otsu import otsu_foreground
from isocenter.methods._baselines.constant import NoSettings
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods.localization._classical import ClassicalCounter, Found, common, fields, load_counter, sides

MOST = 200
"""Learning cases looked at: a line needs no more."""


class AreaCount:
    """A line through the share of the foreground."""

    card = Card(
        name="area_count",
        task="localization",
        answers=frozenset({"points"}),
        learned=False,
        cite="Lempitsky & Zisserman, Learning to count objects in images, NeurIPS 2010.",
        differs="Otsu's foreground; the channel whose line fits the learning cases best.",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Nothing is chosen before the learning cases are seen."""
        del minutes, gigabytes
        return baseline_plan(self.card, study, fingerprint, NoSettings(), {}, gigabytes=1.0)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> ClassicalCounter:
        """Choose the channel and fit the line."""
        del tune, plan, journal
        seen = fields(study, learn, most=MOST)
        number = np.array([len(field.places) / np.prod(field.grid.shape, dtype=float) for field in seen])  # a sample
        best: tuple[float, dict[str, Any]] | None = None
        for name, bright in sides(seen):
            share = np.array([otsu_foreground(field.channels[name], bright=bright).mean() for field in seen])
            design = np.stack([share, np.ones_like(share)], axis=1)
            line = np.linalg.lstsq(design, number, rcond=None)[0]
            error = float(np.abs(design @ line - number).mean())
            if best is None or error < best[0] - 1e-12:
                best = (error, {"channel": name, "bright": bright, "slope": float(line[0]), "start": float(line[1])})
        chosen = best[1] if best is not None else {}
        return ClassicalCounter(_by_area, {**common(study, learn), **chosen})

    def load(self, folder: Path) -> ClassicalCounter:
        """Return the model `save` wrote."""
        return load_counter(folder, _by_area, name=self.card.name)


def _by_area(chosen: Mapping[str, Any], samples: NDArray[np.float32]) -> Found:
    share = float(otsu_foreground(samples, bright=bool(chosen["bright"])).mean())
    number = (chosen["slope"] * share + chosen["start"]) * samples.size
    return np.zeros((0, samples.ndim)), np.asarray(max(0.0, number))


METHOD = AreaCount()

"""A colony in one well: cells that divide and die one by one, exponentially or up to a capacity.

In:   rates per hour, a capacity, how many cells were seeded, a generator.
Out:  Colony: place, birth and death of every cell there ever was; the living at any time.
Not:  no picture (microscope.py).

A birth-and-death process: the mean number of cells follows N0 exp(rt), or the logistic curve, and single wells wander about it.

Reference: Gillespie, J Phys Chem 1977; 81:2340 (one event at a time). Verhulst 1838 (logistic growth).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from isocenter.core.record import Record


class Colony(Record):
    """Every cell there ever was, in order of birth; the seeded ones first."""

    xy: NDArray[np.float64]
    """(N, 2) in [0, 1], shares of the picture's side."""
    born_h: NDArray[np.float64]
    died_h: NDArray[np.float64]
    """inf for those that live at the end."""

    def alive(self, hour: float) -> NDArray[np.bool_]:
        """Tell of every cell whether it lives at a time, (N,)."""
        return np.asarray((self.born_h <= hour) & (hour < self.died_h))

    def count(self, hour: float) -> int:
        """Return how many live at a time."""
        return int(self.alive(hour).sum())


def grow(
    *,
    seeded: int,
    rate: float,
    death: float,
    capacity: float,
    hours: float,
    apart: tuple[float, float],
    rng: np.random.Generator,
    most: int,
) -> Colony:
    """Let a colony grow.

    seeded   : cells at the start
    rate     : net growth per hour far below the capacity
    death    : deaths per cell and hour; births are the rest
    capacity : number of cells at which births equal deaths; inf = exponential growth
    hours    : how long
    apart    : least and most distance of a daughter from her mother, shares of the side
    most     : births stop at this many living cells, so that a wrong setting cannot fill the memory
    """
    xy = [tuple(place) for place in rng.uniform(0.03, 0.97, (seeded, 2)).tolist()]
    born, died = [0.0] * seeded, [np.inf] * seeded
    living = list(range(seeded))
    now = 0.0
    while living:
        number = len(living)
        birth = death + rate * (1.0 - number / capacity) if number < most else 0.0
        birth = max(birth, 0.0)
        wait, coin, which, far, turn = rng.random(5).tolist()
        now += -np.log1p(-wait) / (number * (birth + death) + 1e-12)
        if now > hours:
            break
        place = int(which * number)
        mother = living[place]
        if coin * (birth + death) < birth:
            away = apart[0] + far * (apart[1] - apart[0])
            x = _inside(xy[mother][0] + away * np.cos(2 * np.pi * turn))
            y = _inside(xy[mother][1] + away * np.sin(2 * np.pi * turn))
            living.append(len(xy))
            xy.append((x, y))
            born.append(now)
            died.append(np.inf)
        else:
            died[mother] = now
            living[place] = living[-1]
            living.pop()
    return Colony(xy=np.array(xy, float).reshape(-1, 2), born_h=np.array(born, float), died_h=np.array(died, float))


def spread_out(xy: NDArray[np.float64], apart: float, *, rounds: int = 12) -> NDArray[np.float64]:
    """Return places (N, 2) after cells that lie nearer than `apart` have pushed one another away, for some rounds.

    A crowded well stays crowded: they push as far as there is time, not until nobody touches.
    """
    places = np.array(xy, float)
    for _ in range(rounds if len(places) > 1 else 0):
        first, second = cKDTree(places).query_pairs(apart, output_type="ndarray").T
        way = places[second] - places[first]
        far = np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6)
        push = 0.4 * (apart - far) * way / far / 2
        moved = np.zeros_like(places)
        np.add.at(moved, first, -push)
        np.add.at(moved, second, push)
        places = np.clip(places + moved, 0.004, 0.996)
    return places


def _inside(place: float) -> float:
    """Throw a place back from the walls."""
    place = abs(place)
    return float(2.0 - place if place > 1.0 else place)

"""What is put into or onto a patient: pacemaker, monitor leads, tubes.

In:   a Chest, names, a generator, the distance between points.
Out:  Cloud of metal (or of plastic counted as a little metal).
Not:  no burnt-in letters (radiograph/letters.py).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from isocenter.phantoms.body.shapes import Chest
from isocenter.phantoms.body.tubes import ball, join, tube
from isocenter.phantoms.radiograph.projection import Cloud

DEVICES = ("pacemaker", "leads", "tube")


def build_devices(chest: Chest, names: tuple[str, ...], rng: np.random.Generator, *, step_mm: float) -> Cloud:
    """Return the devices named, in the order of DEVICES; each draws from a stream of its own."""
    streams = {name: np.random.default_rng(rng.integers(2**63)) for name in DEVICES}
    makers = {"pacemaker": _pacemaker, "leads": _leads, "tube": _tube}
    return join([makers[name](chest, streams[name], step_mm) for name in DEVICES if name in names])


def _pacemaker(chest: Chest, rng: np.random.Generator, step: float) -> Cloud:
    """A can under the left collarbone and a wire to the tip of the right ventricle."""
    a = chest.anatomy
    side = 1.0 if rng.random() < 0.85 else -1.0
    x, z = side * (0.62 * a.half_width + rng.normal(0, 8)), 0.50 * a.apex + rng.normal(0, 10)
    front = -a.half_depth - 6
    can = ball((x, front, z), (22.0, 5.0, 19.0), step_mm=step)
    vein, atrium = (side * 30.0, -40.0, 0.60 * a.apex), (-18.0, -10.0, 0.30 * a.apex)
    hx, hy, hz = a.heart
    wire = smooth_line([(x, front, z + 15), (x * 0.8, -60, 0.68 * a.apex), vein, atrium, (-24, 0, hz), (hx + 18, hy - 12, hz - 26)])
    return join([can, join([tube(wire, 1.1, step_mm=step)], share=1.5)])


def _leads(chest: Chest, rng: np.random.Generator, step: float) -> Cloud:
    """Electrodes on the skin and their cables."""
    a = chest.anatomy
    parts = []
    for _ in range(int(rng.integers(3, 6))):
        x = rng.uniform(-0.95, 0.95) * a.half_width
        z = rng.uniform(a.dome[1] - 40, 0.6 * a.apex)
        front = -(a.half_depth + a.wall) * np.sqrt(max(0.05, 1 - (x / (a.half_width + a.wall)) ** 2))
        dot = (x, front, z)
        end = (x + rng.normal(0, 60), front, a.base - 60 if rng.random() < 0.6 else a.apex + 60)
        bend = (0.5 * (dot[0] + end[0]) + rng.normal(0, 45), front, 0.5 * (z + end[2]) + rng.normal(0, 30))
        cable = join([tube(smooth_line([dot, bend, end]), 0.8, step_mm=step)], share=0.8)
        parts += [ball(dot, (4.5, 1.5, 4.5), step_mm=step), cable]
    return join(parts)


def _tube(chest: Chest, rng: np.random.Generator, step: float) -> Cloud:
    """A breathing tube in the trachea, or a line in the great vein."""
    a = chest.anatomy
    if rng.random() < 0.5:
        line = [(0, 0, a.apex + 90), (0, 4, a.apex), (0, 10, 0.30 * a.apex + rng.uniform(20, 50))]
        return join([tube(line, 3.5, step_mm=step, shell=0.9)], share=0.16)
    path = smooth_line([(-120, -60, 0.7 * a.apex), (-50, -50, 0.72 * a.apex), (-20, -20, 0.5 * a.apex), (-22, -5, 0.1 * a.apex)])
    return join([tube(path, 1.2, step_mm=step)], share=0.5)


def smooth_line(corners: list[tuple[float, float, float]]) -> NDArray[np.float64]:
    """Return a smooth curve (M, 3) through corners."""
    p = np.asarray(corners, float)
    at = np.linspace(0, len(p) - 1, 24 * len(p))
    return np.asarray(PchipInterpolator(np.arange(len(p)), p, axis=0)(at))

"""Four regions perivascular spaces are counted in: what tissue is there, and where each region ends.

In:   a head; points (3, *S) mm.
Out:  shares of tissue, and the share of the region; which way spaces run.
Not:  no spaces (spaces.py), no signal.

Midbrain and hippocampi are laid over the head of head.py, which has neither: a stem in a cistern; two curved bodies below the
temporal horns. Basal ganglia and centrum semiovale are of one side, as visual scores count them.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.phantoms.brain.head import Head, ball_distance, step, tissue_shares, tube_distance

Floats = NDArray[np.float32]

REGIONS = ("midbrain", "hippocampi", "basal_ganglia", "centrum_semiovale")
HIPPOCAMPUS = ((24.0, -1.0, -18.0, 5.6), (28.0, -13.0, -17.0, 4.8), (26.0, -26.0, -11.0, 3.2))
HORN_ABOVE = ((29.0, 3.0, -14.5, 1.6), (33.5, -13.0, -13.0, 1.8), (30.0, -27.0, -6.0, 2.2))


def region_tissue(head: Head, region: str, points: Floats, edge_mm: float) -> tuple[dict[str, Floats], Floats]:
    """Return the share of each tissue, and how much of each sample belongs to the region, all (*S)."""
    shares = tissue_shares(head, points, edge_mm)
    if region == "midbrain":
        return _midbrain(shares, points, edge_mm)
    if region == "hippocampi":
        return _hippocampi(head, shares, points, edge_mm)
    if region == "basal_ganglia":
        inside = step(-ball_distance(points, (23.0, 4.0, 4.0), (16.0, 24.0, 10.5)), edge_mm)
        return shares, np.asarray(inside * (shares["deep"] + shares["white"]), np.float32)
    inside = step(8.5 - np.abs(points[2] - 36.0), edge_mm) * step(26 - np.abs(points[0] - 30.0), edge_mm)
    return shares, np.asarray(inside * step(35 - np.abs(points[1] + 4.0), edge_mm) * shares["white"], np.float32)


def run_of(region: str, centers: Floats, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the directions (N, 3) in which spaces at centers (N, 3) run: along the vessels they surround."""
    shaken = rng.normal(size=centers.shape)
    if region == "centrum_semiovale":  # from the cortex towards the ventricle
        way = centers - np.array([12.0, -4.0, 12.0]) + 6 * shaken
    elif region == "basal_ganglia":  # up from the base
        way = np.array([0.15, 0.0, 1.0]) + 0.25 * shaken
    elif region == "midbrain":
        way = np.array([0.0, 0.5, 1.0]) + 0.4 * shaken
    else:
        way = shaken
    return np.asarray(way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9), np.float64)


def _over(shares: dict[str, Floats], name: str, share: Floats) -> dict[str, Floats]:
    """Lay a tissue over the others."""
    out = {other: np.asarray(held * (1 - share), np.float32) for other, held in shares.items()}
    out[name] = np.asarray(out[name] + share, np.float32)
    return out


def _midbrain(shares: dict[str, Floats], points: Floats, edge_mm: float) -> tuple[dict[str, Floats], Floats]:
    """A stem with two feet, two dark nuclei and a canal, in a cistern."""
    half = np.stack([np.abs(points[0]), points[1], points[2]])
    stem = ball_distance(points, (0.0, -22.0, -22.0), (15.5, 11.0, 60.0))
    foot = tube_distance(half, ((8.0, -14.0, -45.0, 7.0), (12.0, -9.0, 0.0, 7.5)))
    body = np.minimum(stem, foot)
    pit = ball_distance(points, (0.0, -6.0, -22.0), (5.0, 8.0, 40.0))
    shares = _over(shares, "csf", step(4.5 - body, edge_mm))
    shares = _over(shares, "gray", step(-body, edge_mm) * step(pit, edge_mm) * np.float32(0.35))
    solid = step(-body, edge_mm) * step(pit, edge_mm)
    shares = _over(shares, "white", np.asarray(solid * np.float32(0.65), np.float32))
    nuclei = np.minimum(
        ball_distance(half, (4.5, -18.0, -20.0), (3.0, 3.0, 5.0)),
        tube_distance(half, ((4.0, -12.5, -24.0, 1.4), (12.0, -16.0, -20.0, 1.6))),
    )
    shares = _over(shares, "deep", step(-nuclei, edge_mm) * solid)
    canal = ball_distance(points, (0.0, -28.0, -22.0), (1.4, 1.6, 60.0))
    shares = _over(shares, "csf", step(-canal, edge_mm))
    reach = step(7.5 - np.abs(points[2] + 22.0), edge_mm)
    return shares, np.asarray(solid * step(canal - 0.5, edge_mm) * reach, np.float32)


def _hippocampi(head: Head, shares: dict[str, Floats], points: Floats, edge_mm: float) -> tuple[dict[str, Floats], Floats]:
    """Two curved bodies of gray matter, the horns above them, a cistern between."""
    half = np.stack([np.abs(points[0]), points[1], points[2]])
    stem = ball_distance(points, (0.0, -20.0, -20.0), (13.0, 12.0, 50.0))
    shares = _over(shares, "csf", step(5.0 - stem, edge_mm))
    shares = _over(shares, "white", step(-stem, edge_mm) * np.float32(0.8))
    body = tube_distance(half, HIPPOCAMPUS)
    horn = tube_distance(half, HORN_ABOVE, head.ventricle)
    solid = np.asarray(step(-body, edge_mm) * step(horn, edge_mm), np.float32)
    shares = _over(shares, "gray", solid)
    shares = _over(shares, "csf", step(-horn, edge_mm))
    return shares, np.asarray(solid, np.float32)

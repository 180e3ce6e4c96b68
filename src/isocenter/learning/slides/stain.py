"""Stains of tiles: normalized, so that unlike laboratories look alike; jittered, so that one laboratory looks like many.

In:   tiles (N, 3, P, P), 8 bit; a few tiles of the slide they are from; a reference.
Out:  tiles with the reference's stains or colors; in training, tiles whose stains were changed at random.
Not:  the arithmetic of normalization (imaging/macenko.py, imaging/reinhard.py).

Reference: Tellez et al., Med Image Anal 2019; 58:101544 (jitter in hematoxylin and eosin); Ruifrok & Johnston, Anal Quant Cytol
           Histol 2001; 23:291-299 (their colors).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.core.options import frozen
from isocenter.core.record import Record
from isocenter.imaging.macenko import Stains, fit_stains, mean_stains, restain
from isocenter.imaging.reinhard import Colors, fit_colors, mean_colors, recolor
from isocenter.imaging.tissue import PALEST, optical_density

NONE = "none"
WAYS = (NONE, "macenko", "reinhard")
PIXELS = 60_000
"""Of a slide, its stains are told from."""
RUIFROK = ((0.65, 0.70, 0.29), (0.07, 0.99, 0.11), (0.27, 0.57, 0.78))
"""Hematoxylin, eosin, and what is neither."""
SHIFT = 0.15
"""Of the amount of a dye, at jitter of strength 1, in optical density."""

Palette = Stains | Colors


class Reference(Record):
    """What every slide is made to look like."""

    way: str = NONE
    palette: Palette | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"way": self.way, "palette": None if self.palette is None else dict(vars(self.palette))}


def reference_from(data: Mapping[str, Any]) -> Reference:
    """Return the reference `as_json` gave."""
    given = data["palette"]
    if given is None:
        return Reference(way=str(data["way"]))
    kind: type[Stains] | type[Colors] = Stains if data["way"] == "macenko" else Colors
    return Reference(way=str(data["way"]), palette=kind(**frozen_fields(given)))


def frozen_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as a record holds them: lists, as JSON has them, become tuples."""
    return {name: frozen(value) for name, value in given.items()}


def palette_of(way: str, tiles: NDArray[np.uint8], *, white: tuple[float, float, float]) -> Palette | None:
    """Return the stains or colors of a slide from some of its tiles; None where they cannot be told, or nobody asks."""
    if way == NONE or not len(tiles):
        return None
    pixels = tiles.transpose(1, 0, 2, 3).reshape(3, -1)
    pixels = pixels[:, :: max(1, pixels.shape[1] // PIXELS)]
    if way == "macenko":
        return fit_stains(pixels, white=white)
    stained = optical_density(pixels, white=np.asarray(white)).mean(axis=0) > PALEST
    return fit_colors(pixels[:, stained]) if stained.any() else None


def reference_of(way: str, found: Sequence[Palette | None]) -> Reference:
    """Return what lies in the middle of the learning slides; one that leaves slides as they are where none could be told."""
    stains = [one for one in found if isinstance(one, Stains)]
    colors = [one for one in found if isinstance(one, Colors)]
    if stains:
        return Reference(way=way, palette=mean_stains(stains))
    return Reference(way=way, palette=mean_colors(colors) if colors else None)


def normalized(tiles: NDArray[np.uint8], own: Palette | None, reference: Reference) -> NDArray[np.uint8]:
    """Return tiles (N, 3, P, P) as the reference would look; as they are where either is not known."""
    if own is None or reference.palette is None:
        return tiles
    flat = tiles.transpose(1, 0, 2, 3)  # (3, N, P, P)
    if isinstance(own, Stains) and isinstance(reference.palette, Stains):
        made = restain(flat, own, reference.palette)
    elif isinstance(own, Colors) and isinstance(reference.palette, Colors):
        made = recolor(flat, own, reference.palette)
    else:
        return tiles
    return np.ascontiguousarray(made.transpose(1, 0, 2, 3))


def as_tensor(tiles: NDArray[np.uint8]) -> Tensor:
    """Return tiles as a network sees them, (N, 3, P, P) in [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(tiles)).float().div_(127.5).sub_(1.0)


def jittered(tiles: Tensor, generator: np.random.Generator, *, strength: float) -> Tensor:
    """Return tiles (N, 3, P, P) in [-1, 1] of which each has a little more or less of either dye."""
    if strength <= 0:
        return tiles
    count = len(tiles)
    dyes = torch.tensor(RUIFROK)
    dyes = dyes / dyes.norm(dim=1, keepdim=True)
    density = -torch.log10(((tiles + 1) * 127.5).clamp(1.0, 255.0) / 255.0)  # (N, 3, P, P)
    amount = torch.einsum("nchw,cd->ndhw", density, torch.linalg.inv(dyes))
    gain = torch.from_numpy(1.0 + 0.5 * strength * generator.uniform(-1, 1, (count, 3, 1, 1))).float()
    shift = torch.from_numpy(SHIFT * strength * generator.uniform(-1, 1, (count, 3, 1, 1))).float()
    density = torch.einsum("ndhw,dc->nchw", amount * gain + shift, dyes)
    return (255.0 * 10.0**-density).clamp_(0.0, 255.0).div_(127.5).sub_(1.0)


def turned(tiles: Tensor, generator: np.random.Generator) -> Tensor:
    """Return tiles each turned by a quarter or mirrored, one of the eight ways: tissue has no up."""
    made = []
    for tile, way in zip(tiles, generator.integers(8, size=len(tiles)), strict=True):
        quarter = torch.rot90(tile, int(way) % 4, dims=(1, 2))
        made.append(quarter.flip(1) if way >= 4 else quarter)
    return torch.stack(made)

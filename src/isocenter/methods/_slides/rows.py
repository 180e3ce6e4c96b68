"""What the network says of a slide, row of tiles by row; a killed prediction goes on with the row it was at.

In:   a slide, its tiles, a network; a folder for the rows.
Out:  features and logits of every tile. Each row is a file, whole or not there.
Not:  what is made of them (model.py).

Memory: one row of tiles is held besides what is said of all: some hundred bytes a tile.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.core.slide import Slide
from isocenter.learning.slides.network import SlideNetwork
from isocenter.learning.slides.stain import Palette, Reference, as_tensor, normalized
from isocenter.learning.slides.tiles import Tiles, read_run, runs_of

T = TypeVar("T")
AHEAD = 2
"""Runs of tiles read while the network looks at one."""


class Said(Record):
    """What a network says of tiles."""

    features: NDArray[np.float16]
    """(N, F)."""
    logits: NDArray[np.float32]
    """(N, K)."""


class Look(Record):
    """All that decides what is said of a slide."""

    slide: Slide
    tiles: Tiles
    own: Palette | None
    reference: Reference
    side_px: int
    mark: str
    """Of the network: another one's rows are not taken."""
    precision: str = "float32"

    def folder(self, scratch: Path) -> Path:
        """Return where this look's rows lie: another slide, network or tile table has another place."""
        told = hashlib.sha256(repr((self.mark, self.slide.grid, self.own, self.tiles.white, self.side_px, self.precision)).encode())
        for part in (self.tiles.rows, self.tiles.columns, self.tiles.tissue):
            told.update(np.ascontiguousarray(part).tobytes())
        return scratch / "slides" / told.hexdigest()[:24]


def look_over(network: SlideNetwork, look: Look, scratch: Path) -> Said:
    """Return what is said of all tiles; rows that were looked at before are not looked at again."""
    folder = look.folder(scratch)
    folder.mkdir(parents=True, exist_ok=True)
    classes = network.config.classes
    features = np.zeros((len(look.tiles), network.features), np.float16)
    logits = np.zeros((len(look.tiles), classes), np.float32)
    for row in np.unique(look.tiles.rows):
        here = np.flatnonzero(look.tiles.rows == row)
        path = folder / f"{row:06d}.npz"
        said = _kept(path, len(here)) or _of_row(network, look, int(row), path)
        features[here], logits[here] = said.features, said.logits
    return Said(features=features, logits=logits)


def _kept(path: Path, count: int) -> Said | None:
    """Return a row that was looked at before; None where it was not."""
    if not path.exists():
        return None
    with np.load(path) as kept:
        said = Said(features=kept["features"], logits=kept["logits"])
    return said if len(said.features) == count else None


def _of_row(network: SlideNetwork, look: Look, row: int, path: Path) -> Said:
    """Look at one row and keep what is said of it."""
    found = [say(network, tiles, precision=look.precision) for tiles in _read_ahead(look, row)]
    said = Said(features=np.concatenate([one.features for one in found]), logits=np.concatenate([one.logits for one in found]))
    beside = path.with_name(f".{path.name}.{os.getpid()}.npz")
    np.savez(beside, features=said.features, logits=said.logits)
    os.replace(beside, path)
    return said


@torch.inference_mode()
def say(network: SlideNetwork, tiles: NDArray[np.uint8], *, precision: str = "float32") -> Said:
    """Return what a network says of tiles (N, 3, P, P)."""
    device = next(network.parameters()).device
    shown = as_tensor(tiles).to(device).contiguous(memory_format=torch.channels_last)
    with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16"):
        features, logits = network.look(shown)
    return Said(features=features.float().cpu().numpy().astype(np.float16), logits=logits.float().cpu().numpy())


def read_tiles(look: Look, run: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Return tiles side by side as the network sees them, stains normalized."""
    return normalized(read_run(look.slide, look.tiles, run, look.side_px), look.own, look.reference)


def _read_ahead(look: Look, row: int) -> Iterator[NDArray[np.uint8]]:
    """Yield the tiles of a row, run by run, the next ones read meanwhile."""
    with ThreadPoolExecutor(1) as reader:
        yield from _ahead(reader, (partial(read_tiles, look, run) for run in runs_of(look.tiles, row)))


def _ahead(reader: ThreadPoolExecutor, works: Iterable["partial[T]"]) -> Iterator[T]:
    left = iter(works)
    running: list[Future[T]] = [reader.submit(work) for work in islice(left, AHEAD)]
    while running:
        made = running.pop(0).result()
        running += [reader.submit(work) for work in islice(left, 1)]
        yield made

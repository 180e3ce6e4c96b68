"""Letters and frames burnt into a film: side markers, view words, arrows.

In:   text, a place, a size in pixels.
Out:  ink in [0, 1], (X, Y).
Not:  no decision of what is written (film.py, chest_xray.py).
"""

import numpy as np
from numpy.typing import NDArray

_FONT = {
    "A": "01110100011000111111100011000110001", "B": "11110100011000111110100011000111110",
    "C": "01111100001000010000100001000001111", "D": "11110100011000110001100011000111110",
    "E": "11111100001000011110100001000011111", "I": "01110001000010000100001000010001110",
    "L": "10000100001000010000100001000011111", "M": "10001110111010110001100011000110001",
    "N": "10001110011010110011100011000110001", "O": "01110100011000110001100011000101110",
    "P": "11110100011000111110100001000010000", "R": "11110100011000111110101001001010001",
    "S": "01111100001000001110000010000111110", "T": "11111001000010000100001000010000100",
    "U": "10001100011000110001100011000101110", "X": "10001100010101000100010101000110001",
    "0": "01110100011001110101110011000101110", "1": "00100011000010000100001000010001110",
    "2": "01110100010000100110010001000011111", "3": "11110000010000101110000010000111110",
    "5": "11111100001111000001000011000101110", ":": "00000001000010000000001000010000000",
    " ": "0" * 35,
}  # fmt: skip


def letter_ink(shape: tuple[int, int], text: str, center: tuple[float, float], height_px: float) -> NDArray[np.float32]:
    """Return the ink of a word, its middle at a share of the picture's size; letters it does not know are left blank.

    Each letter is a 5 x 7 cell, sampled smoothly, so that it keeps its look at any size.
    """
    glyphs = [np.array([int(bit) for bit in _FONT.get(c, _FONT[" "])], float).reshape(7, 5).T for c in text.upper()]
    cells = np.concatenate([np.pad(g, ((0, 1), (0, 0))) for g in glyphs]) if glyphs else np.zeros((1, 7))  # (6n, 7)
    cells = np.pad(cells, 1)
    cell = height_px / 7.0
    i = (np.arange(shape[0]) + 0.5 - center[0] * shape[0]) / cell + cells.shape[0] / 2 - 0.5
    j = (np.arange(shape[1]) + 0.5 - center[1] * shape[1]) / cell + cells.shape[1] / 2 - 0.5
    soft = _between(cells.shape[0], i, cell) @ cells @ _between(cells.shape[1], j, cell).T
    return np.clip(soft, 0, 1).astype(np.float32)


def _between(n: int, at: NDArray[np.float64], cell_px: float) -> NDArray[np.float64]:
    """Return weights (len(at), n): how much of each pixel every one of n cells covers."""
    half = 0.5 / max(cell_px, 1e-6)  # half a pixel, in cells
    low = np.clip(at[:, None] - half, np.arange(n) - 0.5, np.arange(n) + 0.5)
    high = np.clip(at[:, None] + half, np.arange(n) - 0.5, np.arange(n) + 0.5)
    return np.asarray((high - low) / (2 * half))

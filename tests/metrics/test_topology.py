"""Betti numbers of shapes whose parts, holes and cavities are known."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.metrics.topology import betti_numbers, euler_characteristic


def ring(size: int = 7) -> np.ndarray:
    mask = np.ones((size, size), bool)
    mask[2:-2, 2:-2] = False
    return mask


def test_disk_ring_and_eight() -> None:
    eight = np.concatenate([ring(), ring()], axis=1)
    apart = np.concatenate([ring(), np.zeros((7, 1), bool), ring()], axis=1)
    assert betti_numbers(np.ones((4, 5), bool)) == (1, 0)
    assert betti_numbers(ring()) == (1, 1)
    assert betti_numbers(eight) == (1, 2)
    assert betti_numbers(apart) == (2, 2)
    assert betti_numbers(np.zeros((4, 5), bool)) == (0, 0)


def test_ball_shell_torus_and_tunnels() -> None:
    solid = np.ones((7, 7, 7), bool)
    shell = solid.copy()
    shell[2:5, 2:5, 2:5] = False
    pipe = solid.copy()
    pipe[3, 3, :] = False
    crossed = pipe.copy()
    crossed[3, :, 3] = False
    assert betti_numbers(solid) == (1, 0, 0)
    assert betti_numbers(shell) == (1, 0, 1)
    assert betti_numbers(pipe) == (1, 1, 0)
    assert betti_numbers(crossed) == (1, 3, 0)  # four mouths that meet inside
    assert betti_numbers(np.zeros((3, 3, 3), bool)) == (0, 0, 0)


def test_corners_join_what_is_there_and_do_not_open_what_is_not() -> None:
    assert betti_numbers(np.eye(3, dtype=bool)) == (1, 0)
    diamond = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], bool)
    assert betti_numbers(diamond) == (1, 1)
    two = np.zeros((2, 2, 2), bool)
    two[0, 0, 0] = two[1, 1, 1] = True
    assert betti_numbers(two) == (1, 0, 0)


def test_the_image_border_encloses_nothing() -> None:
    open_ring = ring()[:, 2:]
    assert betti_numbers(open_ring) == (1, 0)


@pytest.mark.parametrize("shape", [(9, 8), (6, 5, 7)])
def test_any_mask_keeps_the_euler_characteristic_and_no_turn_or_flip_changes_it(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    for share in (0.2, 0.5, 0.8):
        mask = rng.random(shape) < share
        numbers = betti_numbers(mask)
        assert all(n >= 0 for n in numbers)
        assert sum((-1) ** k * n for k, n in enumerate(numbers)) == euler_characteristic(mask)
        assert betti_numbers(np.flip(mask.swapaxes(0, 1), 0)) == numbers


def test_lines_are_refused() -> None:
    with pytest.raises(GeometryError, match="two or three axes"):
        betti_numbers(np.ones(4, bool))

"""Figures of two sections: squares by turns, and what lies on what."""

import numpy as np

from isocenter.figures.sections import DrawnPair, checkerboard, draw_pair, overlay
from isocenter.figures.style import to_png


def test_squares_come_from_either_picture_by_turns():
    first, second = np.zeros((3, 16, 16), np.uint8), np.full((3, 16, 16), 200, np.uint8)
    found = checkerboard(first, second, squares=4)
    assert (found[:, :4, :4] == 0).all()
    assert (found[:, 4:8, :4] == 200).all()
    assert (found == 0).mean() == 0.5


def test_what_agrees_is_gray_and_what_does_not_is_green_or_magenta():
    a, b = np.array([[1.0, 0.0, 1.0, 0.0]], np.float32), np.array([[1.0, 1.0, 0.0, 0.0]], np.float32)
    found = overlay(a, b)[:, 0].T.tolist()
    assert found == [[0, 0, 0], [255, 0, 255], [0, 255, 0], [255, 255, 255]]


def test_a_pair_is_drawn_with_and_without_bend_and_landmarks():
    shape, nothing = (40, 30), np.zeros((0, 2))
    picture, dye = np.full((3, *shape), 200, np.uint8), np.zeros(shape, np.float32)
    shared = {"fixed": picture, "moved": picture, "fixed_dye": dye, "moved_dye": dye, "um": 8.0}
    plain = DrawnPair(**shared, jacobian=None, fixed_landmarks=nothing, carried_landmarks=nothing)
    figure = draw_pair(plain)
    assert [axes.get_title(loc="left") for axes in figure.axes][4:] == ["No bend", "No landmarks given"]
    marked = DrawnPair(**shared, jacobian=np.ones(shape), fixed_landmarks=np.ones((2, 2)), carried_landmarks=np.ones((2, 2)))
    assert to_png(draw_pair(marked)).startswith(b"\x89PNG")

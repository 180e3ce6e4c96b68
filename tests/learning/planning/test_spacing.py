"""The working spacing follows nnU-Net's rule, and says why."""

import numpy as np

from isocenter.learning.planning.spacing import choose_longest, choose_spacing


def test_cases_of_one_spacing_are_not_resampled():
    assert choose_spacing([(1, 1, 1)] * 5, [(35, 50, 36)] * 5, unit="mm").value == ()


def test_pictures_without_a_pixel_size_are_not_resampled():
    assert choose_spacing([(1, 1), (2, 2)], [(10, 10)] * 2, unit="px").value == ()


def test_the_median_is_taken_per_axis():
    setting = choose_spacing([(0.7, 0.7, 1.0), (0.8, 0.8, 1.5), (0.9, 0.9, 2.0)], [(512, 512, 300)] * 3, unit="mm")
    assert setting.value == (0.8, 0.8, 1.5)
    assert "3 cases" in setting.reason


def test_a_thick_and_short_axis_takes_the_tenth_percentile():
    spacings = [(0.5, 0.5, z) for z in (2.0, 5.0, 5.0, 5.0, 6.0)]
    setting = choose_spacing(spacings, [(400, 400, 20)] * 5, unit="mm")
    assert setting.value[2] == np.percentile([z for _, _, z in spacings], 10).round(6)
    assert "10th percentile" in setting.reason


def test_pictures_of_unlike_sizes_and_unknown_scale_are_seen_whole():
    setting = choose_longest([(400, 300), (2000, 1600)], unit="px", samples=256**2, objects=False)
    assert setting.value == 256
    assert "factor 5.0" in setting.reason


def test_pictures_of_one_size_of_known_scale_or_of_objects_are_not_rescaled():
    assert choose_longest([(565, 584)] * 3, unit="px", samples=256**2, objects=False).value == 0
    assert choose_longest([(400, 300), (2000, 1600)], unit="mm", samples=256**2, objects=False).value == 0
    assert choose_longest([(256, 256), (1388, 1040)], unit="px", samples=256**2, objects=True).value == 0

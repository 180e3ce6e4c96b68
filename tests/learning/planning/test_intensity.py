"""CT keeps its scale; everything else is scaled image by image."""

from isocenter.learning.planning.intensity import choose_intensity

NUMBERS = {"mean": 50.0, "std": 20.0, "median": 48.0, "p005": -30.0, "p995": 140.0}


def test_ct_is_clipped_to_the_foregrounds_percentiles():
    chosen = {s.name: s.value for s in choose_intensity("HU", NUMBERS)}
    assert chosen == {"scheme": "ct", "low": -30.0, "high": 140.0, "mean": 50.0, "deviation": 20.0}


def test_anything_else_is_scaled_image_by_image():
    (only,) = choose_intensity("1", NUMBERS)
    assert only.value == "zscore"
    assert "not Hounsfield" in only.reason


def test_what_is_counted_is_scaled_by_the_numbers_of_all_pictures():
    chosen = {s.name: s.value for s in choose_intensity("1", NUMBERS, amounts=True)}
    assert (chosen["scheme"], chosen["mean"], chosen["deviation"]) == ("ct", 50.0, 20.0)

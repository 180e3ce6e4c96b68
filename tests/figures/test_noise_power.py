"""A curve of noise power an image, each named, those given dashed."""

import numpy as np

from isocenter.figures.noise_power import NoiseCurve, draw_noise_power
from isocenter.figures.style import to_png


def test_each_curve_is_named_and_drawn():
    at = np.linspace(0.1, 0.5, 5)
    curves = [
        NoiseCurve(name="true image", frequency=at, power=np.ones(5), given=True),
        NoiseCurve(name="degraded", frequency=at, power=10 * np.ones(5), given=True),
        NoiseCurve(name="model", frequency=at, power=1 / at),
    ]
    figure = draw_noise_power(curves, unit="HU", length="mm")
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["true image", "degraded", "model"]
    assert axes.get_ylabel() == "noise power, HU² · mm²"
    assert to_png(figure).startswith(b"\x89PNG")

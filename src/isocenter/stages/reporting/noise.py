"""The noise power spectra of a restoration: input, true image and every answer, in the same flat places.

In:   Contents, the cases, the answers of the model and of what stands beside it.
Out:  a Drawing; None where the answer is no image, or no input shows what the true image shows.
Not:  no spectra of its own (metrics/noise_power.py).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case, Cases
from isocenter.core.image import Image
from isocenter.core.prediction import Prediction
from isocenter.core.study import Target
from isocenter.figures.evidence import Drawing
from isocenter.figures.noise_power import NoiseCurve, draw_noise_power
from isocenter.metrics.noise_power import flat_squares, noise_power, squares_of
from isocenter.stages.reporting.contents import Contents

CASES = 24
"""Cases measured, at most."""
SLICES = 4
"""Of a volume."""
TRUE = "true image"


def noise_of(contents: Contents, cases: Cases, answers: Mapping[str, Mapping[str, Prediction]]) -> Drawing | None:
    """Draw the spectra. `answers` : by who ("model", a method's name), then by case."""
    target = contents.target
    if target is None or target.type != "image" or contents.generates:
        return None
    squares: dict[str, list[NDArray[np.float64]]] = {}
    spacing: tuple[float, float] | None = None
    unit, length, measured = target.unit, "px", 0
    for key in list(answers.get("model", {}))[:CASES]:
        images = _images(cases[key], target, {who: said.get(key) for who, said in answers.items()})
        if images is None:
            continue
        truth = images[TRUE]
        here = (float(truth.grid.spacing[0]), float(truth.grid.spacing[1]))
        if spacing is not None and not np.allclose(here, spacing, rtol=0.01):
            continue  # frequencies of another grid are others
        found = _squares(images)
        if found:
            spacing, length, measured = here, truth.grid.unit, measured + 1
            for who, parts in found.items():
                squares.setdefault(who, []).extend(parts)
    if spacing is None:
        return None
    curves = []
    for who, parts in squares.items():
        spectrum = noise_power(np.concatenate(parts), spacing)
        curves.append(
            NoiseCurve(name=who, frequency=spectrum.frequency, power=spectrum.power, given=who not in answers)
        )  # fmt: skip
    return Drawing(
        name="noise_power",
        title="Noise power",
        caption=f"Noise of each image by frequency, in {sum(map(len, squares[TRUE]))} flat squares of {measured} cases, the same "
        "in all. Where an answer lies below the true image it is smoother than a good scan; where it keeps the input's height "
        "at the left and falls at the right, blotches are left.",
        figure=draw_noise_power(curves, unit=unit, length=length),
        wide=True,
    )


def _images(case: Case, target: Target, said: Mapping[str, Prediction | None]) -> dict[str, Image] | None:
    """Return true image, input and answers of a case on one grid; None without a true image, an input of its kind or an answer."""
    truth = case.labels.get(target.name)
    if not isinstance(truth, Image) or truth.grid.times_s:
        return None
    inputs = {name: shown for name, shown in case.inputs.items() if isinstance(shown, Image)}
    alike = {n: i for n, i in inputs.items() if i.unit == truth.unit and i.shape == truth.shape and i.grid.same_as(truth.grid)}
    given = {who: p.answers.get(target.name) for who, p in said.items() if p is not None}
    answered = {who: image for who, image in given.items() if isinstance(image, Image) and image.shape == truth.shape}
    return {TRUE: truth, **alike, **answered} if alike and len(answered) == len(said) else None


def _squares(images: Mapping[str, Image]) -> dict[str, list[NDArray[np.float64]]]:
    """Return the squares of every image, in places that are flat in the true one; {} where there are none."""
    sheets = {who: _sheets(image) for who, image in images.items()}
    found: dict[str, list[NDArray[np.float64]]] = {}
    for number, truth in enumerate(sheets[TRUE]):
        places = flat_squares(truth)
        if places:
            for who, slices in sheets.items():
                found.setdefault(who, []).append(squares_of(slices[number], places))
    return found


def _sheets(image: Image) -> list[NDArray[np.float64]]:
    """Return a few slices (X, Y) of the first channel, evenly spaced."""
    samples = np.asarray(image.array()[0], float)
    if samples.ndim == 2:
        return [samples]
    places = np.unique(np.linspace(0, samples.shape[2] - 1, SLICES + 2).round().astype(int))[1:-1] if samples.shape[2] > 2 else [0]
    return [samples[:, :, at] for at in places]

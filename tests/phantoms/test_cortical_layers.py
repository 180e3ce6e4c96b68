"""Sections of cortex: layers in order, thickness, what bends them and what tells them apart."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cortex.ribbon import LAYERS, OUTSIDE, WHITE, bend
from isocenter.phantoms.phantom import Seeds
from isocenter.phantoms.retina.paint import Canvas

CORTEX = PHANTOMS.get("cortical_layers")
PLAIN = CORTEX.with_parameters(
    curvature=[0.0, 0.0],
    thinning_mm_a_year=0.0,
    thickness_mm=[2.5, 0.0],
    wander={"length_mm": 1.6, "pia_mm": 0.0, "thickness": 0.0},
    share_sd={"person": 0.0, "along": 0.0, "length_mm": 1.2},
)


def ribbon(phantom, seed=0):
    canvas = Canvas(size=400, sample_mm=4.2 / 400)
    return bend(phantom.parameters, canvas, np.random.default_rng(seed), np.random.default_rng([seed, 1]), age=50.0), canvas


def test_a_straight_ribbon_is_as_thick_as_asked_and_its_layers_have_their_shares():
    made, canvas = ribbon(PLAIN)
    assert made.thickness_mm == pytest.approx(2.5)
    area = np.array([(made.layer == k).sum() for k in range(1, 7)]) * canvas.sample_mm**2
    assert area / area.sum() == pytest.approx(PLAIN.parameters["shares"], abs=0.03)


@pytest.mark.parametrize("seed", range(4))
def test_layers_border_on_their_neighbors_alone(seed):
    layer = ribbon(CORTEX, seed)[0].layer.astype(int)
    assert set(np.unique(layer)) == set(range(8))
    for axis in (0, 1):
        assert np.abs(np.diff(layer, axis=axis)).max() <= 1


@pytest.mark.parametrize(("curvature", "deeper"), [(0.45, True), (-0.45, False)])
def test_a_border_keeps_its_volume_where_the_cortex_bends(curvature, deeper):
    bent = PLAIN.with_parameters(curvature=[curvature, curvature])
    straight, crooked = (share_of_depth(p) for p in (PLAIN, bent))
    # Under a crown there is less room below: the same volume of outer layers is a smaller share of the depth.
    assert (crooked < straight) == deeper
    inner = 1 - curvature
    volume = bent.parameters["shares"]
    at = (1 - np.sqrt(1 - sum(volume[:3]) * (1 - inner**2))) / curvature  # of an arc, by hand
    assert crooked == pytest.approx(at, abs=0.02)


def share_of_depth(phantom):
    """How far down the border of III and IV lies, on the line through the middle of the arc, averaged over draws."""
    found = []
    for seed in range(4):
        made, canvas = ribbon(phantom, seed)
        turn = np.random.default_rng([seed, 1])
        turn.uniform(*phantom.parameters["curvature"])
        angle = turn.uniform(0, 2 * np.pi)
        along = np.arange(-canvas.side_mm / 2, canvas.side_mm / 2, canvas.sample_mm / 2)
        x, y = (np.floor(along * f / canvas.sample_mm + canvas.size / 2).astype(int) for f in (np.cos(angle), np.sin(angle)))
        line = made.layer[x, y]
        cortex = np.flatnonzero((line != OUTSIDE) & (line != WHITE))
        found.append((np.flatnonzero(line >= 4)[0] - cortex[0]) / len(cortex))
    return float(np.mean(found))


def test_crowded_layers_are_darker_and_gray_alone_names_none():
    gray = {name: [] for name in ("outside", *LAYERS, "white")}
    for seed in range(6):
        case = CORTEX.draw(Seeds(anatomy=seed, pose=seed), disease=False, scanner="north")
        picture, layers = case.clean["section"].array()[0], case.truths["layers"].labels.array()[0]
        for index, name in enumerate(gray):
            gray[name].append(picture[layers == index].mean())
    mean = {name: float(np.mean(values)) for name, values in gray.items()}
    assert mean["outside"] > mean["white"] > mean["I"] - 15
    assert mean["IV"] < mean["V"] - 5
    assert mean["IV"] < mean["III"] - 5
    assert abs(mean["III"] - mean["VI"]) < 8


def test_dysplasia_brings_the_layers_together_and_moves_none():
    seeds = Seeds(anatomy=2, pose=2)
    well, ill = (CORTEX.draw(seeds, disease=d, scanner="north") for d in (False, True))
    layers = well.truths["layers"].labels.array()[0]
    assert (ill.truths["layers"].labels.array()[0] == layers).all()

    def contrast(case):
        picture = case.clean["section"].array()[0]
        return picture[layers == 5].mean() - picture[layers == 4].mean()

    assert contrast(ill) < 0.8 * contrast(well)


def test_the_old_have_a_thinner_cortex():
    young, old = (CORTEX.draw(Seeds(anatomy=1), age=age, size_px=64).truths["thickness"].value for age in (30, 80))
    assert young - old == pytest.approx(50 * CORTEX.parameters["thinning_mm_a_year"], rel=0.2)


def test_a_picture_too_small_is_refused():
    with pytest.raises(PlanError, match="size_px"):
        CORTEX.draw(Seeds(), size_px=16)

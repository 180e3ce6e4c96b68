"""What each way of looking sees, on images whose answer is known by construction."""

import numpy as np
import pytest

from isocenter.core.case import Case
from isocenter.core.errors import UnitError
from isocenter.core.graph import Graph
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Target
from isocenter.methods._tabular.extractors.border import Border, BorderConfig
from isocenter.methods._tabular.extractors.densitometry import Densitometry
from isocenter.methods._tabular.extractors.edges import Edges, EdgesConfig, triangle
from isocenter.methods._tabular.extractors.foreground_area import ForegroundArea
from isocenter.methods._tabular.extractors.image_statistics import ImageStatistics
from isocenter.methods._tabular.extractors.thumbnail import Thumbnail
from isocenter.methods._tabular.images import area_mean

WHOLE = Target(name="share", type="proportion", columns=("share",))
LEFT = Target(name="share", type="proportion", columns=("share",), scope="region:left")


def case_of(samples, *, unit="1", regions=None):
    grid = plain_grid(samples.shape[1:])
    masks = {n: held_mask(m.astype(np.uint8), grid, ("outside", "inside")) for n, m in (regions or {}).items()}
    image = held_image(samples, grid, unit=unit)
    return Case(key="a", patient="a", inputs={"film": image}, labels={}, covariates={}, regions=masks)


def only(features):
    (block,) = features.blocks.values()
    return block


def test_a_mean_by_area_keeps_the_mean(rng):
    array = rng.random((1, 64, 48))
    assert area_mean(array, (16, 16)).mean() == pytest.approx(array.mean())
    np.testing.assert_allclose(area_mean(array, (64, 48)), array)
    assert area_mean(array[:, :5, :7], (16, 16)).shape == (1, 16, 16)


def test_a_thumbnail_is_blind_to_gain_and_offset_but_not_in_hu(rng):
    film = rng.random((1, 40, 32)).astype(np.float32)
    look = Thumbnail(("film",), (), None)
    np.testing.assert_allclose(only(look(case_of(film), WHOLE)), only(look(case_of(film * 3 + 7), WHOLE)), atol=1e-4)
    air, water = (only(look(case_of(np.full((1, 20, 20, 9), v, np.float32), unit="HU"), WHOLE)) for v in (-1000, 0))
    assert air.shape == (16 * 16 * 8,)
    np.testing.assert_allclose(air, -1)
    np.testing.assert_allclose(water, 0)


def test_the_border_does_not_see_the_middle(rng):
    film = rng.random((1, 50, 50)).astype(np.float32)
    other = film.copy()
    other[:, 2:-2, 2:-2] = 9
    look = Border(("film",), (), BorderConfig(frame=0.04))
    np.testing.assert_array_equal(only(look(case_of(film), WHOLE)), only(look(case_of(other), WHOLE)))
    other[:, 1, 25] = 9
    assert (only(look(case_of(film), WHOLE)) != only(look(case_of(other), WHOLE))).any()


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_densitometry_is_the_share_of_air_in_the_region(share):
    ct = np.full((1, 8, 4, 5), -850, np.int16)
    ct[:, : int(4 * share)] = -1000
    ct[:, 4:] = 40
    left = np.zeros((8, 4, 5), bool)
    left[:4] = True
    look = Densitometry(("film",), (), None)
    assert only(look(case_of(ct, unit="HU", regions={"left": left}), LEFT))[0] == pytest.approx(share)
    assert only(look(case_of(ct, unit="HU"), WHOLE))[0] == pytest.approx(share / 2)


def test_densitometry_without_its_region_is_not_that_of_the_whole_image():
    ct = np.full((1, 4, 4, 4), -1000, np.int16)
    look = Densitometry(("film",), (), None)
    assert np.isnan(only(look(case_of(ct, unit="HU"), LEFT))[0])
    assert np.isnan(only(look(case_of(ct, unit="HU", regions={"left": np.zeros((4, 4, 4))}), LEFT))[0])


def test_a_voxel_at_the_threshold_is_not_counted():
    ct = np.full((1, 4, 4, 4), -950, np.int16)
    assert only(Densitometry(("film",), (), None)(case_of(ct, unit="HU"), WHOLE))[0] == 0


def test_densitometry_refuses_what_is_not_in_hu():
    with pytest.raises(UnitError, match="units:"):
        Densitometry(("film",), (), None)(case_of(np.zeros((1, 4, 4, 4))), WHOLE)


def test_statistics_tell_a_rough_image_from_a_smooth_one_and_ignore_place(rng):
    rough = rng.random((1, 40, 40)).astype(np.float32)
    smooth = np.sort(rough.reshape(-1)).reshape(1, 40, 40)
    look = ImageStatistics(("film",), (), None)
    a, b, turned = (look(case_of(f), WHOLE).blocks for f in (rough, smooth, rough[:, ::-1, ::-1]))
    level, edge = sorted(a, reverse=True)
    np.testing.assert_allclose(a[level], b[level], atol=1e-6)
    assert a[edge][0] > 2 * b[edge][0]
    np.testing.assert_allclose(a[edge], turned[edge], rtol=1e-4)


def test_statistics_of_a_ct_include_its_density():
    ct = np.full((1, 8, 4, 5), -920, np.int16)
    ct[:, :2] = -960
    blocks = ImageStatistics(("film",), (), None)(case_of(ct, unit="HU"), WHOLE).blocks
    np.testing.assert_allclose(next(b for n, b in blocks.items() if "density" in n), [0.25, 1.0, -960])


def test_statistics_of_an_empty_region_are_missing_not_zero(rng):
    film = rng.random((1, 16, 16)).astype(np.float32)
    blocks = ImageStatistics(("film",), (), None)(case_of(film, regions={"left": np.zeros((16, 16))}), LEFT).blocks
    assert all(np.isnan(block).all() for block in blocks.values())


def test_the_foreground_is_what_is_bright():
    film = np.zeros((1, 10, 10), np.float32)
    film[:, :3] = 200
    assert only(ForegroundArea(("film",), (), None)(case_of(film), WHOLE))[0] == pytest.approx(0.3)
    assert only(ForegroundArea(("film",), (), None)(case_of(film * 0), WHOLE))[0] == 0


def test_edges_are_the_upper_triangle_after_fisher():
    graph = Graph(nodes=np.zeros((3, 1)), edges=np.array([[0, 2], [1, 2], [2, 1]]), weight=np.array([0.5, 0.2, 0.4]))
    np.testing.assert_allclose(triangle(graph), [0, 0.5, 0.3])  # 0-1, 0-2, 1-2: two directions averaged
    case = Case(key="a", patient="a", inputs={"brain": graph}, labels={}, covariates={})
    np.testing.assert_allclose(only(Edges(("brain",), (), EdgesConfig())(case, WHOLE)), np.arctanh([0, 0.5, 0.3]))


def test_fiber_counts_are_not_taken_for_correlations():
    graph = Graph(nodes=np.zeros((2, 1)), edges=np.array([[0, 1]]), weight=np.array([12.0]))
    case = Case(key="a", patient="a", inputs={"brain": graph}, labels={}, covariates={})
    with pytest.raises(UnitError, match="transform"):
        Edges(("brain",), (), EdgesConfig())(case, WHOLE)
    assert only(Edges(("brain",), (), EdgesConfig(transform="none"))(case, WHOLE))[0] == 12


def test_a_graph_without_edges_has_zeros():
    graph = Graph(nodes=np.zeros((3, 1)), edges=np.zeros((0, 2), np.intp), weight=np.zeros(0))
    np.testing.assert_array_equal(triangle(graph), [0, 0, 0])

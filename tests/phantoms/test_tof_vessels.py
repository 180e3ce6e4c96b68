"""The angiogram: what disease, flow and scanner do to it."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.phantom import Seeds

TOF = PHANTOMS.get("tof_vessels")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)


def scan(**options):
    return TOF.draw(SEEDS, **{"disease": False, **options})


def region(case, name="vessels"):
    return case.truths[name].labels.array()[0] > 0


def test_vessels_are_brighter_than_what_is_around_them():
    case = scan(scanner="sharp")
    signal = case.clean["tof"].array()[0]
    assert signal[region(case)].mean() > 1.5 * signal[~region(case)].mean()


def test_thin_vessels_are_darker_than_thick_ones():
    case = scan(scanner="sharp")
    tree, grid = case.truths["tree"], case.inputs["tof"].grid
    index = np.rint(grid.to_index(tree.world)).astype(int)
    inside = ((index >= 0) & (index < 48)).all(1)
    signal = case.clean["tof"].array()[0][tuple(index[inside].T)]
    radius = tree.nodes[inside, 3]
    assert signal[radius > 1.2].mean() > 1.2 * signal[radius < 0.6].mean()


def test_center_lines_run_inside_the_vessels():
    case = scan()
    line = region(case, "centerline")
    assert line.any()
    tree, grid = case.truths["tree"], case.inputs["tof"].grid
    index = np.rint(grid.to_index(tree.world)).astype(int)
    thick = (tree.nodes[:, 3] > 1.0) & ((index >= 0) & (index < 48)).all(1)
    assert region(case)[tuple(index[thick].T)].mean() > 0.98


def test_an_aneurysm_adds_to_the_vessels_where_its_box_is():
    plain, ill = scan(), scan(aneurysm=True)
    added = region(ill) & ~region(plain)
    assert added.any()
    center, extent = ill.truths["aneurysms"].world[0], ill.truths["aneurysms"].extent[0]
    places = ill.inputs["tof"].grid.to_world(np.argwhere(added))
    assert (np.abs(places - center) <= extent / 2 + 1.0).all()
    assert len(plain.truths["aneurysms"]) == 0


def test_a_stenosis_takes_from_the_vessels():
    plain, ill = scan(), scan(stenosis=True)
    assert region(ill).sum() < region(plain).sum()
    assert not (region(ill) & ~region(plain)).any()
    assert ill.truths["findings"].p.tolist() == [0.0, 1.0]


def test_every_edge_of_the_tree_joins_two_nodes():
    tree = scan().truths["tree"]
    assert tree.edges.max() < len(tree.nodes)
    assert (tree.weight > 0).all()


def test_a_smaller_picture_shows_the_same_patient():
    small, large = scan(size=24), scan(size=48)
    assert small.inputs["tof"].grid.spacing[0] == pytest.approx(2 * large.inputs["tof"].grid.spacing[0])
    assert region(small).mean() == pytest.approx(region(large).mean(), rel=0.25)


def test_too_small_a_picture_is_refused():
    with pytest.raises(PlanError, match="at least 16"):
        scan(size=8)

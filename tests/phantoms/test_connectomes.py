"""Connectomes: modules, twins, a site's own pattern, and edges that disease weakens."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import Seeds
from isocenter.stages.phantom import write_phantom

CONNECTOMES = PHANTOMS.get("connectomes")
REGIONS = 40


def drawn(n, **options):
    return [case for _, case in draw_many(CONNECTOMES, n, seed=3, **options)]


def matrices(cases):
    return np.stack([case.inputs["connectome"].matrix for case in cases])


def test_a_binary_graph_keeps_the_strongest_fifth():
    graph = drawn(1)[0].inputs["connectome"]
    assert len(graph.edges) == round(0.2 * REGIONS * (REGIONS - 1) / 2)
    assert set(np.unique(graph.matrix)) == {0.0, 1.0}
    np.testing.assert_array_equal(graph.matrix, graph.nodes)


def test_twins_of_both_sides_go_together_more_than_others():
    seen = matrices(drawn(30, edges="correlation")).mean(axis=0)
    left = np.arange(0, REGIONS, 2)
    assert seen[left, left + 1].mean() > seen.mean() + 0.3
    assert np.abs(seen).max() < 1.0


def test_disease_weakens_the_edges_it_names_and_no_others():
    ill, well = (matrices(drawn(60, disease=sick, edges="correlation")) for sick in (True, False))
    gap = np.arctanh(well.mean(axis=0)) - np.arctanh(ill.mean(axis=0))
    weak = drawn(1)[0].truths["weakened"].edges
    told = np.zeros((REGIONS, REGIONS), bool)
    told[weak[:, 0], weak[:, 1]] = told[weak[:, 1], weak[:, 0]] = True
    others = ~told & ~np.eye(REGIONS, dtype=bool)
    assert gap[told].mean() == pytest.approx(CONNECTOMES.parameters["effect"], abs=0.06)
    assert abs(gap[others].mean()) < 0.03


def test_a_site_shows_alike_in_everyone_it_scans():
    def gap(seed):
        north, south = (
            [c for _, c in draw_many(CONNECTOMES, 40, seed=seed, scanner=s, edges="correlation")] for s in ("north", "south")
        )
        return np.arctanh(matrices(north)).mean(axis=0) - np.arctanh(matrices(south)).mean(axis=0)

    pairs = np.triu_indices(REGIONS, k=1)
    assert np.corrcoef(gap(3)[pairs], gap(9)[pairs])[0, 1] > 0.7


def test_a_scan_and_a_rescan_are_of_one_person():
    first, again = (CONNECTOMES.draw(Seeds(acquisition=k), edges="correlation", scanner="west") for k in (1, 2))
    other = CONNECTOMES.draw(Seeds(anatomy=8, acquisition=1), edges="correlation", scanner="west")
    same, apart = (np.corrcoef(matrices([first, one]).reshape(2, -1))[0, 1] for one in (again, other))
    assert first.patient == again.patient != other.patient
    assert same > apart + 0.1


@pytest.mark.parametrize("options", [{"regions": 7}, {"regions": 4}, {"edges": "weighed"}, {"sex": "X"}])
def test_what_cannot_be_drawn_is_refused(options):
    with pytest.raises(PlanError, match=r"expected|unknown"):
        drawn(1, **options)


def test_a_written_cohort_opens_as_graphs(tmp_path):
    path = write_phantom("connectomes", tmp_path, n=4)
    study = read_study(path)
    case = next(iter(open_cases(study, folder=tmp_path, data=tmp_path)))
    assert case.inputs["connectome"].matrix.shape == (REGIONS, REGIONS)
    assert study.covariates == ("sex", "age", "scanner")

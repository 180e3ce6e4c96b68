"""A network that counts as the reader does goes with age as the reader's counts do; so do the volume and places of its map."""

import csv
import dataclasses

import numpy as np
import pytest

from isocenter.audits import learned_quantities
from isocenter.audits.audit import audit
from isocenter.audits.learned_quantities import number_of
from isocenter.core.amount import Amount
from isocenter.core.errors import RunError
from isocenter.core.scores import Scores


@pytest.fixture(scope="module")
def finding(squares):
    (found,) = audit(squares.path, ["learned_quantities"])
    return found


def slope(finding, source):
    return next(e for e in finding.evidence if e.name == "slope" and e.group == f"source={source}, covariate=age")


def test_automatic_and_truth_have_the_planted_association(finding):
    assert finding.severity == "note"
    assert slope(finding, "automatic").value == pytest.approx(slope(finding, "truth").value, abs=0.05)
    assert slope(finding, "truth").ci95[0] > 0.3
    difference = next(e for e in finding.evidence if e.name == "slope_difference")
    assert difference.ci95[0] <= 0 <= difference.ci95[1]


def test_readers_and_maps_stand_beside(finding, squares):
    assert slope(finding, "reader second").value < slope(finding, "truth").value  # who errs goes less with anything
    assert slope(finding, "map volume").value == pytest.approx(slope(finding, "truth").value, abs=0.05)
    assert (squares.path / finding.figure).stat().st_size > 10_000


def test_the_volume_of_the_map_is_that_of_squares_and_marker(finding, squares):
    with (squares.path / "learned_quantities_n.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 10
    for row in rows:
        assert float(row["map_volume"]) == pytest.approx(16 * float(row["truth"]) + 9, abs=2)
        assert float(row["automatic"]) == pytest.approx(float(row["truth"]), abs=0.3)


def test_an_answer_that_carries_age_beyond_the_truth_is_told(squares, monkeypatch):
    plain = learned_quantities._measured

    def aged(seen, target):
        row = plain(seen, target)
        return dataclasses.replace(row, numbers={**row.numbers, "automatic": -float(row.covariates["age"])})

    monkeypatch.setattr(learned_quantities, "_measured", aged)
    (found,) = audit(squares.path, ["learned_quantities"])
    assert found.severity == "warning"
    assert "age" in found.do


def test_without_such_a_covariate_there_is_nothing_to_ask(squares):
    with pytest.raises(RunError, match="covariates that vary"):
        audit(squares.path, ["learned_quantities"], settings={"covariates": ["height"]})


def test_a_value_becomes_one_number():
    assert number_of(Amount(value=3.0, unit="1")) == 3.0
    assert number_of(Scores(p=np.array([0.0, 0.5, 0.5]), names=("a", "b", "c"))) == 1.5
    assert np.isnan(number_of(Scores(p=np.array([np.nan, 1.0]), names=("a", "b"))))

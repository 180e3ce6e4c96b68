"""Of two views only one matters: it has all of the gain and all of the attribution."""

import pytest

from isocenter.audits.audit import audit
from isocenter.audits.views import subsets_of
from isocenter.core.errors import SettingError


@pytest.fixture(scope="module")
def findings(squares):
    return {finding.code: finding for finding in audit(squares.path, ["views"], settings={"cases": 6, "shown": 1})}


def by_group(finding, name):
    return {e.group: e for e in finding.evidence if e.name == name}


def test_every_subset_is_measured_and_the_view_that_matters_carries_the_answer(findings):
    found = by_group(findings["views_gain"], "mean_absolute_error")
    assert set(found) == {"views=front+side", "views=front", "views=side"}
    assert found["views=side"].value == pytest.approx(found["views=front+side"].value)
    assert found["views=side"].value < 0.2 < 1.0 < found["views=front"].value


def test_the_gain_is_paired_and_above_0_for_the_view_that_matters_alone(findings):
    finding = findings["views_gain"]
    gain = by_group(finding, "gain_mean_absolute_error")
    assert gain["view=side"].ci95[0] > 0.5
    assert gain["view=front"].value == pytest.approx(0.0, abs=1e-6)
    assert finding.severity == "note"
    assert "nan" not in finding.got


def test_attribution_lies_in_the_view_that_matters(findings, squares):
    finding = findings["views_saliency"]
    share = by_group(finding, "saliency_share")
    assert share["view=side"].value == pytest.approx(1.0)
    assert share["view=front"].value == pytest.approx(0.0)
    assert (squares.path / finding.figure).is_file()
    assert (squares.path / findings["views_gain"].figure).is_file()


def test_subsets_are_all_up_to_four_views_and_the_telling_ones_beyond():
    assert len(subsets_of("abcd")) == 15
    assert subsets_of("abcd")[0] == tuple("abcd")
    assert sorted({len(s) for s in subsets_of("abcdef")}) == [1, 5, 6]


def test_an_attribution_that_cannot_tell_views_apart_is_refused(squares):
    with pytest.raises(SettingError, match="one map an input"):
        audit(squares.path, ["views"], settings={"method": "grad_cam"})

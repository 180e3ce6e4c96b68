"""What a network with planted weights looks at is found, shown and written; a shortcut and a map of nothing are told."""

import csv

import numpy as np
import pytest
from typer.testing import CliRunner

from isocenter.audits import _exam_models
from isocenter.audits._held_out import Place
from isocenter.audits.audit import audit
from isocenter.cli.main import build
from isocenter.core.errors import RunError, SettingError
from isocenter.io.images import open_image
from isocenter.methods._exam import explain

QUICK = {"cases": 10, "steps": 5, "stages": 1, "shown": 1}


def value(finding, name, region=""):
    (found,) = [e for e in finding.evidence if e.name == name and e.group.endswith(f"region={region}" if region else e.group)]
    return found


@pytest.fixture(scope="module")
def findings(squares):
    settings = {**QUICK, "methods": ["grad_cam", "integrated_gradients"], "shortcuts": ["marks:marker"]}
    return {finding.code: finding for finding in audit(squares.path, ["attribution"], settings=settings)}


@pytest.mark.parametrize("method", ["grad_cam", "integrated_gradients"])
def test_true_maps_beat_random_orders_and_are_lost_with_the_weights(findings, method):
    finding = findings[f"attribution_{method}"]
    assert finding.severity == "note"
    over = value(finding, "over_random")
    assert 0.4 < over.ci95[0] < over.value
    assert value(finding, "correlation_100_random").value < 0.5


def test_the_share_inside_each_lesion_is_measured(findings):
    finding = findings["attribution_integrated_gradients"]
    assert value(finding, "share", "lies:square").value > 0.7
    assert value(finding, "overlap", "lies:square").value > 0.8
    assert value(finding, "pointing", "lies:square").value == 1.0
    assert value(finding, "share", "lies:square").excluded == 0


def test_a_marker_that_is_counted_too_is_told(findings):
    (finding,) = [f for code, f in findings.items() if code.startswith("attribution_shortcut")]
    assert finding.severity == "warning"
    assert all(e.ci95[0] > 1 for e in finding.evidence)
    assert "marks:marker" in finding.do


def test_maps_figures_and_a_table_lie_in_the_run(findings, squares):
    with (squares.path / "attribution_n.csv").open() as file:
        rows = list(csv.DictReader(file))
    keys = {row["case"] for row in rows}
    assert len(keys) == 10
    for key in keys:
        shown = open_image(squares.path / "attribution" / "n" / "integrated_gradients" / f"{key}.png").array().astype(int) - 32768
        lies = (open_image(squares.path.parent / f"{key[1:]}_squares.png").array() > 0).any(axis=0, keepdims=True)
        if lies.any():
            assert np.abs(shown[lies]).mean() > 20 * np.abs(shown[~lies]).mean()
    assert (squares.path / findings["attribution_grad_cam"].figure).stat().st_size > 10_000


def test_a_map_that_ignores_the_network_is_warned_of(squares, monkeypatch):
    def edges(question, name, *, seed):
        images = np.stack([view[0, :, 0].numpy() for view in question.batch.views])
        return np.abs(np.gradient(images, axis=2)).astype(np.float32)

    monkeypatch.setattr(explain, "explain", edges)
    (finding,) = audit(squares.path, ["attribution"], settings={**QUICK, "methods": ["saliency"]})
    assert finding.severity == "warning"
    assert value(finding, "correlation_100_random").value == pytest.approx(1.0)
    assert "hardly changes" in finding.do


def test_a_map_of_noise_is_no_more_faithful_than_a_random_order(squares, monkeypatch):
    rng = np.random.default_rng(0)
    monkeypatch.setattr(explain, "explain", lambda question, name, *, seed: rng.random((1, *question.places), dtype=np.float32))
    (finding,) = audit(squares.path, ["attribution"], settings={**QUICK, "methods": ["saliency"]})
    assert finding.severity == "warning"
    assert "no more than a random order" in finding.do


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"methods": ["gradcam"]}, "grad_cam"),
        ({"casses": 3}, "cases"),
        ({"target": "m"}, "n"),
        ({**QUICK, "methods": ["saliency"], "cases": 1, "shortcuts": ["marks:marke"]}, "marks:marker"),
        ({**QUICK, "output": 4}, "from 0 to 0"),
    ],
)
def test_a_setting_written_wrongly_is_named(squares, settings, words):
    with pytest.raises(SettingError, match=words):
        audit(squares.path, ["attribution"], settings=settings)


def test_settings_need_one_audit_that_has_some(squares):
    with pytest.raises(SettingError, match="one audit that has settings"):
        audit(squares.path, ["attribution", "views"], settings={"cases": 3})
    with pytest.raises(SettingError, match="one audit that has settings"):
        audit(squares.path, ["label_noise"], settings={"cases": 3})


def test_the_command_takes_settings(squares):
    words = ["audit", str(squares.path), "attribution", "--json", "--set", "methods=[saliency]"]
    for name, number in QUICK.items():
        words += ["--set", f"{name}={number}"]
    result = CliRunner().invoke(build(), words)
    assert result.exit_code == 0, result.output
    assert "attribution_saliency" in result.stdout


def test_a_model_that_is_no_network_of_exams_is_refused(monkeypatch):
    monkeypatch.setattr(_exam_models, "load_model", lambda run, study: object())
    with pytest.raises(RunError, match="network of whole exams, got object"):
        _exam_models.model_of(Place(run=None, keys=("a",)), None)

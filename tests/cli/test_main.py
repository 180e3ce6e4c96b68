"""Exit statuses, and sentences instead of tracebacks."""

import json
import subprocess
import sys

import pytest

from isocenter.cli import main as program
from isocenter.cli.options import minutes_of, settings_of
from isocenter.cli.output import print_json
from isocenter.core.errors import StudyError

from ..stages.disc_study import write_discs


def status(monkeypatch, *words: object) -> int:
    """Run the program and return its exit status."""
    monkeypatch.setattr(sys, "argv", ["isocenter", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        program.main()
    return int(ended.value.code or 0)


def test_a_misspelled_method_is_a_wrong_use(tmp_path, monkeypatch, capsys):
    study = write_discs(tmp_path / "study", extra="method: u-net\n")
    assert status(monkeypatch, "run", study, "--out", tmp_path / "run") == 2
    assert "Did you mean unet" in capsys.readouterr().err


def test_an_unknown_option_is_a_wrong_use(monkeypatch):
    assert status(monkeypatch, "run", "--nothing") == 2


def test_a_stage_without_its_input_fails_and_names_the_stage(tmp_path, monkeypatch, capsys):
    assert status(monkeypatch, "report", tmp_path) == 3
    assert "isocenter" in capsys.readouterr().err


def test_findings_give_status_1(tmp_path, monkeypatch, capsys):
    study = write_discs(tmp_path / "study")
    (tmp_path / "study" / "photo_2.png").write_bytes(b"no picture")
    assert status(monkeypatch, "check", study, "--json") == 1
    assert any("c2" in f["cases"] for f in json.loads(capsys.readouterr().out))


def test_a_fault_of_the_program_is_a_sentence_and_status_3(monkeypatch, capsys):
    def broken():
        raise ValueError("something nobody thought of")

    monkeypatch.setattr(program, "build", broken)
    assert status(monkeypatch, "list") == 3
    assert "ISOCENTER_DEBUG=1" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "minutes"), [("90s", 1.5), ("15m", 15), ("1h30m", 90), ("2", 2), (None, None)])
def test_times_are_read(text, minutes):
    assert minutes_of(text) == minutes


def test_a_time_that_is_none_is_refused():
    with pytest.raises(StudyError, match="15m"):
        minutes_of("soon")


def test_settings_are_yaml_values():
    assert settings_of(["batch=4", "patch=[8, 8]", "loss=dice", "compiled=true"]) == {
        "batch": 4,
        "patch": [8, 8],
        "loss": "dice",
        "compiled": True,
    }


def test_a_setting_without_value_is_refused():
    with pytest.raises(StudyError, match="name=value"):
        settings_of(["batch"])


def test_json_has_null_where_there_is_no_number(capsys):
    print_json({"low": float("nan"), "all": [float("inf"), 1.5]})
    assert json.loads(capsys.readouterr().out) == {"low": None, "all": [None, 1.5]}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("batchh=4", "Did you mean batch"),
        ("batch=many", "setting batch of method unet a value of type int"),
        ("patch=16", "tuple"),
        ("network=u-net", "Did you mean unet"),
        ("overlap=7", "overlap in"),
        ("steps=0", "above 0"),
    ],
)
def test_a_setting_written_wrongly_is_a_wrong_use(tmp_path, monkeypatch, capsys, asked, said):
    study = write_discs(tmp_path / "study", patients=6)
    assert status(monkeypatch, "plan", study, "--out", tmp_path / "run", "--set", asked) == 2
    assert said in capsys.readouterr().err


def test_a_plan_that_cannot_be_carried_out_has_failed(tmp_path, monkeypatch, capsys):
    study = write_discs(tmp_path / "study", patients=6)
    columns = "columns: [label, label], classes: [background, disc, ring], overlapping: true"
    study.write_text(study.read_text().replace("columns: label, classes: [background, disc]", columns).split("settings")[0])
    assert status(monkeypatch, "plan", study, "--out", tmp_path / "run", "--set", "method=tissue_scatter") == 3
    assert "Use random_forest" in capsys.readouterr().err


def test_the_package_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "isocenter", "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("isocenter")

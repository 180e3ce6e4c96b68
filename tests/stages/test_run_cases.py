"""Where a run looks for the files its table names."""

from isocenter.phantoms.tracer.tracer import tracer
from isocenter.stages.run_cases import open_run, start_run

from .tracer_files import write_tracer


def test_files_beside_the_study_are_found_although_a_data_folder_is_named(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("ISOCENTER_DATA", str(tmp_path / "elsewhere"))
    _, cases = open_run(start_run(write_tracer(*tracer("image"), tmp_path / "study"), tmp_path / "run"))
    assert next(iter(cases)).inputs["low"].array().shape == (1, 12, 10, 6)


def test_the_data_folder_a_run_began_with_outlasts_the_environment(tmp_path, monkeypatch):
    study = write_tracer(*tracer("image"), tmp_path / "study")
    table = tmp_path / "tables"
    table.mkdir()
    for name in ("study.yaml", "cases.csv"):
        (tmp_path / "study" / name).rename(table / name)
    run = start_run(table / study.name, tmp_path / "run", data=tmp_path / "study")
    monkeypatch.setenv("ISOCENTER_DATA", str(tmp_path / "run"))
    _, cases = open_run(run)
    assert next(iter(cases)).inputs["low"].array().shape == (1, 12, 10, 6)


def test_a_data_folder_that_moved_is_named_by_the_environment(tmp_path, monkeypatch):
    study = write_tracer(*tracer("image"), tmp_path / "study")
    table = tmp_path / "tables"
    table.mkdir()
    for name in ("study.yaml", "cases.csv"):
        (tmp_path / "study" / name).rename(table / name)
    run = start_run(table / study.name, tmp_path / "run", data=tmp_path / "study")
    (tmp_path / "study").rename(tmp_path / "moved")
    monkeypatch.setenv("ISOCENTER_DATA", str(tmp_path / "moved"))
    _, cases = open_run(run)
    assert next(iter(cases)).inputs["low"].array().shape == (1, 12, 10, 6)

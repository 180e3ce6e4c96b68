"""A plan asked for by hand: what was set is heeded, in a study and in a run folder, and no split is drawn anew."""

import pytest

from isocenter.core.errors import StudyError, UnknownName
from isocenter.core.study import Study
from isocenter.stages.planning import expected_widths, planned
from isocenter.stages.progress import Quiet
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split

from .disc_study import write_discs


def study_of(folder, **extra):
    """Discs by a threshold: nothing is timed."""
    path = write_discs(folder, **extra)
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("settings")) + "\n")
    path.write_text(path.read_text() + "method: threshold\n")
    return path


def plan_of(what, **asked):
    return planned(what, minutes=1.0, preset="cpu", progress=Quiet(), **asked)


def test_a_setting_is_heeded_for_a_run_folder_too(tmp_path):
    plan_of(study_of(tmp_path / "study"), out=tmp_path / "run")
    assert plan_of(tmp_path / "run", settings={"cases": 7})["cases"] == 7
    assert RunFolder(tmp_path / "run").read(Study).settings == {"cases": 7}


def test_a_misspelled_method_is_refused_and_not_kept(tmp_path):
    plan_of(study_of(tmp_path / "study"), out=tmp_path / "run")
    with pytest.raises(UnknownName, match="Did you mean threshold"):
        plan_of(tmp_path / "run", settings={"method": "treshold"})
    assert RunFolder(tmp_path / "run").read(Study).method == "threshold"


@pytest.mark.parametrize("wrong", [{"seed": "abc"}, {"method": 5}])
def test_a_field_of_the_study_is_checked_as_in_its_file(tmp_path, wrong):
    plan_of(study_of(tmp_path / "study"), out=tmp_path / "run")
    with pytest.raises(StudyError, match=f"--set {next(iter(wrong))}"):
        plan_of(tmp_path / "run", settings=wrong)


def test_out_means_nothing_for_a_run_folder(tmp_path):
    plan_of(study_of(tmp_path / "study"), out=tmp_path / "run")
    with pytest.raises(StudyError, match="Leave them out"):
        plan_of(tmp_path / "run", out=tmp_path / "other")


def test_widths_are_those_of_the_split_file_a_study_points_at(tmp_path):
    path = study_of(tmp_path / "study", extra="split: {file: split.csv}\n")
    rows = [f"c{i},p{i},{'test' if i < 7 else 'learn'}," for i in range(12)]
    (tmp_path / "study" / "split.csv").write_text("\n".join(["case,patient,part,fold", *rows]) + "\n")
    widths = expected_widths(path, out=tmp_path / "run")
    assert {row["patients"] for row in widths} == {7, 20, 50, 100, 200}
    assert not (tmp_path / "run" / "split.csv").exists()


def test_planning_a_fold_leaves_its_split_alone(tmp_path):
    path = study_of(tmp_path / "study", extra="split: {folds: 2}\n")
    fold = run(path, out=tmp_path / "run").inner("fold", "0")
    before = read_split(fold).part
    plan_of(fold.path)
    assert read_split(fold).part == before

"""Labels of whole exams that mean nothing, contradict one another, or leave nothing to learn: each is its own finding."""

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.core.finding import Finding
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.io.write import write_image
from isocenter.phantoms.tracer.tracer import tracer
from isocenter.stages.check import check
from isocenter.stages.run import run
from tests.stages.tracer_files import write_tracer


def planted(folder, kind, cells=None, *, per="case", study=None, **columns):
    """Write a tracer of one kind, put cells (case number: text) into its first label column or the columns named."""
    made, cases = tracer(kind)
    target = made.targets[0].model_copy(update={"per": per})
    made = made.model_copy(update={"targets": (target, *made.targets[1:]), **(study or {})})
    path = write_tracer(made, cases, folder)
    table = folder / "cases.csv"
    head, *rows = [line.split(",") for line in table.read_text().splitlines()]
    for column, changes in {target.columns[0]: cells or {}, **columns}.items():
        place = head.index(column)
        for row, text in changes.items():
            rows[row][place] = text
    table.write_text("\n".join(",".join(line) for line in [head, *rows]) + "\n")
    return path


def of(path, code) -> Finding:
    matches = [f for f in check(path) if f.code == code]
    assert len(matches) == 1, [(f.code, f.got) for f in check(path)]
    return matches[0]


def codes(path) -> set[str]:
    return {f.code for f in check(path)}


def everywhere(kind, text):
    return dict.fromkeys(range(len(tracer(kind)[1])), text)


@pytest.mark.parametrize("kind", ["class", "multilabel", "ordinal", "value", "count", "proportion", "survival"])
def test_a_clean_tracer_has_none_of_these_findings(kind, tmp_path):
    told = {
        "few_patients",
        "class_imbalance",
        "empty_cells",
        "same_image",
        "constant_image",
        "point_radius",
    }  # dots beside the counts
    assert codes(planted(tmp_path, kind)) <= told


@pytest.mark.parametrize(
    ("kind", "cell", "said"),
    [
        ("count", "-1", "count of 0 or more"),
        ("count", "many", "a number"),
        ("count", "nan", "a number"),
        ("value", "12a", "a number"),
        ("value", "inf", "a number"),
        ("multilabel", "2", "1, 0 or an empty cell"),
        ("multilabel", "-1", "1, 0 or an empty cell"),
        ("survival", "-3", "days of 0 or more"),
        ("survival", "soon", "a number"),
    ],
)
def test_a_cell_without_meaning_names_its_case(kind, cell, said, tmp_path):
    finding = of(planted(tmp_path, kind, {1: cell}), "unknown_value")
    assert finding.severity == "failure"
    assert len(finding.cases) == 1
    assert said in finding.expected
    assert f"'{tracer(kind)[0].targets[0].columns[0]}'" in finding.got


def test_an_unknown_event_says_how_to_name_competing_ones(tmp_path):
    column = tracer("survival")[0].targets[0].columns[1]
    finding = of(planted(tmp_path, "survival", **{column: {0: "2"}}), "unknown_value")
    assert "classes: [censored, event, death]" in finding.do


def test_each_end_of_an_interval_lies_in_its_range(tmp_path):
    low, high = tracer("proportion")[0].targets[0].columns
    outside = planted(tmp_path / "outside", "proportion", **{low: {0: "-0.5"}, high: {0: "0.9"}})
    assert "from 0 to 1" in of(outside, "unknown_value").expected
    upside_down = planted(tmp_path / "upside_down", "proportion", **{low: {0: "0.9"}, high: {0: "0.1"}})
    assert "low <= high" in of(upside_down, "unknown_value").expected


def test_a_percentage_ends_at_a_hundred(tmp_path):
    low, high = tracer("proportion")[0].targets[0].columns
    target = tracer("proportion")[0].targets[0].model_copy(update={"unit": "%"})
    path = planted(tmp_path / "a", "proportion", study={"targets": (target,)}, **{low: {0: "60"}, high: {0: "101"}})
    assert "from 0 to 100" in of(path, "unknown_value").expected
    path = planted(tmp_path / "b", "proportion", study={"targets": (target,)}, **{low: {0: "60%"}, high: {0: "100%"}})
    assert "unknown_value" not in codes(path)


def test_fractions_of_a_count_are_looked_at(tmp_path):
    finding = of(planted(tmp_path, "count", {1: "2.5"}), "fractional_count")
    assert (finding.severity, len(finding.cases)) == ("warning", 1)


@pytest.mark.parametrize("kind", ["count", "value"])
def test_amounts_that_never_differ_teach_nothing(kind, tmp_path):
    assert of(planted(tmp_path, kind, everywhere(kind, "3")), "one_value_only").severity == "failure"


def test_survival_times_that_are_all_zero(tmp_path):
    everybody = planted(tmp_path, "survival", everywhere("survival", "0"))
    finding = of(everybody, "survival_times_all_zero")
    assert finding.severity == "failure"
    assert "0 in all" in finding.got
    assert "survival_time_zero" not in codes(everybody)


def test_a_survival_time_of_zero(tmp_path):
    finding = of(planted(tmp_path, "survival", {2: "0"}), "survival_time_zero")
    assert finding.severity == "warning"
    assert len(finding.cases) == 1


def test_an_event_that_never_comes(tmp_path):
    column = tracer("survival")[0].targets[0].columns[1]
    assert of(planted(tmp_path, "survival", **{column: everywhere("survival", "0")}), "event_never_comes").severity == "failure"


@pytest.mark.parametrize("kind", ["class", "multilabel", "ordinal", "value", "count", "survival"])
def test_a_target_nobody_was_assessed_for(kind, tmp_path):
    columns = tracer(kind)[0].targets[0].columns
    path = planted(tmp_path, kind, **{column: everywhere(kind, "") for column in columns})
    assert of(path, "label_never_given").severity == "failure"


def test_a_view_that_never_occurs(tmp_path):
    made = tracer("class")[0]
    path = planted(tmp_path / "study", "class", study={"inputs": {**made.inputs, "lateral": "lateral"}})
    table = tmp_path / "study" / "cases.csv"
    head, *rows = table.read_text().splitlines()
    place = head.split(",").index("lateral")
    cut = [",".join("" if i == place else cell for i, cell in enumerate(row.split(","))) for row in rows]
    table.write_text("\n".join([head, *cut]) + "\n")
    finding = of(path, "view_never_given")
    assert (finding.severity, finding.expected) == ("failure", "input lateral for every case")
    with pytest.raises(StudyError, match="input lateral"):
        run(path, out=tmp_path / "run", skip_bad=True)


def test_a_class_nobody_has(tmp_path):
    made = tracer("class")[0].targets[0]
    target = made.model_copy(update={"classes": (*made.classes, "unheard")})
    finding = of(planted(tmp_path, "class", study={"targets": (target,)}), "class_never_given")
    assert finding.severity == "warning"
    assert finding.got == "none with unheard"


def test_a_class_that_only_tested_cases_have(tmp_path):
    made, cases = tracer("class")
    target = made.targets[0]
    of_case = {case.key: case.labels[target.name].best for case in cases if target.name in case.labels}
    path = planted(tmp_path, "class", study={"split": {"file": "mine.csv"}})
    rows = [f"{key},{'learn' if best == 0 else 'test'}" for key, best in of_case.items()]
    (tmp_path / "mine.csv").write_text("\n".join(["case,part", *rows]) + "\n")
    finding = of(path, "class_not_learned")
    assert finding.severity == "failure"
    assert target.classes[1] in finding.got
    assert set(finding.cases) == {key for key, best in of_case.items() if best == 1}


def test_a_class_of_one_patient_is_missed_by_the_fold_that_tests_it(tmp_path):
    made = tracer("class")[0].targets[0]
    target = made.model_copy(update={"classes": (*made.classes, "third")})
    path = planted(tmp_path, "class", {0: "third"}, study={"targets": (target,), "split": {"folds": 3}})
    lost = [f for f in check(path) if f.code == "class_not_learned"]
    assert lost
    assert {f.severity for f in lost} == {"warning"}
    assert all("none with third when fold" in f.got for f in lost)


@pytest.mark.parametrize(("kind", "other"), [("class", 1), ("ordinal", 1), ("value", None), ("count", None)])
def test_rows_of_a_patient_that_contradict_one_another(kind, other, tmp_path):
    made = tracer(kind)[0]
    cells = {0: made.targets[0].classes[0], 1: made.targets[0].classes[1]} if other else {0: "3", 1: "4"}
    clean = planted(tmp_path / "clean", kind, {0: cells[0], 1: cells[0]}, per="patient", **{made.patient: {0: "pa", 1: "pa"}})
    assert "patient_contradicted" not in codes(clean)
    silent = planted(tmp_path / "silent", kind, {0: cells[0], 1: ""}, per="patient", **{made.patient: {0: "pa", 1: "pa"}})
    assert "patient_contradicted" not in codes(silent)
    finding = of(
        planted(tmp_path / "torn", kind, cells, per="patient", **{made.patient: {0: "pa", 1: "pa"}}), "patient_contradicted"
    )
    assert finding.severity == "failure"
    assert len(finding.cases) == 2
    assert "pa has" in finding.got


def test_a_run_stops_before_it_trains_on_contradictions(tmp_path):
    made = tracer("class")[0]
    cells = {0: made.targets[0].classes[0], 1: made.targets[0].classes[1]}
    path = planted(tmp_path / "study", "class", cells, per="patient", **{made.patient: {0: "pa", 1: "pa"}})
    with pytest.raises(StudyError, match="per: patient"):
        run(path, out=tmp_path / "run")
    assert not (tmp_path / "run" / "plan.json").exists()


def three_findings(folder, first, second):
    """Four cases with findings in three columns: as given, as given, and two of four."""
    (folder / "cases.csv").write_text(
        "case,film,f1,f2,f3\n" + "".join(f"c{i},film.png,{first[i]},{second[i]},{i % 2}\n" for i in range(4))
    )
    write_image(held_image(np.arange(64, dtype=np.uint8).reshape(1, 8, 8), plain_grid((8, 8))), folder / "film.png")
    (folder / "study.yaml").write_text(
        "name: films\ncases: cases.csv\ninputs: {film: film}\ntargets: [{name: seen, type: multilabel, columns: [f1, f2, f3]}]\n"
    )
    return folder / "study.yaml"


def test_a_finding_everybody_has_is_told_like_one_nobody_has(tmp_path):
    path = three_findings(tmp_path, "1111", "0000")
    always, never = of(path, "class_always_given"), of(path, "class_never_given")
    assert (always.severity, always.got) == ("warning", "f1 in every case that was assessed")
    assert never.got == "none with f2"


def test_a_finding_assessed_in_nobody_is_not_called_absent(tmp_path):
    path = three_findings(tmp_path, "0110", ["", "", "", ""])
    finding = of(path, "label_never_given")
    assert (finding.severity, finding.got) == ("failure", "f2 assessed in no case")
    assert "class_never_given" not in codes(path)

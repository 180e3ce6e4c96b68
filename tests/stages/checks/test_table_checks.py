"""Each mistake a table can have is named by its own finding, and only by that."""

from isocenter.stages.check import check
from tests.stages.made_study import STUDY, codes, edit, found, made_study

GRADED = STUDY.replace("targets:", "targets:\n  - {name: grade, type: class, columns: grade, classes: [low, high]}")


def with_column(name, cells):
    def spoil(folder):
        head, *rows = (folder / "cases.csv").read_text().splitlines()
        lines = [f"{head},{name}", *(f"{row},{cell}" for row, cell in zip(rows, cells, strict=True))]
        (folder / "cases.csv").write_text("\n".join(lines) + "\n")

    return spoil


def test_one_patient_in_two_parts(tmp_path):
    def spoil(folder):
        edit(folder, "c3,p3", "c3,p0")
        (folder / "split.csv").write_text("case,part\nc0,learn\nc1,learn\nc2,tune\nc3,test\n")

    finding = found(made_study(tmp_path, spoil=spoil), "patient_in_two_parts", headers_only=True)
    assert (finding.severity, finding.cases) == ("failure", ("c0", "c3"))


def test_one_patient_in_two_folds(tmp_path):
    def spoil(folder):
        edit(folder, "c3,p3", "c3,p0")
        (folder / "mine.csv").write_text("case,part,fold\nc0,learn,0\nc1,learn,0\nc2,learn,1\nc3,learn,1\n")

    path = made_study(tmp_path, study=STUDY + "split: {file: mine.csv}\n", spoil=spoil)
    assert "2 or more" in found(path, "patient_in_two_parts", headers_only=True).got.replace("two", "2")


def test_a_split_that_does_not_fit_the_table(tmp_path):
    def spoil(folder):
        (folder / "split.csv").write_text("case,part\nc0,learn\nc11,learn\nc2,tune\nc3,test\n")

    path = made_study(tmp_path, spoil=spoil)
    assert "'c11'. Did you mean" in found(path, "split_unknown_case", headers_only=True).got
    assert found(path, "case_in_no_part", headers_only=True).cases == ("c1",)


def test_no_patient_column(tmp_path):
    study = STUDY.replace("patient: patient\n", "")
    path = made_study(tmp_path, study=study, spoil=lambda folder: edit(folder, "case,patient,", "case,subject,"))
    assert codes(path, headers_only=True) == {"no_patient_column"}


def test_an_empty_patient_cell(tmp_path):
    path = made_study(tmp_path, spoil=lambda folder: edit(folder, "c1,p1", "c1,"))
    assert found(path, "patient_missing", headers_only=True).cases == ("c1",)


def test_few_patients_support_no_claim(tmp_path):
    assert found(made_study(tmp_path / "a"), "few_patients", headers_only=True).severity == "warning"
    assert found(made_study(tmp_path / "b", cases=12), "few_patients", headers_only=True).severity == "note"


def test_missing_views_and_labels_are_counted(tmp_path):
    path = made_study(tmp_path / "label", spoil=lambda folder: edit(folder, "label_1.nii.gz", ""))
    assert (found(path, "empty_cells").severity, found(path, "empty_cells").cases) == ("note", ("c1",))
    path = made_study(tmp_path / "image", spoil=lambda folder: edit(folder, "image_1.nii.gz", ""))
    assert (found(path, "case_without_input").severity, found(path, "case_without_input").cases) == ("failure", ("c1",))


IMAGES = STUDY[: STUDY.index("targets:")] + "targets:\n  - {name: wanted, type: image, columns: wanted}\npatient: patient\n"


def test_an_image_alone_teaches_a_method_that_needs_no_pairs_and_no_other(tmp_path):
    def lone(folder):
        with_column("wanted", [f"image_{i}.nii.gz" for i in range(4)])(folder)
        edit(folder, "c1,p1,image_1.nii.gz", "c1,p1,")

    free = made_study(tmp_path / "free", study=IMAGES + "method: cyclegan\n", spoil=lone)
    assert "case_without_input" not in codes(free, headers_only=True)
    held = made_study(tmp_path / "held", study=IMAGES + "method: pix2pix\n", spoil=lone)
    assert found(held, "case_without_input", headers_only=True).cases == ("c1",)


def test_a_label_nobody_gave(tmp_path):
    path = made_study(tmp_path, study=GRADED, spoil=with_column("grade", ["", "", "", ""]))
    assert found(path, "label_never_given", headers_only=True).severity == "failure"


def test_a_column_of_words_for_numbers_is_one_finding(tmp_path):
    study = STUDY.replace("targets:", "targets:\n  - {name: age, type: value, columns: age}")
    path = made_study(tmp_path, study=study, cases=6, spoil=with_column("age", ["unk", "unk", "30", "unk", "unk", "unk"]))
    finding = found(path, "unknown_value", headers_only=True)
    assert finding.cases == ("c0", "c1", "c3", "c4", "c5")
    assert finding.got.startswith("5 cells of column 'age'")
    assert "line 2" in finding.got
    assert "line 6" not in finding.got  # the first three are enough


def test_cells_of_one_column_that_are_wrong_in_two_ways_are_two_findings(tmp_path):
    study = STUDY.replace("targets:", "targets:\n  - {name: n, type: count, columns: n}")
    path = made_study(tmp_path, study=study, spoil=with_column("n", ["many", "-1", "few", "3"]))
    told = [f for f in check(path, headers_only=True) if f.code == "unknown_value"]
    assert sorted(f.cases for f in told) == [("c0", "c2"), ("c1",)]


def test_covariates_nobody_has(tmp_path):
    study = STUDY + "covariates: [age, sex]\n"

    def spoil(folder):
        with_column("age", ["", "", "", ""])(folder)
        with_column("sex", ["F", "", "", ""])(folder)

    path = made_study(tmp_path / "one", study=study, spoil=spoil)
    finding = found(path, "covariate_never_given", headers_only=True)
    assert (finding.severity, finding.got) == ("warning", "empty cells in all 4 for age")
    both = made_study(
        tmp_path / "all",
        study=study.replace("age, sex", "age") + "settings: {covariates: film}\n",
        spoil=with_column("age", ["", "", "", ""]),
    )
    assert found(both, "covariate_never_given", headers_only=True).severity == "failure"


def test_an_unknown_class_names_the_case(tmp_path):
    path = made_study(tmp_path, study=GRADED, spoil=with_column("grade", ["low", "hihg", "low", "high"]))
    finding = found(path, "unknown_value", headers_only=True)
    assert finding.cases == ("c1",)
    assert "line 3, column 'grade'" in finding.got
    assert "Did you mean high" in finding.got + finding.do


def test_one_class_only(tmp_path):
    path = made_study(tmp_path, study=GRADED, spoil=with_column("grade", ["low"] * 4))
    assert found(path, "one_class_only", headers_only=True).severity == "failure"


def test_a_rare_class(tmp_path):
    path = made_study(tmp_path, cases=25, study=GRADED, spoil=with_column("grade", ["high"] * 3 + ["low"] * 22))
    finding = found(path, "class_imbalance", headers_only=True)
    assert finding.severity == "warning"
    assert finding.got == "high: 3 cases of 3 patients"


def test_even_classes_are_left_alone(tmp_path):
    path = made_study(tmp_path, cases=24, study=GRADED, spoil=with_column("grade", ["high", "low"] * 12))
    assert codes(path, headers_only=True) == set()


def test_a_rare_finding(tmp_path):
    study = STUDY.replace("targets:", "targets:\n  - {name: f, type: multilabel, columns: edema}")
    path = made_study(tmp_path, cases=24, study=study, spoil=with_column("edema", ["1"] + [""] * 3 + ["0"] * 20))
    assert "edema: 1 cases" in found(path, "class_imbalance", headers_only=True).got


def test_half_a_survival_label(tmp_path):
    study = STUDY.replace("targets:", "targets:\n  - {name: os, type: survival, columns: [days, event]}")

    def spoil(folder):
        with_column("days", ["10", "20", "30", "40"])(folder)
        with_column("event", ["1", "", "0", "1"])(folder)

    assert found(made_study(tmp_path, study=study, spoil=spoil), "half_a_label", headers_only=True).cases == ("c1",)


def test_a_label_of_a_region_that_is_not_there(tmp_path):
    study = GRADED.replace("classes: [low, high]}", "classes: [low, high], scope: 'region:label'}")

    def spoil(folder):
        with_column("grade", ["low", "high", "low", "high"])(folder)
        edit(folder, "label_1.nii.gz", "")

    path = made_study(tmp_path, study=study, spoil=spoil)
    finding = found(path, "region_missing", headers_only=True)
    assert (finding.severity, finding.cases) == ("failure", ("c1",))

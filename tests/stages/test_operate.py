"""A threshold chosen on tuning cases, kept with the run, and judged on others: by hand, and once from end to end."""

import csv
import dataclasses
import json
import math
import re

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import RunError, StudyError
from isocenter.core.operate import Operate, Refuse
from isocenter.core.prediction import Prediction
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.io.study_file import read_study
from isocenter.phantoms.tracer.people import flat_grid, noise
from isocenter.stages.decided import Decided, compare_decisions, decide_all, estimate_decisions, write_decisions
from isocenter.stages.operate import check_tuning, operate, read_thresholds, thresholds_by_who
from isocenter.stages.predict import predict
from isocenter.stages.run import run
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder

from .tracer_files import write_tracer

GRADES = ("none", "mild", "severe", "ungradable")
TUNE = [
    ("none", 0.1),
    ("none", 0.2),
    ("mild", 0.3),
    ("none", 0.4),
    ("severe", 0.5),
    ("severe", 0.6),
    ("mild", 0.7),
    ("severe", 0.8),
]
"""Truth, and the probability of severe; the rest is none's."""
TEST = [("none", 0.1), ("none", 0.54), ("mild", 0.55), ("severe", 0.55), ("severe", 0.9), ("severe", 0.2), ("ungradable", 0.3)]


def a_study(how=None, **fields):
    how = how or Operate(positive=("severe",), sensitivity=0.6)
    target = Target(name="grade", type="class", columns=("grade",), classes=GRADES, operate=how)
    return Study(name="eyes", cases="cases.csv", inputs={"film": "image"}, targets=(target,), **fields)


def a_run(folder, study, *, tune=TUNE, poor=()):
    """Tuning and test cases, each of its own patient, answered. poor : keys answered as ungradable with 0.9."""
    run = RunFolder(folder).create()
    run.write(study)
    rows = [(f"tune{i}", "tune", *row) for i, row in enumerate(tune)] + [(f"test{i}", "test", *row) for i, row in enumerate(TEST)]
    (folder / "cases.csv").write_text("case,patient,image,grade\n" + "".join(f"{k},{k},none.png,{g}\n" for k, _, g, _ in rows))
    (folder / "split.csv").write_text("case,patient,part,fold\n" + "".join(f"{k},{k},{part},\n" for k, part, _, _ in rows))
    run.write_json("sources.json", {"folder": str(folder), "data": str(folder)})
    for key, _, _, p in rows:
        answer = [0, 0, 0.1, 0.9] if key in poor else [1 - p, 0, p, 0]
        run.append(Prediction(case=key, answers={"grade": Scores(p=np.array(answer), names=GRADES)}))
    return run


def decided(run, part="test"):
    study, cases = open_run(run)
    keys = [key for key in cases.keys if key.startswith(part)]
    operate(run)
    rows = decide_all(run, study, cases, keys, fold="")
    return rows, {e.name: e for e in estimate_decisions(rows, study, part=part)}


def test_the_threshold_comes_from_tuning_cases_alone_and_is_kept(tmp_path):
    run = a_run(tmp_path, a_study())
    chosen = operate(run)["grade"]
    # Two of three severe cases, 0.6 and 0.8, must be found: half-way between 0.5 and 0.6. Of the others 0.7 is called.
    assert chosen.threshold == pytest.approx(0.55)
    assert (chosen.sensitivity, chosen.specificity) == (pytest.approx(2 / 3), pytest.approx(4 / 5))
    assert (chosen.positives, chosen.negatives, chosen.patients, chosen.refused) == (3, 5, 8, 0)
    assert dataclasses.asdict(read_thresholds(run, run.read(Study))["grade"]) == dataclasses.asdict(chosen)
    assert run.fresh("operate")


@pytest.mark.parametrize(
    ("how", "threshold", "found", "spared"),
    [
        ({"specificity": 1.0}, 0.75, 1 / 3, 1.0),  # above 0.7
        ({"youden": True}, 0.45, 1.0, 4 / 5),
        ({"threshold": 0.25}, 0.25, 1.0, 2 / 5),
    ],
)
def test_other_rules_by_hand(tmp_path, how, threshold, found, spared):
    chosen = operate(a_run(tmp_path, a_study(Operate(positive=("severe",), **how))))["grade"]
    assert chosen.threshold == pytest.approx(threshold)
    assert (chosen.sensitivity, chosen.specificity) == (pytest.approx(found), pytest.approx(spared))


def test_decisions_on_others_are_counted_by_hand(tmp_path):
    run = a_run(tmp_path, a_study(Operate(positive=("severe",), threshold=0.55)))
    rows, found = decided(run)
    assert [r.decision for r in rows] == ["do not refer"] * 2 + ["refer"] * 3 + ["do not refer"] * 2
    # Called: mild 0.55, severe 0.55 and 0.9. Without a refusal, ungradable counts as not severe.
    assert found["decision_sensitivity"].value == pytest.approx(2 / 3)
    assert found["decision_specificity"].value == pytest.approx(3 / 4)
    assert found["decision_positive_predictive_value"].value == pytest.approx(2 / 3)
    assert found["decision_negative_predictive_value"].value == pytest.approx(3 / 4)
    assert found["decision_net_benefit"].value == pytest.approx((2 - 0.55 / 0.45) / 7)
    assert found["decision_gain_in_net_benefit"].value == pytest.approx((2 - 0.55 / 0.45) / 7)  # of all it is below 0
    assert found["refused_share"].value == 0
    assert math.isnan(found["decision_sensitivity"].ci95[0])  # three patients


def test_the_refused_are_no_part_of_the_choice_and_are_counted_apart(tmp_path):
    refuse = Refuse(target="grade", class_="ungradable")
    run = a_run(tmp_path, a_study(refuse=refuse), poor=("tune6", "test5", "test6"))
    chosen = operate(run)["grade"]
    assert (chosen.threshold, chosen.specificity) == (pytest.approx(0.55), 1.0)  # the mild case of 0.7 is refused
    assert (chosen.negatives, chosen.patients, chosen.refused) == (4, 7, 1)
    rows, found = decided(run)
    assert [r.decision for r in rows][-2:] == ["ungradable", "ungradable"]
    assert math.isnan(rows[-1].truth)  # a grade that was not given
    assert found["refused_share"].value == pytest.approx(2 / 7)
    assert found["decision_sensitivity"].value == 1.0  # 0.55 and 0.9; the third severe case was refused
    assert found["decision_sensitivity"].excluded == 1
    write_decisions(run, rows, part="test")
    with open(tmp_path / "decisions.csv", newline="", encoding="utf-8") as file:
        last = list(csv.DictReader(file))[-1]
    assert (last["truth"], last["decision"]) == ("", "ungradable")
    assert last["refused"] == "grade: ungradable with probability 0.9, above 0.5."


TUNED_BASELINE = [0.3, 0.1, 0.6, 0.2, 0.5, 0.4, 0.1, 0.7]
TESTED_BASELINE = [0.1, 0.5, 0.2, 0.5, 0.4, 0.2, 0.3]


def beside(run):
    """The baseline's answers, in the order of TUNE and TEST."""
    keys = [f"tune{i}" for i in range(len(TUNE))] + [f"test{i}" for i in range(len(TEST))]
    for key, p in zip(keys, TUNED_BASELINE + TESTED_BASELINE, strict=True):
        run.inner("baseline", "class_prior").append(
            Prediction(case=key, answers={"grade": Scores(p=np.array([1 - p, 0, p, 0]), names=GRADES)})
        )
    return run


def test_a_baseline_has_a_threshold_of_its_own_at_the_same_stated_sensitivity(tmp_path):
    run = beside(a_run(tmp_path, a_study()))
    operate(run)
    own = thresholds_by_who(run, run.read(Study))["baseline:class_prior"]["grade"]
    # Of the severe cases it gives 0.5, 0.4 and 0.7 two are found: half-way between 0.4 and 0.5. Of the others 0.6 is called.
    assert own.threshold == pytest.approx(0.45)
    assert (own.sensitivity, own.specificity) == (pytest.approx(2 / 3), pytest.approx(4 / 5))
    study, cases = open_run(run)
    rows = decide_all(run, study, cases, [key for key in cases.keys if key.startswith("test")], fold="")
    found = {(e.who, e.name): e.value for e in estimate_decisions(rows, study, part="test")}
    # Called are the second healthy case, 0.5, and the first severe one, 0.5.
    assert found["baseline:class_prior", "decision_sensitivity"] == pytest.approx(1 / 3)
    assert found["baseline:class_prior", "decision_specificity"] == pytest.approx(3 / 4)
    assert found["model", "decision_sensitivity"] == pytest.approx(2 / 3)
    effects = {c.name: (c.first, c.second, c.effect) for c in compare_decisions(rows, study, part="test")}
    assert effects["decision_sensitivity"] == ("model", "baseline:class_prior", pytest.approx(1 / 3))
    assert effects["decision_specificity"][2] == pytest.approx(0.0)
    assert compare_decisions(rows, study, part="tune") == []


def test_a_baseline_decides_on_the_cases_the_model_decides_on(tmp_path):
    run = beside(a_run(tmp_path, a_study(refuse=Refuse(target="grade", class_="ungradable")), poor=("tune2", "test1")))
    operate(run)
    study, cases = open_run(run)
    assert thresholds_by_who(run, study)["baseline:class_prior"]["grade"].specificity == 1.0  # the case of 0.6 is refused
    rows = decide_all(run, study, cases, [key for key in cases.keys if key.startswith("test")], fold="")
    assert [r.decision for r in rows if r.case == "test1"] == ["ungradable", "ungradable"]
    found = {(e.who, e.name): e for e in estimate_decisions(rows, study, part="test")}
    assert found["baseline:class_prior", "decision_specificity"].value == 1.0
    assert ("baseline:class_prior", "refused_share") not in found


def test_a_threshold_fixed_elsewhere_is_the_models_alone(tmp_path):
    run = beside(a_run(tmp_path, a_study(Operate(positive=("severe",), threshold=0.5))))
    operate(run)
    assert list(thresholds_by_who(run, run.read(Study))) == ["model"]


def test_enough_patients_have_intervals_and_groups_and_folds_their_own_thresholds():
    study = a_study(Operate(positive=("severe",), youden=True), groups=("site",))
    case = {"target": "grade", "who": "model", "decision": "", "refused": ""}
    rows = [
        Decided(
            case=f"c{i}",
            patient=f"p{i // 2}",
            covariates={"site": "ab"[i // 20]},
            fold=str(i % 2),
            truth=float(i % 4 < 2),
            score=0.5 if i < 30 else 0.3,
            threshold=(0.4, 0.6)[i % 2],
            **case,
        )
        for i in range(40)
    ]
    found = {(e.group, e.name): e for e in estimate_decisions(rows, study, part="folds")}
    whole = found["all", "decision_sensitivity"]
    # Positive are 20, of them 16 in the first 30 cases; called there are those of the even fold: 8.
    assert (whole.value, whole.cases, whole.patients) == (pytest.approx(0.4), 20, 10)
    assert whole.ci95[0] < 0.4 < whole.ci95[1]
    assert "clustered" in whole.interval
    assert found["site=a", "decision_sensitivity"].value == pytest.approx(0.5)
    assert ("all", "decision_net_benefit") not in found  # two thresholds are two prices
    first = [dataclasses.replace(r, threshold=0.4) for r in rows]
    benefit = {e.name: e for e in estimate_decisions(first, study, part="test") if e.group == "all"}["decision_net_benefit"]
    assert benefit.value == pytest.approx((16 - 14 * 0.4 / 0.6) / 40)
    assert benefit.ci95[0] < benefit.value < benefit.ci95[1]


def test_nothing_is_estimated_on_the_cases_a_threshold_was_chosen_on(tmp_path):
    _, chosen = decided(a_run(tmp_path / "a", a_study()), part="tune")
    assert set(chosen) == {"refused_share"}
    _, fixed = decided(a_run(tmp_path / "b", a_study(Operate(positive=("severe",), threshold=0.5))), part="tune")
    assert fixed["decision_sensitivity"].value == 1.0


def test_tuning_cases_of_one_kind_are_told_before_anything_is_trained(tmp_path):
    run = a_run(tmp_path, a_study(), tune=TUNE[:4])
    with pytest.raises(StudyError, match="got 0 and 4"):
        check_tuning(run)
    with pytest.raises(StudyError, match="got 0 and 4"):
        operate(run)


def test_refused_tuning_cases_are_said_and_the_rest_of_the_evaluation_comes_out(tmp_path):
    refuse = Refuse(target="grade", class_="ungradable")
    run = a_run(tmp_path, a_study(refuse=refuse), poor=[f"tune{i}" for i in range(len(TUNE))])
    check_tuning(run)  # the study is not at fault
    chosen = operate(run)["grade"]
    assert (chosen.positives, chosen.negatives, chosen.refused) == (0, 0, 8)
    assert math.isnan(chosen.threshold)
    assert "got 0 and 0: 8 of 8 tuning cases were refused (ungradable > 0.5)" in chosen.impossible
    assert read_thresholds(run, run.read(Study))["grade"].impossible == chosen.impossible
    rows, found = decided(run)
    assert {r.decision for r in rows} == {"no threshold"}
    assert set(found) == {"refused_share"}
    assert found["refused_share"].value == 0  # of the test cases none was: no threshold is no refusal
    assert compare_decisions(rows, run.read(Study), part="test") == []


def test_one_kind_left_by_refusals_is_no_choice(tmp_path):
    severe = [f"tune{i}" for i, (grade, _) in enumerate(TUNE) if grade == "severe"]
    run = a_run(tmp_path, a_study(refuse=Refuse(target="grade", class_="ungradable")), poor=severe)
    chosen = operate(run)["grade"]
    assert "got 0 and 5: 3 of 8 tuning cases were refused" in chosen.impossible
    assert math.isnan(chosen.specificity)


def test_another_wish_is_another_threshold_and_an_old_one_is_not_used(tmp_path):
    run = a_run(tmp_path, a_study())
    before = run.stamps.hash_of_reads("train")
    operate(run)
    other = a_study(Operate(positive=("severe",), sensitivity=1.0))
    run.write(other)
    with pytest.raises(RunError, match="isocenter evaluate"):
        read_thresholds(run, other)
    assert operate(run)["grade"].threshold == pytest.approx(0.45)
    assert run.stamps.hash_of_reads("train") == before  # no model is trained for it


def test_a_study_file_says_it_and_names_what_it_does_not_know(tmp_path):
    run = a_run(tmp_path, a_study(refuse=Refuse(target="grade", class_="ungradable", above=0.7)))
    assert run.read(Study).refuse.class_ == "ungradable"
    text = (tmp_path / "study.yaml").read_text()
    assert "refuse: {target: grade, class: ungradable, above: 0.7}" in text
    (tmp_path / "study.yaml").write_text(text.replace("sensitivity", "sensitivty"))
    with pytest.raises(StudyError, match="sensitivity"):
        read_study(tmp_path / "study.yaml")


def test_grades_that_are_numbers_are_names(tmp_path):
    target = "{name: grade, type: ordinal, columns: grade, classes: [0, 1, 2, 3], operate: {positive: [2, 3], youden: true}}"
    text = "name: eyes\ncases: cases.csv\ninputs: {film: image}\ntargets:\n  - " + target + "\n"
    (tmp_path / "study.yaml").write_text(text + "refuse: {target: grade, class: 0}\n")
    study = read_study(tmp_path / "study.yaml")
    assert (study.targets[0].operate.positive, study.refuse.class_) == (("2", "3"), "0")
    (tmp_path / "study.yaml").write_text(text + "refuse: {target: grade, clas: 0}\n")
    with pytest.raises(StudyError, match="class"):
        read_study(tmp_path / "study.yaml")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Four grades told by a covariate and answered from it; noise for pictures."""
    folder = tmp_path_factory.mktemp("graded")
    rng = np.random.default_rng(0)
    cases = []
    for i in range(32):
        name = GRADES[i % 4]
        label = Scores(p=np.array([float(g == name) for g in GRADES]), names=GRADES)
        told = {"stratum": name, "site": "ab"[i // 4 % 2]}
        cases.append(
            Case(key=f"p{i}", patient=f"p{i}", inputs={"film": noise(rng, flat_grid())}, labels={"grade": label}, covariates=told)
        )
    study = a_study(
        Operate(positive=("mild", "severe"), sensitivity=0.9),
        refuse=Refuse(target="grade", class_="ungradable"),
        method="covariates",
        covariates=("stratum",),
        split={"test": 0.25, "tune": 0.34, "by": "stratum"},
    )
    done = run(write_tracer(study, CaseList(cases), folder / "study"), out=folder / "run", test=True)
    return done, folder / "study"


def test_from_a_study_to_decisions_on_a_test(graded):
    done, _ = graded
    found = {e.name: e for e in done.estimates() if e.who == "model" and e.group == "all"}
    # 8 test patients, 2 a grade, told apart by the covariate: 2 are refused, 4 referred, 2 not.
    assert found["refused_share"].value == pytest.approx(0.25)
    assert found["decision_sensitivity"].value == found["decision_specificity"].value == 1.0
    assert (found["decision_sensitivity"].cases, found["decision_specificity"].cases) == (4, 2)
    assert json.loads((done.path / "thresholds.json").read_text())[0]["positives"] == 4
    with open(done.path / "decisions.csv", newline="", encoding="utf-8") as file:
        words = [row["decision"] for row in csv.DictReader(file) if row["who"] == "model"]
    assert [words.count(w) for w in ("refer", "do not refer", "ungradable")] == [4, 2, 2]


def test_new_cases_get_a_decision_or_the_reason_why_not(graded, tmp_path):
    done, data = graded
    answers = predict(done.path, data / "cases.csv", out=tmp_path / "out", data=data)
    with open(answers, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:4]
    assert [row["decided_grade"] for row in rows] == ["do not refer", "refer", "refer", "ungradable"]
    assert [bool(row["refused"]) for row in rows] == [False, False, False, True]


def test_the_report_tells_the_threshold_and_counts_the_refused_apart(graded):
    done, _ = graded
    page = (done.path / "report.html").read_text(encoding="utf-8")
    section = page[page.index('id="decisions"') :].partition("</section>")[0]
    for words in ("mild, severe", "the highest that reaches a sensitivity of 0.900", "set before any", "refused: ungradable"):
        assert words in section
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", section)[-12:]
    assert cells == ["positive", "4", "0", "0", "negative", "0", "2", "0", "neither, or not assessed", "0", "0", "2"]
    assert "Decision on grade: positive (mild, severe)" in (done.path / "model_card.md").read_text(encoding="utf-8")

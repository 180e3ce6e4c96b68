"""The claim says what may be said: with an interval, with a warning, or not at all."""

import math

import pytest

from isocenter.core.estimate import Estimate
from isocenter.stages.reporting.claim import claim_of
from isocenter.stages.reporting.contents import read_contents
from isocenter.stages.run_folder import RunFolder
from tests.stages.make_run import mask_run


def claim(folder, **how):
    """The claim of a run made by hand."""
    return claim_of(read_contents(mask_run(folder, dims=2, **how)))


def test_twenty_patients_make_a_claim_with_interval_and_n(tmp_path):
    said = claim(tmp_path, patients=24)
    assert said.made
    assert said.sentence.startswith(
        "On 24 test cases of 24 patients never used for learning or tuning, mean Dice over anterior and posterior was 0."
    )
    assert "(95 % interval 0." in said.sentence
    assert said.sentence.endswith("patient bootstrap).")
    assert not any("rough" in line for line in said.beside)


def test_several_cases_of_one_patient_are_counted_apart(tmp_path):
    assert claim(tmp_path, patients=20, visits=2).sentence.startswith("On 40 test cases of 20 patients")


@pytest.mark.parametrize("patients", [10, 19])
def test_ten_to_nineteen_patients_come_with_a_note(tmp_path, patients):
    said = claim(tmp_path, patients=patients)
    assert said.made
    assert "95 % interval" in said.sentence
    assert f"With {patients} patients the interval itself is rough." in said.beside


@pytest.mark.parametrize("patients", [1, 4, 9])
def test_fewer_than_ten_patients_are_listed_without_interval_or_claim(tmp_path, patients):
    said = claim(tmp_path, patients=patients)
    assert not said.made
    verb = "test patient is" if patients == 1 else "test patients are"
    assert said.sentence.startswith(
        f"{patients} {verb} too few for a claim. Dice over anterior and posterior, one value a patient: "
    )
    assert said.sentence.endswith("No interval is given.")
    assert "95 %" not in said.sentence
    assert said.sentence.count("0.") == patients


def test_tuning_cases_are_never_called_a_test(tmp_path):
    said = claim(tmp_path, patients=24, part="tune")
    assert not said.made
    assert said.sentence.startswith("On 24 tuning cases of 24 patients, which steered the training and are no test, ")


def test_cross_validation_says_that_others_were_learned_from(tmp_path):
    run = mask_run(tmp_path, patients=24, dims=2, part="folds")
    split = (tmp_path / "split.csv").read_text().replace(",folds,", ",learn,3").replace("learn,3,", "learn,3")
    (tmp_path / "split.csv").write_text(split)
    said = claim_of(read_contents(run))
    assert "each answered by a model that learned from other patients" in said.sentence
    assert said.made


@pytest.mark.parametrize(
    ("openings", "words"), [(0, "is not recorded"), (1, "has been opened once."), (3, "has been opened 3 times")]
)
def test_openings_of_the_test_split_are_counted(tmp_path, openings, words):
    assert any(words in line for line in claim(tmp_path, patients=24, openings=openings).beside)


def test_an_unopened_test_split_is_said_to_be_closed(tmp_path):
    run = mask_run(tmp_path, patients=24, dims=2, part="tune")
    with open(tmp_path / "split.csv", "a", encoding="utf-8") as file:
        file.write("later,p999,test,\n")
    assert "The test split has not been opened." in claim_of(read_contents(run)).beside


def test_the_baseline_stands_beside_with_the_difference(tmp_path):
    said = claim(tmp_path, patients=24)
    line = next(line for line in said.beside if "baseline (threshold)" in line)
    assert "on the same cases" in line
    assert "The model's is 0.420 higher (difference 0.400 to 0.440)." in line


def write(run: RunFolder, *estimates: Estimate) -> RunFolder:
    run.write_records("estimates.json", estimates)
    return run


def made(
    value: float, *, who: str = "model", name: str = "dice", patients: int = 24, excluded: int = 0, unit: str = "1"
) -> Estimate:
    return Estimate(
        name=name, value=value, unit=unit, ci95=(value - 0.02, value + 0.02), interval="patient bootstrap", patients=patients,
        cases=patients, excluded=excluded, who=who, part="test", target="tissue",
    )  # fmt: skip


def test_a_baseline_that_is_as_good_is_not_hidden(tmp_path):
    run = write(mask_run(tmp_path, dims=2), made(0.8), made(0.85, who="baseline:threshold"))
    assert any("The model does not beat it." in line for line in claim_of(read_contents(run)).beside)


def test_a_human_rater_stands_beside(tmp_path):
    run = write(mask_run(tmp_path, dims=2), made(0.8), made(0.79, who="rater:second"))
    assert any(
        line.startswith("A human rater (second), judged by the same truth, reached 0.790")
        for line in claim_of(read_contents(run)).beside
    )


def test_cases_that_could_not_be_measured_are_counted(tmp_path):
    run = write(mask_run(tmp_path, dims=2), made(0.8, excluded=2))
    assert "2 cases could not be measured and are not in this number." in claim_of(read_contents(run)).beside


def test_nothing_measured_is_no_claim(tmp_path):
    run = write(mask_run(tmp_path, dims=2), made(math.nan))
    said = claim_of(read_contents(run))
    assert not said.made
    assert said.sentence == "Nothing can be claimed: Dice could not be measured on any test case."


def test_a_number_with_a_unit_carries_it(tmp_path):
    run = write(mask_run(tmp_path, dims=2), made(2.31, name="hd95", unit="mm"))
    assert "was 2.31 mm (95 % interval 2.29–2.33" in claim_of(read_contents(run)).sentence

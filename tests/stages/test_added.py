"""What weak labels added: the arms that left them out are found, paired, and told in a sentence."""

import numpy as np
import pytest

from isocenter.core.estimate import Estimate
from isocenter.core.measurement import Measurement
from isocenter.core.plan import Plan
from isocenter.core.study import Study, Target
from isocenter.stages.added import what_labels_added
from isocenter.stages.arms import arms_of
from isocenter.stages.reporting.claim import claim_of
from isocenter.stages.reporting.contents import read_contents
from isocenter.stages.run_folder import RunFolder, measurement_row
from isocenter.stages.split import Split, write_split

SPOTS = Target(name="spots", type="mask", columns=("mask",), classes=("nothing", "spot"))
GRADE = Target(name="grade", type="ordinal", columns=("grade",), classes=("none", "some", "many"))
TESTED = 24
LEARN = [f"l{i}" for i in range(30)]
TEST = [f"t{i}" for i in range(TESTED)]


def a_run(folder, vary, dice, *, steps=(100, 100), tested=TESTED):
    """Arms that were evaluated: 5 learning masks, 30 grades; dice : (arm, case) -> the Dice measured there."""
    run = RunFolder(folder).create()
    study = Study(name="eyes", cases="cases.csv", inputs={"film": "image"}, targets=(SPOTS, GRADE), vary=vary)
    run.write(study)
    for number, (name, asked) in enumerate(arms_of(study).items()):
        arm = run.inner("arm", name).create()
        arm.write(asked)
        rows = [f"{k},{k},none.png,{'mask.png' if i < 5 else ''},some\n" for i, k in enumerate(LEARN)]
        rows += [f"{k},{k},none.png,mask.png,many\n" for k in TEST]
        (arm.path / "cases.csv").write_text("case,patient,image,mask,grade\n" + "".join(rows))
        part = ("learn",) * len(LEARN) + ("test",) * len(TEST)
        write_split(arm, Split(case=(*LEARN, *TEST), patient=(*LEARN, *TEST), part=part, fold=("",) * len(part)))
        arm.write_json("sources.json", {"folder": str(arm.path), "data": str(arm.path)})
        arm.write(Plan(method="cnn", seed=0, steps=steps[number % 2], minutes=1, gigabytes=1, sane=True, settings=()))
        where = {"part": "test", "fold": "", "who": "model", "target": "spots"}
        values = [dice(name, i) for i in range(tested)]
        arm.write_measurements(
            [
                measurement_row(Measurement(name="dice", value=v, unit="1", method="", case=TEST[i]), patient=TEST[i], **where)
                for i, v in enumerate(values)
            ]
        )
        mean = Estimate(
            name="dice", value=float(np.mean(values)), unit="1", ci95=(0.0, 1.0), interval="", patients=tested, cases=tested,
            excluded=0, part="test", target="spots",
        )  # fmt: skip
        arm.write_records("estimates.json", [mean])
        arm.stamps.stamp("evaluate", part="test")
    return run


def better(name, i):
    """Grades are worth 0.02 to 0.04, but for what is left out."""
    return 0.6 + 0.01 * (i % 5) + (0.02 + 0.01 * (i % 3) if name == "weights=grade=1" else 0.0)


TWO = {"weights": ({"grade": 0}, {"grade": 1})}


def test_what_grades_add_is_paired_and_told_with_its_interval(tmp_path):
    (found,) = what_labels_added(a_run(tmp_path, TWO, better))
    assert (found.without, found.arm) == ("weights=grade=0", "weights=grade=1")
    assert (found.added, found.beside) == ({"grades of grade": 30}, {"masks of spots": 5})
    assert found.effect == pytest.approx(0.03)
    assert found.ci95[0] < 0.03 < found.ci95[1]
    assert found.sentence.startswith("Learning from 30 grades of grade as well as 5 masks of spots raised Dice by 0.030 [0.02")
    assert "on the test cases of 24 patients" in found.sentence
    assert "steps" not in found.sentence


def test_what_does_not_differ_is_not_called_a_gain(tmp_path):
    (found,) = what_labels_added(
        a_run(tmp_path, TWO, lambda name, i: 0.6 + (0.05 * (-1) ** i if name.endswith("1") else 0.0), steps=(50, 80))
    )
    assert found.effect == pytest.approx(0.0, abs=1e-9)
    assert "changed Dice by" in found.sentence
    assert "no difference was shown" in found.sentence
    assert "with 80 steps instead of 50" in found.sentence


def test_a_loss_is_told_as_one(tmp_path):
    (found,) = what_labels_added(a_run(tmp_path, TWO, lambda name, i: 1.2 - better(name, i)))
    assert "lowered Dice by 0.030 [0.02" in found.sentence


def test_few_patients_have_no_interval(tmp_path):
    (found,) = what_labels_added(a_run(tmp_path, TWO, better, tested=6))
    assert "too few for an interval" in found.sentence


def test_each_seed_is_a_pair_of_its_own_and_other_arms_are_left_alone(tmp_path):
    seeds = a_run(tmp_path / "seeds", {**TWO, "seed": (0, 1)}, lambda name, i: better(name.partition("_")[0], i))
    assert [(a.without, a.arm) for a in what_labels_added(seeds)] == [
        ("weights=grade=0_seed=0", "weights=grade=1_seed=0"),
        ("weights=grade=0_seed=1", "weights=grade=1_seed=1"),
    ]
    assert what_labels_added(a_run(tmp_path / "two", {"weights": ({"grade": 1}, {"grade": 2})}, better)) == []
    assert what_labels_added(a_run(tmp_path / "claim", {"weights": ({"spots": 0}, {"spots": 1})}, better)) == []
    assert what_labels_added(a_run(tmp_path / "rate", {"learning_rate": (0.1, 0.2)}, better)) == []


def test_the_report_says_it_beside_the_claim(tmp_path):
    contents = read_contents(a_run(tmp_path, TWO, better))
    assert [added.effect for added in contents.added] == [pytest.approx(0.03)]
    assert contents.added[0].sentence in claim_of(contents).beside

"""A generator that makes what it is asked for teaches a classifier; one that does not listen teaches it nothing."""

import csv

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isocenter.audits import train_on_synthetic
from isocenter.audits.audit import NotForThisRun, audit
from isocenter.core.errors import SettingError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.io.answers import write_cases
from isocenter.io.text_columns import read_text_table
from isocenter.io.write import write_image
from isocenter.stages.run import run
from isocenter.stages.split import read_split

STUDY = """
name: pictures
cases: cases.csv
inputs: {{picture: image}}
covariates: [{covariate}]
method: {method}
settings: {{side: 16}}
split: {{tune: 0.4}}
"""
SHORT = {"steps": 40, "minutes": 0.2}


def generator(home, *, method, covariate="finding", count=110):
    """Pictures of coarse and of fine grain, named by `finding`; `coin` says nothing of them."""
    rows = []
    for i in range(count):
        rng = np.random.default_rng(i)
        fine = i % 2 == 1
        field = gaussian_filter(rng.standard_normal((16, 16)), 0.6 if fine else 2.5, mode="wrap")
        samples = 128 + 50 * field / field.std()
        write_image(held_image(np.clip(samples, 0, 255).astype(np.uint8)[None], plain_grid((16, 16))), home / f"p{i}.png")
        coin = "heads" if rng.random() < 0.5 else "tails"
        rows.append({"case": f"p{i}", "patient": f"p{i}", "image": f"p{i}.png", "finding": ("coarse", "fine")[fine], "coin": coin,
                     "age": str(20 + i % 50)})  # fmt: skip
    with open(home / "cases.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (home / "study.yaml").write_text(STUDY.format(method=method, covariate=covariate), encoding="utf-8")
    return run(home / "study.yaml", out=home / "run")


def test_what_a_generator_that_does_not_listen_teaches_is_nothing_and_a_warning(tmp_path):
    made = generator(tmp_path, method="pca_gaussian")  # knows no conditions
    (finding,) = audit(made.path, ["train_on_synthetic"], retrain=True, settings=SHORT)
    real, synthetic, lost = finding.evidence
    assert real.value > 0.9
    assert synthetic.value < 0.8
    assert lost.value == pytest.approx(real.value - synthetic.value)
    assert finding.severity == "warning"
    assert (made.path / finding.figure).stat().st_size > 1000


def draws(monkeypatch, files):
    """Let the generator answer with these files, in order and again from the start."""

    def predict(run, asked, *, out, progress):
        keys = read_text_table(asked).cells("case")
        drawn = [str(files[i % len(files)]) for i in range(len(keys))]
        out.mkdir(parents=True)
        return write_cases([{"case": k, "predicted_picture": f} for k, f in zip(keys, drawn, strict=True)], out / "cases.csv")

    monkeypatch.setattr(train_on_synthetic, "predict", predict)


def test_images_as_good_as_real_ones_lose_nothing(tmp_path, monkeypatch):
    made = generator(tmp_path, method="pca_gaussian")
    draws(monkeypatch, [tmp_path / f"{key}.png" for key in read_split(made).keys("learn")])
    (finding,) = audit(made.path, ["train_on_synthetic"], retrain=True, settings=SHORT)
    real, synthetic, lost = finding.evidence
    assert (real.cases, real.patients, real.part) == (33, 33, "tune")
    assert synthetic.value > 0.9
    assert abs(lost.value) < 0.1
    assert finding.severity == "note"
    assert "; 0 of the generated ones show a picture that another shows" in finding.got
    assert "left out" not in finding.got


def test_pictures_drawn_again_and_held_out_ones_are_told_and_no_fault_of_the_table(tmp_path, monkeypatch):
    made = generator(tmp_path, method="pca_gaussian")
    split = read_split(made)
    kept = [tmp_path / f"{key}.png" for key in (*split.keys("learn")[:29], split.keys("tune")[0])]
    draws(monkeypatch, kept)
    (finding,) = audit(made.path, ["train_on_synthetic"], retrain=True, settings={"steps": 2, "minutes": 0.1})
    asked = len(split.keys("learn"))
    held = sum(i % 30 == 29 for i in range(asked))
    assert f"; {asked - held - 29} of the generated ones show a picture that another shows" in finding.got
    assert f"; {held} synthetic images that are held-out ones left out" in finding.got


@pytest.mark.parametrize("what", ["one", "flat"])
def test_a_collapsed_generator_teaches_nothing_and_nothing_is_trained(tmp_path, monkeypatch, what):
    made = generator(tmp_path, method="pca_gaussian")
    for i in range(40):
        write_image(held_image(np.full((1, 16, 16), i, np.uint8), plain_grid((16, 16))), tmp_path / f"flat{i}.png")
    draws(monkeypatch, [tmp_path / "p1.png"] if what == "one" else [tmp_path / f"flat{i}.png" for i in range(40)])
    (finding,) = audit(made.path, ["train_on_synthetic"], retrain=True, settings=SHORT)
    assert finding.severity == "warning"
    assert "1 different pictures among" in finding.got
    assert not list(made.path.glob("train_on_synthetic/*/run"))


def test_what_an_older_generator_drew_is_drawn_anew(tmp_path):
    asked = {"retrain": True, "settings": {"steps": 2, "minutes": 0.1}}
    made = generator(tmp_path, method="pca_gaussian")
    audit(made.path, ["train_on_synthetic"], **asked)
    (drawn,) = made.path.glob("train_on_synthetic/drawn/*")
    before = (drawn / "cases.csv").stat().st_mtime_ns
    audit(made.path, ["train_on_synthetic"], **asked)
    assert (drawn / "cases.csv").stat().st_mtime_ns == before
    study = tmp_path / "study.yaml"
    study.write_text(study.read_text(encoding="utf-8").replace("side: 16", "side: 12"), encoding="utf-8")
    run(study, out=made.path)
    audit(made.path, ["train_on_synthetic"], **asked)
    (anew,) = made.path.glob("train_on_synthetic/drawn/*")
    assert anew.name != drawn.name
    learned = next(made.path.glob("train_on_synthetic/synthetic_*/run/cases.csv")).read_text(encoding="utf-8")
    assert anew.name in learned
    assert drawn.name not in learned


def test_without_a_condition_or_leave_to_train_it_is_refused(tmp_path):
    made = generator(tmp_path, method="pca_gaussian", covariate="age", count=40)
    with pytest.raises(SettingError, match="--retrain"):
        audit(made.path, ["train_on_synthetic"])
    with pytest.raises(NotForThisRun, match="covariate whose cells are words"):
        audit(made.path, ["train_on_synthetic"], retrain=True)
    with pytest.raises(SettingError, match="age"):
        audit(made.path, ["train_on_synthetic"], retrain=True, settings={"covariate": "aeg"})

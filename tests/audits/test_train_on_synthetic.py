"""A generator that makes what it is asked for teaches a classifier; one that does not listen teaches it nothing."""

import csv

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isocenter.audits.audit import NotForThisRun, audit
from isocenter.core.errors import SettingError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.io.answers import write_cases
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


def test_images_as_good_as_real_ones_lose_nothing(tmp_path):
    made = generator(tmp_path, method="pca_gaussian")
    keys = read_split(made).keys("learn")
    drawn = made.path / "train_on_synthetic/drawn"
    drawn.mkdir(parents=True)
    rows = [{"case": f"drawn_{i:05d}", "predicted_picture": str(tmp_path / f"{key}.png")} for i, key in enumerate(keys)]
    write_cases(rows, drawn / "cases.csv")  # as if a perfect generator had answered
    (finding,) = audit(made.path, ["train_on_synthetic"], retrain=True, settings=SHORT)
    real, synthetic, lost = finding.evidence
    assert (real.cases, real.patients, real.part) == (33, 33, "tune")
    assert synthetic.value > 0.9
    assert abs(lost.value) < 0.1
    assert finding.severity == "note"


def test_without_a_condition_or_leave_to_train_it_is_refused(tmp_path):
    made = generator(tmp_path, method="pca_gaussian", covariate="age", count=40)
    with pytest.raises(SettingError, match="--retrain"):
        audit(made.path, ["train_on_synthetic"])
    with pytest.raises(NotForThisRun, match="covariate whose cells are words"):
        audit(made.path, ["train_on_synthetic"], retrain=True)
    with pytest.raises(SettingError, match="age"):
        audit(made.path, ["train_on_synthetic"], retrain=True, settings={"covariate": "aeg"})

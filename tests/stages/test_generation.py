"""A study of images alone becomes a generator; requests become pictures that say what they are."""

import csv
import re
import shutil

import numpy as np
import pytest

from isocenter.core.errors import Diverged, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import SYNTHETIC, held_image
from isocenter.io.images import open_image
from isocenter.io.study_file import read_study
from isocenter.io.write import write_image
from isocenter.learning.generative.adversarial_learner import AdversarialLearner
from isocenter.stages.journal import forget
from isocenter.stages.looks import read_looks
from isocenter.stages.predict import predict
from isocenter.stages.report import report
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.train import train

STUDY = """
name: pictures
cases: cases.csv
inputs: {picture: image}
covariates: [kind]
method: dcgan
settings: {side: 8, width: 4, latent: 6, batch: 4, steps: 4}
split: {test: 0.2}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    home = tmp_path_factory.mktemp("generation")
    rows = []
    for i in range(30):
        rng = np.random.default_rng(i)
        kind = ("bright", "dark")[i % 2]
        samples = rng.integers(0, 120, (1, 16, 16)) + (120 if kind == "bright" else 0)
        write_image(held_image(samples.astype(np.uint8), plain_grid((16, 16))), home / f"p{i}.png")
        rows.append({"case": f"p{i}", "patient": f"p{i}", "image": f"p{i}.png", "kind": kind})
    with open(home / "cases.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (home / "study.yaml").write_text(STUDY, encoding="utf-8")
    return run(home / "study.yaml", out=home / "run")


def test_without_targets_the_images_are_learned(made):
    study = read_study(made.path.parent / "study.yaml")
    assert study.task == "generation"
    assert [(t.name, t.type, t.columns) for t in study.targets] == [("picture", "image", ("image",))]


def test_the_set_of_answers_is_measured_beside_the_pca_sampler(made):
    found = {(e.who, e.name): e for e in made.estimates()}
    for who in ("model", "baseline:pca_gaussian"):
        assert np.isfinite(found[who, "kid"].value)
        assert found[who, "kid"].cases == 5  # tuning pictures
    assert np.isnan(found["model", "fid"].value)


def test_the_report_shows_real_beside_generated(made):
    page = (made.path / "report.html").read_text(encoding="utf-8")
    assert "Real and generated" in page
    assert "Kernel distance (KID)" in page
    assert "As training went" in page
    assert [step for step, _ in read_looks(made.path)] == [1, 2, 3, 4]


def training_only(folder, made):
    """A copy of a run as a kill while it trained would have left it."""
    shutil.copytree(made.path, folder)
    for name in ("estimates.json", "measurements.csv", "predictions.jsonl", "report.html", "comparisons.json", "model_card.md"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "model")
    return RunFolder(folder)


def test_a_run_that_still_trains_has_a_report_of_how_it_goes(made, tmp_path):
    run = training_only(tmp_path / "run", made)
    page = report(run).read_text(encoding="utf-8")
    assert "nothing has been measured, and the training stands at step 4 of 4" in page
    assert "As training went" in page
    assert "Training, not measured" in page
    assert not run.exists("model_card.md")


def test_a_training_that_diverged_without_a_model_says_so_in_error_and_report(made, tmp_path, monkeypatch):
    run = training_only(tmp_path / "run", made)
    monkeypatch.setattr(AdversarialLearner, "step", lambda self, step: {"loss_critic": float("nan")})
    forget(run)
    with pytest.raises(Diverged, match=r"diverged at step 1 of 4: .*Try a lower learning rate .*adversary=wasserstein"):
        train(run)
    page = report(run).read_text(encoding="utf-8")
    assert "The training ended at step 1 of 4: the loss is no longer a number." in page


def test_report_and_card_say_what_the_images_are(made):
    page = (made.path / "report.html").read_text(encoding="utf-8")
    (caption,) = re.findall(r"<figcaption>[^<]*images that nobody learned from.*?</figcaption>", page)
    (seen_by_nobody,) = re.findall(r'alt="[^"]*images that nobody learned from[^"]*"', page)
    assert SYNTHETIC in caption
    assert SYNTHETIC in seen_by_nobody
    assert SYNTHETIC in (made.path / "model_card.md").read_text(encoding="utf-8")


def test_the_report_says_how_a_generator_is_asked(made):
    page = (made.path / "report.html").read_text(encoding="utf-8")
    assert "isocenter predict RUN requests.csv" in page
    assert "case, seed, kind" in page
    assert "scan.nii.gz" not in page


def test_requests_become_pictures_that_say_what_they_are(made, tmp_path):
    asked = tmp_path / "requests.csv"
    asked.write_text("case,seed,kind\na,1,dark\nb,1,dark\nc,2,dark\nd,1,bright\n", encoding="utf-8")
    table = predict(made.path, asked, out=tmp_path / "out")
    with table.open(newline="", encoding="utf-8") as file:
        rows = {row["case"]: row for row in csv.DictReader(file)}
    images = {key: open_image(tmp_path / "out" / row["predicted_picture"]) for key, row in rows.items()}
    assert all(image.note == SYNTHETIC for image in images.values())
    arrays = {key: image.array() for key, image in images.items()}
    assert arrays["a"].dtype == np.uint8
    np.testing.assert_array_equal(arrays["a"], arrays["b"])
    assert (arrays["a"] != arrays["c"]).any()
    assert (arrays["a"] != arrays["d"]).any()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("case,knd\na,dark\n", "unknown column 'knd'. Did you mean kind"),
        ("case,kind\na,dark\nb,drk\nc,7\n", "case b, column kind: unknown word 'drk'.*1 more.*--skip-bad"),
        ("case,seed\na,1\nb,hello\n", "case b, column seed: expected a whole number"),
        ("case,seed\na,99999999999999999999999\n", "got 99999999999999999999999"),
    ],
)
def test_requests_that_cannot_be_answered_are_refused_before_any_image_is_made(made, tmp_path, table, said):
    (tmp_path / "requests.csv").write_text(table, encoding="utf-8")
    with pytest.raises(StudyError, match=said):
        predict(made.path, tmp_path / "requests.csv", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_other_requests_are_answered_where_bad_ones_are_skipped(made, tmp_path):
    (tmp_path / "requests.csv").write_text("case,seed\na,1\nb,hello\n", encoding="utf-8")
    table = predict(made.path, tmp_path / "requests.csv", out=tmp_path / "out", skip_bad=True)
    with table.open(newline="", encoding="utf-8") as file:
        rows = {row["case"]: row for row in csv.DictReader(file)}
    assert rows["a"]["predicted_picture"]
    assert "column seed" in rows["b"]["refused"]
    assert not (tmp_path / "out" / ".scratch").exists()


def test_what_was_kept_meanwhile_goes_when_answering_fails(made, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError("no space left")

    monkeypatch.setattr("isocenter.stages.predict._write", full)
    (tmp_path / "requests.csv").write_text("case\na\n", encoding="utf-8")
    with pytest.raises(OSError, match="no space"):
        predict(made.path, tmp_path / "requests.csv", out=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []

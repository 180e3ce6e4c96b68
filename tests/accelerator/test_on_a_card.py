"""Every family of learned methods, from table to report on a graphics card; the model answers on a processor as on the card.

Runs where there is one, asked for by ISOCENTER_TEST_ACCELERATOR=1; the other tests hide it.
"""

import numpy as np
import pytest
import torch
from PIL import Image as Picture

from isocenter.core.case import CaseList
from isocenter.methods.registry import methods_of, task_of
from isocenter.phantoms.tracer.tracer import text_tracer, tracer
from isocenter.stages.predict import predict
from isocenter.stages.run import run

from ..methods.in_memory import MemoryJournal, fingerprint_of, fit
from ..stages.disc_study import write_discs
from ..stages.tracer_files import write_tracer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a graphics card: ISOCENTER_TEST_ACCELERATOR=1")

LEARNED = [
    ("mask", "unet", {}),
    ("points", "density", {}),
    ("points", "voxel_classifier", {}),
    ("boxes", "voxel_classifier", {}),
    ("image", "pix2pix", {}),
    ("image", "cyclegan", {}),
    ("image", "residual_regression", {}),
    ("class", "cnn", {}),
    ("class", "mil", {}),
    ("multilabel", "cnn", {}),
    ("survival", "cnn", {}),
    ("count", "gp_unet", {}),
    ("proportion", "gapnet", {}),
    ("proportion", "proportionnet", {}),
    ("value", "cnn", {"pretrain": "autoencoder"}),
]


def on_the_processor(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.parametrize(("kind", "method", "settings"), LEARNED)
def test_a_method_learns_and_answers_on_the_card(kind, method, settings, tmp_path):
    study, cases = tracer(kind)
    study = study.model_copy(update={"method": method, "settings": {"steps": 6} | settings})
    torch.cuda.reset_peak_memory_stats()
    done = run(write_tracer(study, cases, tmp_path / "study"), out=tmp_path / "run")
    assert torch.cuda.max_memory_allocated() > 0
    answers = list(done.predictions())
    assert answers
    assert all(p.refused is None and study.targets[0].name in p.answers for p in answers)
    assert {e.who for e in done.estimates()} >= {"model", f"baseline:{task_of(study).floor}"}


@pytest.mark.parametrize("method", ["dcgan", "wgan_gp", "progressive_gan", "diffusion"])
def test_a_generator_learns_and_answers_on_the_card(method, tmp_path):
    write_discs(tmp_path / "study")
    (tmp_path / "study" / "made.yaml").write_text(
        f"{{name: made, cases: cases.csv, inputs: {{photo: image}}, patient: patient, task: generation, method: {method},\n"
        " targets: [{name: photo, type: image, columns: image}], settings: {steps: 6, side: 16}}\n",
        encoding="utf-8",
    )
    done = run(tmp_path / "study" / "made.yaml", out=tmp_path / "run")
    assert all(p.refused is None for p in done.predictions())


def test_words_are_learned_on_the_card(tmp_path):
    study, cases = text_tracer()
    model = fit(methods_of("multilabel").get("report_recurrent"), study, cases, tmp_path)
    assert all(p.refused is None for p in model.predict(cases, scratch=tmp_path))


def test_a_model_of_the_card_answers_alike_on_a_processor(tmp_path, monkeypatch):
    done = run(write_discs(tmp_path / "study"), out=tmp_path / "run", settings={"steps": 60})
    photo, answers = tmp_path / "study" / "photo_0.png", []
    for place in ("card", "processor"):
        if place == "processor":
            on_the_processor(monkeypatch)
        predict(done.path, photo, out=tmp_path / place)
        (written,) = (tmp_path / place).rglob("photo_0*.png")
        answers.append(np.asarray(Picture.open(written)))
    assert answers[0].any()
    assert np.mean(answers[0] == answers[1]) > 0.995


def test_a_training_stopped_on_the_card_goes_on_there(tmp_path):
    """To rounding: sums on a card are added up in no fixed order."""

    class Stops(MemoryJournal):
        def stop_now(self) -> bool:
            return len(self.lines) == 5

    study, cases = tracer("mask")
    study = study.model_copy(update={"method": "unet", "settings": {"steps": 10}})
    method = methods_of("segmentation").get("unet")
    plan = method.plan(study, fingerprint_of(study, cases), minutes=0.05, gigabytes=1.0)
    whole, stopped = MemoryJournal(tmp_path / "a"), Stops(tmp_path / "b")
    for journal in (whole, stopped, stopped):
        method.fit(study, cases, CaseList([]), plan, journal)
    assert [step for step, _ in stopped.lines] == list(range(1, 11))
    losses = [np.array([values["loss"] for _, values in made.lines]) for made in (whole, stopped)]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-3)

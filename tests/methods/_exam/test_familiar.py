"""A network tells how unlike its learning cases an exam is, and says the same after it was saved."""

import math

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.methods.registry import methods_of
from tests.methods.in_memory import MemoryJournal, fingerprint_of

METHOD = methods_of("classification").get("cnn")
SHAPE = (24, 24)
STUDY = Study(
    name="discs", cases="cases.csv", inputs={"x": "x"},
    targets=(Target(name="side", type="class", columns="side", classes=("left", "right")),),
    settings={
        "size": [24, 24], "encoder_settings": {"widths": [8, 16]}, "batch": 8, "steps": 40, "learning_rate": 1e-2,
        "augmentation": 0.0, "precision": "float32",
    },
)  # fmt: skip


def disc(rng, *, right):
    x, y = np.meshgrid(*(np.arange(n) for n in SHAPE), indexing="ij")
    center = (17 if right else 7) + rng.uniform(-2, 2), 12 + rng.uniform(-3, 3)
    inside = np.hypot(x - center[0], y - center[1]) < rng.uniform(3, 5)
    return (60 + 120 * inside + rng.normal(0, 6, SHAPE)).astype(np.float32)


def case(key, samples, label=None):
    samples = samples if samples.ndim == 3 else samples[None]
    image = held_image(samples.astype(np.float32), plain_grid(SHAPE))
    labels = {} if label is None else {"side": Scores(p=np.eye(2)[label], names=("left", "right"))}
    return Case(key=key, patient=key, inputs={"x": image}, labels=labels, covariates={})


def discs(count, seed):
    rng = np.random.default_rng(seed)
    return CaseList(case(f"c{i}", disc(rng, right=bool(i % 2)), i % 2) for i in range(count))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    learn = discs(60, 0)
    plan = METHOD.plan(STUDY, fingerprint_of(STUDY, learn), minutes=1, gigabytes=8)
    return METHOD.fit(STUDY, learn, discs(12, 1), plan, MemoryJournal(tmp_path_factory.mktemp("familiar")))


def distances(model, cases, folder):
    return {p.case: p for p in model.predict(cases, scratch=folder)}


def outliers(rng):
    plain = disc(rng, right=True)
    return CaseList(
        [
            case("inverted", 240 - plain),
            case("noise", rng.uniform(0, 240, SHAPE)),
            case("shuffled", rng.permutation(plain.ravel()).reshape(SHAPE)),
            case("stripes", 60 + 120 * (np.indices(SHAPE)[0] % 6 < 3)),
        ]
    )


def test_others_lie_farther_than_every_case_like_those_learned_from(model, tmp_path):
    like = [p.unlike for p in distances(model, discs(60, 2), tmp_path).values()]
    far = {key: p.unlike for key, p in distances(model, outliers(np.random.default_rng(3)), tmp_path).items()}
    assert max(like) < 3
    assert min(far.values()) > 1.5 * max(like), far
    assert all(p.because == "" for p in distances(model, discs(4, 2), tmp_path).values())


def test_an_image_of_another_kind_is_answered_with_the_reason(model, tmp_path):
    rng = np.random.default_rng(4)
    cases = CaseList([case("color", rng.uniform(0, 200, (3, *SHAPE))), case("bits", 50 * disc(rng, right=True))])
    said = distances(model, cases, tmp_path)
    assert all(math.isinf(p.unlike) and p.answers for p in said.values())
    assert "3 channels" in said["color"].because
    assert "numbers from" in said["bits"].because


def test_a_saved_model_tells_the_same(model, tmp_path):
    model.save(tmp_path / "model")
    again = METHOD.load(tmp_path / "model")
    cases = CaseList([*discs(4, 5), *outliers(np.random.default_rng(3))])
    for one, other in zip(distances(model, cases, tmp_path).values(), distances(again, cases, tmp_path).values(), strict=True):
        assert other.unlike == pytest.approx(one.unlike, rel=1e-4)


def test_a_model_saved_without_does_not_tell(model, tmp_path):
    model.save(tmp_path / "old")
    for name in ("familiar.json", "familiar.safetensors"):
        (tmp_path / "old" / name).unlink()
    said = distances(METHOD.load(tmp_path / "old"), discs(2, 5), tmp_path)
    assert all(math.isnan(p.unlike) for p in said.values())

"""Foreign patches: where they are, how they blend in, what the loss is at perfection, and that draws are taken up again."""

import numpy as np
import pytest
import torch

from isocenter.learning.anomaly.foreign import SHADE, Foreign, ForeignConfig, ellipse

RADIUS = (0.04, 0.16)


def lesson_of(normal, *, batch, seed, **asked):
    return Foreign(normal, ForeignConfig(batch=batch, radius=RADIUS, **asked), seed=seed)


@pytest.fixture
def unshaded(monkeypatch):
    monkeypatch.setattr("isocenter.learning.anomaly.foreign.SHADE", 0.0)
    monkeypatch.setattr("isocenter.learning.anomaly.foreign.NOISE", 0.0)


def images(count=6, side=32, channels=1):
    rng = np.random.default_rng(0)
    made = np.full((count, channels, side, side), -1.0, np.float32)
    made[:, :, 4:28, 4:28] = rng.uniform(-0.5, 1.0, (count, channels, 24, 24))
    return made


def test_images_differ_from_normal_ones_only_where_they_are_said_to(unshaded):
    normal = images(count=1)
    lesson = lesson_of(normal, batch=8, matched=0.5, seed=0)
    made, share = lesson.draw()
    assert made.shape == (8, 1, 32, 32)
    assert share.shape == (8, 1, 32, 32)
    for one, where in zip(made, share, strict=True):
        alike = (np.abs(one - normal[0]) < 1e-6) | (np.abs(one - normal[0][:, ::-1]) < 1e-6)
        assert alike[np.broadcast_to(where == 0, alike.shape)].all()
        assert 0 < where.max() <= 1


def test_a_matched_patch_has_the_mean_of_what_it_replaces(monkeypatch, unshaded):
    monkeypatch.setattr("isocenter.learning.anomaly.foreign.WEIGHT", (1.0, 1.0))
    dark, bright = np.full((1, 1, 32, 32), 0.0, np.float32), np.full((1, 1, 32, 32), 0.8, np.float32)
    for matched, largest in ((1.0, 1e-5), (0.0, 0.8)):
        made, _ = lesson_of(np.concatenate([dark, bright]), batch=16, matched=matched, seed=0).draw()
        spread = max(float(np.ptp(one)) for one in made)
        assert spread == pytest.approx(largest, abs=1e-4)


def test_most_of_a_blob_lies_where_something_is_shown():
    lesson = lesson_of(images(), batch=40, seed=1)
    _, share = lesson.draw()
    assert share[:, 0, 4:28, 4:28].sum() > 0.85 * share.sum()


def test_ellipses_have_the_sizes_asked_for():
    areas = [float((ellipse((64, 64), RADIUS, np.random.default_rng(i)) > 0.5).sum()) for i in range(200)]
    assert max(areas) < np.pi * (0.16 * 64 + 1.5) ** 2 * 1.1
    assert max(areas) > np.pi * (0.12 * 64) ** 2


def test_the_loss_is_least_for_the_share_itself():
    lesson = lesson_of(images(), batch=4, grown=0.5, seed=2)
    state = lesson.state()
    made, share = lesson.draw()
    truth = torch.from_numpy(share)

    def said(logits):
        lesson.restore(state)
        return float(lesson.loss(lambda _: logits, lambda x: x))

    perfect = said(torch.logit(truth.clamp(1e-6, 1 - 1e-6)))
    assert perfect < said(torch.zeros_like(truth))
    assert perfect < said(torch.logit((0.8 * truth + 0.1).clamp(1e-6, 1 - 1e-6)))
    lesson.restore(state)
    np.testing.assert_array_equal(lesson.draw()[0], made)


def test_every_image_is_shaded_by_a_factor_and_an_offset_of_its_own(monkeypatch):
    monkeypatch.setattr("isocenter.learning.anomaly.foreign.NOISE", 0.0)
    made, share = lesson_of(np.zeros((2, 1, 32, 32), np.float32), batch=200, untouched=1.0, seed=3).draw()
    offsets = made[:, 0, 0, 0]
    assert np.std(offsets) == pytest.approx(SHADE, rel=0.2)
    assert not share.any()


@pytest.mark.parametrize("untouched", [0.0, 0.4])
def test_as_many_images_as_asked_for_are_left_as_they_are(untouched):
    _, share = lesson_of(images(), batch=300, untouched=untouched, seed=4).draw()
    assert np.mean(share.max(axis=(1, 2, 3)) == 0) == pytest.approx(untouched, abs=0.08)


def test_an_image_that_shows_nothing_gets_no_blob(unshaded):
    nothing = np.full((2, 1, 32, 32), -1.0, np.float32)
    made, share = lesson_of(nothing, batch=4, seed=5).draw()
    assert not share.any()
    np.testing.assert_array_equal(made, np.full((4, 1, 32, 32), -1.0))


def test_what_grew_changes_the_image_around_it_too(unshaded):
    normal = images(count=1)
    made, share = lesson_of(normal, batch=8, grown=1.0, seed=6).draw()
    around = [
        ((np.abs(one - normal[0]) > 0.05) & (np.abs(one - normal[0][:, ::-1]) > 0.05) & (where == 0)).sum()
        for one, where in zip(made, share, strict=True)
    ]
    assert min(around) > 0

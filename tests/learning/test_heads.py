"""Every head: no loss at perfection, a gradient towards the truth, and the answer its numbers mean."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from isocenter.core.amount import Amount
from isocenter.core.errors import StudyError
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.learning.heads import HEADS, default_head
from isocenter.learning.heads.cox import Cox
from isocenter.learning.heads.cox import fit as fit_cox
from isocenter.learning.heads.cumulative import Cumulative
from isocenter.learning.heads.discrete_time import DiscreteTime, fit
from isocenter.learning.heads.linear import Linear
from isocenter.learning.heads.poisson import Poisson
from isocenter.learning.heads.share import Share
from isocenter.learning.heads.share_interval import ShareInterval
from isocenter.learning.heads.sigmoid import Sigmoid
from isocenter.learning.heads.softmax import Softmax
from isocenter.metrics.survival_at import alive_at


def tensor(*rows):
    return torch.tensor(rows, dtype=torch.float32)


@pytest.mark.parametrize(
    ("head", "raw", "truth"),
    [
        (Softmax(names=("a", "b", "c")), (0.0, 30.0, 0.0), (1.0,)),
        (Softmax(names=("no", "yes")), (30.0,), (1.0,)),
        (Sigmoid(names=("a", "b")), (30.0, -30.0), (1.0, 0.0)),
        (Cumulative(names=("0", "1", "2")), (30.0, -30.0), (1.0,)),
        (Linear(mean=10.0, deviation=2.0), (1.5,), (13.0, 13.0)),
        (Linear(mean=10.0, deviation=2.0), (0.3,), (8.0, 12.0)),
        (Poisson(mean=4.0), (math.log(1.5),), (6.0, 6.0)),
        (Poisson(mean=4.0), (-30.0,), (0.0, 0.0)),
        (Poisson(mean=4.0), (0.0,), (3.0, 5.0)),
        (Share(), (0.0,), (0.3, 0.7)),
        (ShareInterval(), (-30.0,), (0.0, 0.0)),
        (ShareInterval(), (0.0,), (0.3, 0.7)),
        (ShareInterval(), (30.0,), (0.76, 1.0)),
        (DiscreteTime(edges=(10.0, 20.0)), (-30.0, 30.0), (15.0, 1.0)),
    ],
)
def test_the_loss_of_a_perfect_answer_is_nothing(head, raw, truth):
    assert head.loss(tensor(raw), tensor(truth)).item() == pytest.approx(0.0, abs=1e-5)


def test_what_was_not_assessed_teaches_a_finding_nothing():
    head = Sigmoid(names=("a", "b"))
    raw = tensor((0.5, 3.0)).requires_grad_()
    head.loss(raw, tensor((1.0, math.nan))).sum().backward()
    assert raw.grad is not None
    assert raw.grad[0, 0] < 0
    assert raw.grad[0, 1] == 0


def test_a_share_is_pushed_to_the_nearer_end_of_its_interval():
    for raw, sign in ((-3.0, -1.0), (3.0, 1.0), (0.0, 0.0)):
        logit = tensor((raw,)).requires_grad_()
        Share().loss(logit, tensor((0.3, 0.7))).sum().backward()
        assert np.sign(logit.grad.item()) == sign


def test_the_probability_of_an_interval_written_out():
    head, logit = ShareInterval(scale=0.5), 0.3
    ends = [math.log(p / (1 - p)) for p in (0.055, 0.255)]
    shares = [1 / (1 + math.exp((logit - end) / 0.5)) for end in ends]
    middle = math.tanh((ends[1] - ends[0]) / 2)  # the probability in the middle of the interval: 2 sigmoid(w / 2s) - 1, s = 0.5
    by_hand = -math.log(shares[1] - shares[0]) + math.log(middle)
    assert head.loss(tensor((logit,)), tensor((0.06, 0.25))).item() == pytest.approx(by_hand, rel=1e-5)


def test_an_interval_tells_none_from_little_as_well_as_some_from_much():
    none, little, half = (math.log(p / (1 - p)) for p in (0.002, 0.03, 0.5))
    for answer, truth in ((little, (0.0, 0.0)), (none, (0.01, 0.05)), (little, (0.26, 0.5)), (half, (0.01, 0.05))):
        assert ShareInterval().loss(tensor((answer,)), tensor(truth)).item() > 1.0


def test_the_loss_of_an_interval_has_a_gradient_far_from_it():
    for raw, truth, sign in ((9.0, (0.0, 0.0), 1.0), (-9.0, (0.76, 1.0), -1.0), (0.0, (0.01, 0.05), 1.0), (0.0, (1.0, 1.0), -1.0)):
        logit = tensor((raw,)).requires_grad_()
        ShareInterval().loss(logit, tensor(truth)).sum().backward()
        assert np.sign(logit.grad.item()) == sign
        assert abs(logit.grad.item()) > 0.5


def test_poissons_loss_is_half_the_deviance():
    rate, count = 3.0, 5.0
    by_hand = count * math.log(count / rate) - (count - rate)
    assert Poisson(mean=4.0).loss(tensor((math.log(rate / 4.0),)), tensor((count, count))).item() == pytest.approx(
        by_hand, rel=1e-5
    )


def test_a_rate_beyond_all_bounds_still_has_a_loss_and_a_way_back():
    raw = tensor((60.0,)).requires_grad_()
    Poisson(mean=4.0).loss(raw, tensor((5.0, 5.0))).sum().backward()
    assert math.isfinite(raw.grad.item())
    assert raw.grad.item() > 0


def test_the_places_of_a_poisson_map_add_up_to_the_count():
    head, places = Poisson(mean=4.0), np.array([[-3.0, -1.0, 0.5]])
    total = np.log(np.exp(places).sum())
    assert head.map(places).sum() == pytest.approx(head.answer(np.array([total])).value)


def test_the_mean_label_is_where_a_share_starts():
    labels = [Amount(value=math.nan, unit="%", low=0.0, high=0.0), Amount(value=math.nan, unit="%", low=26.0, high=50.0)]
    for name in ("share", "share_interval"):
        head = HEADS.get(name).fit(Target(name="s", type="proportion", columns="s", unit="%"), labels)
        assert head.answer(np.array([head.start])).value == pytest.approx(19.0)


def test_grades_never_have_a_probability_below_zero():
    p = Cumulative(names=("0", "1", "2", "3")).answer(np.array([0.0, 2.0, -1.0])).p
    assert p.sum() == pytest.approx(1.0)
    assert (p >= 0).all()


def test_a_temperature_makes_overconfident_logits_honest(rng):
    truth = (rng.random(2000) < 0.5).astype(float)
    logit = np.where(truth == 1, 1.0, -1.0) + rng.normal(0, 1.0, 2000)
    ideal = 2.0 * logit  # of two normals a distance 2 apart
    for head, raw in ((Softmax(names=("no", "yes")), 5 * ideal), (Sigmoid(names=("x",)), 5 * ideal)):
        mended = head.calibrated(raw[:, None], truth[:, None])
        assert mended.temperature == pytest.approx(5.0, rel=0.15)


def test_a_count_is_not_below_zero_and_a_value_may_be():
    target = Target(name="n", type="count", columns="n", unit="spots")
    labels = [Amount(value=v, unit="spots") for v in (2.0, 4.0, 6.0)]
    head = HEADS.get("linear").fit(target, labels)
    assert head.answer(np.array([-9.0])).value == 0.0
    assert head.answer(np.array([0.0])).value == pytest.approx(4.0)
    value = HEADS.get("linear").fit(target.model_copy(update={"type": "value"}), labels)
    assert value.answer(np.array([-9.0])).value < 0


def test_percentages_stay_percentages():
    head = HEADS.get("share").fit(Target(name="s", type="proportion", columns="s", unit="%"), [])
    assert head.truth(Amount(value=math.nan, unit="%", low=5.0, high=25.0)) == pytest.approx([0.05, 0.25])
    assert head.answer(np.array([0.0])).value == pytest.approx(50.0)


TIME = Target(name="t", type="survival", columns=("d", "e"))


def survival(days, code):
    return Survival(days=np.array([days]), alive=np.array([0.0 if code == 1 else 1.0]), censored=code == 0, cause=max(code, 1))


def test_coxs_loss_is_the_partial_likelihood_written_out():
    raw, truth = tensor((0.2,), (1.0,), (-0.5,)), tensor((5.0, 1.0), (3.0, 1.0), (9.0, 0.0))
    risk = np.exp([0.2, 1.0, -0.5])
    by_hand = -(math.log(risk[1] / risk.sum()) + math.log(risk[0] / (risk[0] + risk[2]))) / 2
    assert Cox().loss(raw, truth).mean().item() == pytest.approx(by_hand, rel=1e-5)


def test_breslows_hazard_of_equal_risks_is_nelson_aalens():
    days = np.array([[1.0, 1], [2.0, 0], [3.0, 1], [4.0, 1]])
    head = Cox().with_baseline(np.zeros((4, 1)), days)
    assert head.days == (1.0, 3.0, 4.0)
    assert head.hazard[0] == pytest.approx((1 / 4, 1 / 4 + 1 / 2, 1 / 4 + 1 / 2 + 1))
    assert head.answer(np.array([1.0])).alive == pytest.approx(np.exp(-math.e * np.array([1 / 4, 3 / 4, 7 / 4])))
    high, low = head.answer(np.array([1.0])), head.answer(np.array([-1.0]))
    assert (high.alive < low.alive).all()


def test_coxs_hazards_of_two_causes_make_the_incidence(rng):
    """Constant hazards 0.1 and 0.3 a year, all of one risk: 0.216 have it in five years, where 0.393 would without death."""
    days = np.stack([rng.exponential(1 / rate, 5000) for rate in (0.05, 0.1, 0.3)])
    head = fit_cox(TIME, [survival(1.0, 1), survival(1.0, 2)])
    assert head.outputs == 2
    head = head.with_baseline(np.zeros((5000, 2)), np.column_stack([days.min(axis=0), days.argmin(axis=0)]))
    curve = head.answer(np.zeros(2))
    assert 1 - alive_at([curve], 5.0)[0] == pytest.approx(0.25 * (1 - math.exp(-2.0)), abs=0.02)
    doomed = head.answer(np.array([0.0, 2.0]))  # dies sooner of something else
    assert doomed.alive[-1] > curve.alive[-1]


def test_coxs_loss_is_that_of_both_causes():
    raw, truth = tensor((0.2, 0.1), (1.0, 0.0), (-0.5, 0.7)), tensor((5.0, 1.0), (3.0, 2.0), (9.0, 0.0))
    first, second = np.exp([0.2, 1.0, -0.5]), np.exp([0.1, 0.0, 0.7])
    by_hand = -(math.log(second[1] / second.sum()) + math.log(first[0] / (first[0] + first[2]))) / 2
    assert Cox(causes=2).loss(raw, truth).mean().item() == pytest.approx(by_hand, rel=1e-5)


def test_coxs_hazards_expect_as_many_events_as_tuning_cases_have(rng):
    """A network too sure of its learning cases; ten tuning events set the level, nine do not."""
    days, raw = rng.exponential(10.0, 60), rng.normal(size=(60, 1))
    head = Cox().with_baseline(raw, np.column_stack([days, np.ones(60)]))
    tuning = np.column_stack([np.full(40, 5.0), np.arange(40) < 10])
    mended = head.calibrated(raw[:40], tuning)
    at = np.searchsorted(mended.days, 5.0, side="right") - 1
    assert mended.hazard[0][at] * np.exp(raw[:40]).sum() == pytest.approx(10, rel=1e-4)
    tuning[0, 1] = 0
    assert head.calibrated(raw[:40], tuning) == head


def test_what_a_network_says_of_everybody_does_not_move_coxs_curve():
    days = np.array([[1.0, 1], [2.0, 0], [3.0, 1], [4.0, 1]])
    curves = [Cox().with_baseline(np.full((4, 1), level), days).answer(np.array([level])) for level in (0.0, 20.0)]
    assert curves[1].alive == pytest.approx(curves[0].alive, rel=1e-6)


def test_a_cox_head_wants_an_event():
    for labels in ([survival(5.0, 0), survival(6.0, 2)], []):
        with pytest.raises(StudyError, match="with the event"):
            fit_cox(TIME, labels)
    with pytest.raises(StudyError, match="none among 3"):
        Cox().with_baseline(np.zeros((3, 1)), np.column_stack([np.arange(3.0), np.zeros(3)]))


def test_competing_events_take_their_share_of_the_incidence():
    head = DiscreteTime(edges=(1.0, 2.0), causes=2)
    third = head.answer(np.zeros(4))  # at each step: nothing, event, death, a third each
    assert third.alive == pytest.approx([1 - 1 / 3, 1 - 1 / 3 - 1 / 9])


def test_intervals_of_time_hold_about_the_same_events(rng):
    labels = [survival(float(d), 1) for d in rng.exponential(500, 400)]
    head = fit(Target(name="t", type="survival", columns=("d", "e")), labels)
    counts = np.histogram([label.days[0] for label in labels], bins=[0.0, *head.edges])[0]
    assert counts.max() <= 1.3 * counts.min()
    assert head.edges[-1] == pytest.approx(max(label.days[0] for label in labels), abs=1e-3)


def test_every_kind_has_one_default_head_and_others_say_so():
    kinds = ["class", "multilabel", "ordinal", "value", "count", "proportion", "survival"]
    assert {default_head(kind) for kind in kinds} == {"softmax", "sigmoid", "cumulative", "linear", "share", "discrete_time"}
    with pytest.raises(StudyError, match="mask"):
        default_head("mask")


@pytest.mark.parametrize("name", HEADS.names())
def test_a_head_survives_json(name):
    target = {
        "softmax": Target(name="t", type="class", columns="t", classes=("a", "b")),
        "sigmoid": Target(name="t", type="multilabel", columns=("a", "b"), classes=("a", "b")),
        "cumulative": Target(name="t", type="ordinal", columns="t", classes=("0", "1", "2")),
        "linear": Target(name="t", type="value", columns="t"),
        "poisson": Target(name="t", type="count", columns="t"),
        "share": Target(name="t", type="proportion", columns="t"),
        "share_interval": Target(name="t", type="proportion", columns="t"),
    }.get(name, Target(name="t", type="survival", columns=("d", "e")))
    labels = [survival(float(d), d % 2) for d in range(1, 30)] if target.type == "survival" else []
    head = HEADS.get(name).fit(target, labels)
    assert HEADS.get(name).config(**dataclasses.asdict(head)) == head


def test_a_label_of_another_kind_counts_as_not_assessed():
    assert np.isnan(Softmax(names=("a", "b")).truth(Scores(p=np.full(2, np.nan), names=("a", "b")))).all()
    assert np.isnan(Linear().truth("words")).all()
    assert np.isnan(Cox().truth(Amount(value=1.0, unit="1"))).all()

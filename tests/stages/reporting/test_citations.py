"""Every part of a method is cited as its own file states it."""

from isocenter.core.plan import Plan, Setting
from isocenter.stages.reporting.citations import citations_of, field_of, head_of

TEXT = """A loss.

In:   logits.
Reference: First & Second, Venue 2016, arXiv:1606.04797;
           Third, Journal 2021.
Differs:   plain sums.
"""


def plan(**settings: object) -> Plan:
    made = tuple(Setting(name=n, value=v, reason="", origin="rule") for n, v in settings.items())
    return Plan(method="unet", seed=0, steps=1, minutes=1, gigabytes=1, sane=True, settings=made)


def test_a_reference_may_take_two_lines():
    assert field_of(TEXT, "Reference") == "First & Second, Venue 2016, arXiv:1606.04797; Third, Journal 2021"
    assert field_of(TEXT, "Differs") == "plain sums"
    assert field_of(TEXT, "Missing") == ""


def test_network_and_loss_are_cited_by_name():
    found = {c.part: c for c in citations_of(plan(network="unet", loss="dice", deep_supervision=False))}
    assert "Ronneberger" in found["network"].reference
    assert "Milletari" in found["loss"].reference
    assert found["loss"].name == "dice"
    assert "deep supervision" not in found


def test_a_part_that_is_switched_off_or_unknown_is_not_cited():
    assert citations_of(plan(augmentation=0.0, network="nobody_knows_it", loss="../../secret")) == []


def test_a_file_that_is_not_there_says_nothing():
    assert head_of("learning/losses/nobody.py") == ""

"""Minutes decide the width; the data decide the batch."""

from isocenter.learning.planning.budget import (
    BASES,
    choose_base,
    choose_batch,
    choose_patch_limit,
    shrink_batch,
    too_few,
    training_gigabytes,
    widths_of,
)


def test_more_minutes_never_make_a_narrower_network():
    bases = [choose_base(1.2, timed_base=32, minutes=m) for m in (1, 5, 15, 60, 600)]
    assert bases == sorted(bases)
    assert bases[0] == BASES[-1]
    assert bases[-1] == BASES[0]


def test_a_batch_never_sees_more_than_a_twentieth_of_the_data_unless_two_patches_do():
    assert choose_batch((40, 56, 40), total_samples=8.5e6).value == 4
    assert choose_batch((40, 56, 40), total_samples=2e5).value == 2


def test_widths_double_up_to_the_limit():
    assert widths_of(32, 6, 3) == (32, 64, 128, 256, 320, 320)
    assert widths_of(32, 6, 2) == (32, 64, 128, 256, 512, 512)


def test_memory_grows_with_the_batch():
    strides = ((1, 1, 1), (2, 2, 2))
    one, two = (training_gigabytes((64, 64, 64), batch=b, widths=(32, 64), strides=strides, data_bytes=0) for b in (1, 2))
    assert 0.8 < one < two < 2 * one


def test_an_accelerator_allows_larger_patches_than_a_processor():
    assert choose_patch_limit(3, minutes=15, accelerated=True).value > choose_patch_limit(3, minutes=15, accelerated=False).value


def test_the_batch_gives_way_when_steps_are_few_and_never_below_two():
    assert [shrink_batch(12, steps=s) for s in (3000, 1000, 500, 70)] == [12, 12, 6, 2]
    assert shrink_batch(2, steps=10) == 2


def test_too_few_steps_are_said_with_the_remedy_that_helps():
    assert too_few(200, sane=200, minutes=5, asked=False) == ""
    assert "Give it about 10 minutes" in too_few(100, sane=200, minutes=5, asked=False)
    asked = too_few(40, sane=200, minutes=15, asked=True)
    assert "40 steps were asked for" in asked
    assert "minutes" not in asked

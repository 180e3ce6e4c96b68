"""Mirror images are averaged where the network knows them and a case stays quick."""

from isocenter.learning.planning.mirroring import choose_mirrored


def test_a_network_never_trained_on_mirror_images_sees_none():
    assert choose_mirrored((), (64, 64), (64, 64), overlap=0.5, seconds=0.1, batch=4).value is False


def test_a_quick_case_is_seen_mirrored_and_a_large_one_is_not():
    # 1 window of a step of 12 s with 4: 1 s forward, 4 copies
    small = choose_mirrored((0, 1), (64, 64), (64, 64), overlap=0.5, seconds=12.0, batch=4)
    # half overlapping windows start at 0, 32, 64, 96, 128: 25 of them
    large = choose_mirrored((0, 1), (192, 192), (64, 64), overlap=0.5, seconds=12.0, batch=4)
    assert (small.value, large.value) == (True, False)
    assert "over 4 mirror images takes about 4.0 s" in small.reason
    assert "about 100.0 s" in large.reason
    assert large.origin == "measured"

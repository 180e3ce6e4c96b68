"""Signal equations, and the design that makes some diagnoses need more than one input."""

import numpy as np
import pytest

from isocenter.phantoms.brain.settings import BRAIN, CONTRASTS
from isocenter.phantoms.brain.signal import SEQUENCES, clean_signal, signal_of

SCANNERS = BRAIN["scanners"]
ONE = np.ones((1, 1, 1), np.float32)
NOTHING = dict.fromkeys(("gray", "deep", "csf"), 0 * ONE)


def over_white(scanner, material, sequence, uptake=0.0):
    p = BRAIN
    return signal_of(p, SCANNERS[scanner], material, sequence, uptake) / signal_of(p, SCANNERS[scanner], "white", sequence)


@pytest.mark.parametrize("scanner", SCANNERS)
def test_fluid_is_bright_in_t2_dark_in_t1_and_gone_in_flair(scanner):
    assert over_white(scanner, "csf", "t2") > 2.5
    assert over_white(scanner, "csf", "t1") < 0.3
    assert over_white(scanner, "csf", "flair") < 1e-6  # the inversion time nulls it


@pytest.mark.parametrize("scanner", SCANNERS)
def test_gray_matter_is_darker_than_white_in_t1_and_brighter_elsewhere(scanner):
    assert over_white(scanner, "gray", "t1") < 0.85
    assert all(over_white(scanner, "gray", name) > 1.05 for name in ("t2", "flair", "dwi"))


@pytest.mark.parametrize("scanner", SCANNERS)
@pytest.mark.parametrize("kind", CONTRASTS)
def test_solved_lesions_have_the_contrast_they_were_solved_for_on_every_scanner(scanner, kind):
    for sequence, wanted in CONTRASTS[kind].items():
        assert over_white(scanner, kind, sequence) == pytest.approx(wanted, abs=0.06), sequence


@pytest.mark.parametrize("sequence", ["t1", "t2", "flair", "dwi"])
@pytest.mark.parametrize("scanner", SCANNERS)
def test_no_single_sequence_tells_scar_and_wml_from_plaque_and_wet(scanner, sequence):
    vascular = sorted(over_white(scanner, kind, sequence) for kind in ("scar", "wml"))
    inflammatory = sorted(over_white(scanner, kind, sequence) for kind in ("plaque", "wet"))
    assert vascular == pytest.approx(inflammatory, abs=0.06)


def test_t1_and_flair_together_tell_them():
    pairs = {kind: (CONTRASTS[kind]["t1"], CONTRASTS[kind]["flair"]) for kind in CONTRASTS}
    assert {pairs["scar"], pairs["wml"]}.isdisjoint({pairs["plaque"], pairs["wet"]})


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_stroke_changes_diffusion_alone(sequence):
    scanner = SCANNERS["sharp"]
    shares = {"white": ONE, **NOTHING}
    without = clean_signal(BRAIN, scanner, sequence, shares, {}, enhancing=False)
    with_stroke = clean_signal(BRAIN, scanner, sequence, shares, {"stroke": ONE}, enhancing=False)
    ratio = float((with_stroke / without)[0, 0, 0])
    assert ratio == pytest.approx(np.exp(1.0 * (0.70 - BRAIN["restricted_diffusion"])) if sequence == "dwi" else 1.0)


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_contrast_agent_changes_t1c_alone(sequence):
    shares = {"white": ONE, **NOTHING}
    taken, not_taken = (
        clean_signal(BRAIN, SCANNERS["sharp"], sequence, shares, {"core": ONE}, enhancing=enhancing) for enhancing in (True, False)
    )
    assert (taken > 1.5 * not_taken).all() if sequence == "t1c" else (taken == not_taken).all()


def test_a_mixture_has_the_mean_signal_of_its_parts():
    half = ONE / 2
    mixed = clean_signal(BRAIN, SCANNERS["old"], "t2", {**NOTHING, "white": half, "csf": half}, {}, enhancing=False)
    parts = [signal_of(BRAIN, SCANNERS["old"], name, "t2") for name in ("white", "csf")]
    assert float(mixed[0, 0, 0]) == pytest.approx(np.mean(parts))

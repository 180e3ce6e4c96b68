"""Time-of-flight signal: fresh blood bright, old blood as still blood, noise Rician."""

import numpy as np
import pytest

from isocenter.phantoms.vessels.angiogram import add_rician, echo
from isocenter.phantoms.vessels.settings import TOF

SCANNER = TOF["scanners"]["wide"]
BLOOD = TOF["blood"]


def test_fresh_blood_gives_the_whole_magnetization():
    expected = BLOOD["density"] * np.sin(np.deg2rad(25.0)) * np.exp(-4.0 / 90.0)
    assert echo(BLOOD, SCANNER, 0) == pytest.approx(expected, rel=1e-5)


def test_signal_falls_with_every_pulse_to_the_steady_state():
    pulses = echo(BLOOD, SCANNER, np.arange(200))
    assert (np.diff(pulses[:60]) < 0).all()
    assert pulses[-1] == pytest.approx(float(echo(BLOOD, SCANNER, np.inf)), rel=1e-3)


def test_the_steady_state_is_that_of_ernst():
    e1 = np.exp(-28.0 / 680.0)
    expected = 0.70 * np.sin(np.deg2rad(25)) * (1 - e1) / (1 - e1 * np.cos(np.deg2rad(25))) * np.exp(-4.0 / 55.0)
    assert echo(TOF["tissues"]["white"], SCANNER, np.inf) == pytest.approx(expected, rel=1e-5)


def test_noise_in_air_has_the_mean_of_rayleigh(rng):
    noisy = add_rician(np.zeros((40, 40, 40), np.float32), SCANNER, rng, reference=1.0, snr=10.0)
    assert noisy.mean() == pytest.approx(0.1 * np.sqrt(np.pi / 2), rel=0.03)


def test_noise_on_a_strong_signal_is_gaussian_of_the_stated_size(rng):
    noisy = add_rician(np.full((40, 40, 40), 5.0, np.float32), SCANNER, rng, reference=1.0, snr=10.0)
    assert noisy.std() == pytest.approx(0.1, rel=0.05)

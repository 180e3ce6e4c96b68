"""One chest in numbers: sizes and places of the parts, with their variation.

In:   a person, a generator, and the phantom's ranges.
Out:  Anatomy; lengths in mm, places (x, y, z) with x to the left, y to the back, z up.
Not:  no shapes (shapes.py, skeleton.py), no disease.

Proportions: inner thorax about 27 x 17 cm (F) and 30 x 19 cm (M) at the base, cardiothoracic ratio near 0.45, the right dome
about 12 mm above the left, textbook anatomy (Gray's Anatomy, 41st ed., ch. 53-57).
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.record import Record
from isocenter.phantoms.body.person import Person


class Anatomy(Record):
    """Sizes and places of one chest."""

    half_width: float
    """Inner thorax at its widest, left to right."""
    half_depth: float
    apex: float
    """z of the lung apices."""
    base: float
    """z of the deepest recess."""
    taper: float
    """How fast the thorax widens below the apex."""
    squareness: float
    """Exponent-like term: 0 elliptic cross-section, 1 boxy."""
    wall: float
    """Thickness of the chest wall at the side."""
    medial: float
    """Half the distance between the lungs."""
    dome: tuple[float, float]
    """z of the right and the left dome."""
    dome_height: float
    heart: tuple[float, float, float]
    heart_size: float
    heart_tilt_deg: float
    knob: float
    """Radius of the aortic knob."""
    mediastinum: float
    """Half-width of the great vessels."""
    shoulder: float
    """z of the top of the shoulders at the arm."""
    shoulder_width: float
    breast: float
    """Radius; 0 for none."""
    rib_drop: float
    """How far a middle rib falls from back to front."""
    rib_radius: float
    rib_density: float
    """Share of the bone's full density; falls with age."""
    scoliosis: float
    """Side bend of the spine over the chest."""
    kyphosis: float
    lung_density: float
    """Share of soft tissue in healthy lung, vessels apart."""
    gas: float
    """Radius of the stomach's gas bubble; 0 for none."""
    clavicle_rise: float


def draw_anatomy(parameters: Mapping[str, Any], person: Person, rng: np.random.Generator) -> Anatomy:
    """Draw the chest of a person; with the same generator a twin of another age keeps all that age does not change."""
    p = parameters
    male = person.sex == "M"
    size = person.height_cm / (176.0 if male else 163.0)
    old = max(person.age_years - 45.0, 0.0) / 45.0

    def vary(name: str) -> float:
        mean, spread = p[name]
        return float(mean * (1.0 + spread * np.clip(rng.normal(), -2.5, 2.5)))

    frame = size * (1.0 if male else 0.91)
    height = vary("lung_height_mm") * frame
    apex = 0.53 * height
    right = -0.30 * height * (1 + 0.18 * rng.normal())
    fatness = max(person.bmi - 18.0, 0.0)
    return Anatomy(
        half_width=vary("half_width_mm") * frame,
        half_depth=vary("half_depth_mm") * frame * (1 + 0.12 * old),
        apex=apex,
        base=apex - 1.22 * height,
        taper=vary("taper"),
        squareness=float(np.clip(rng.normal(0.35, 0.2), 0, 1)),
        wall=(8.0 + 1.5 * fatness) * (1 + 0.15 * rng.normal() * 0.5),
        medial=vary("medial_mm") * frame,
        dome=(right, right - vary("dome_step_mm")),
        dome_height=vary("dome_height_mm") * frame,
        heart=(
            (22.0 + 5.0 * rng.normal()) * frame,
            (-22.0 + 4.0 * rng.normal()) * frame,
            right + (34.0 + 5.0 * rng.normal()) * frame,
        ),
        heart_size=vary("heart_size") * frame * (1 + 0.10 * old) * (1 + 0.006 * (person.bmi - 25.0)),
        heart_tilt_deg=float(rng.normal(38.0, 7.0)),
        knob=vary("knob_mm") * frame * (1 + 0.35 * old),
        mediastinum=vary("mediastinum_mm") * frame * (1 + 0.12 * old),
        shoulder=apex * (0.94 + 0.08 * rng.normal()),
        shoulder_width=vary("shoulder_mm") * frame,
        breast=0.0 if male else float(max(30.0, vary("breast_mm") * (1 + 0.02 * (person.bmi - 24.0)))),
        rib_drop=vary("rib_drop_mm") * frame,
        rib_radius=vary("rib_radius_mm") * frame,
        rib_density=vary("rib_density") * (1 - 0.35 * old),
        scoliosis=float(rng.normal(0.0, 4.0)),
        kyphosis=12.0 + 14.0 * old,
        lung_density=vary("lung_density") * (1 - 0.12 * old),
        gas=float(max(0.0, rng.normal(16.0, 14.0))),
        clavicle_rise=float(rng.normal(14.0, 9.0)),
    )


def breathe(anatomy: Anatomy, depth: float) -> Anatomy:
    """Return the chest at another level of inspiration: 1 full, 0.6 shallow. Domes rise and lungs whiten; their mass is kept."""
    height = anatomy.apex - 0.5 * (anatomy.dome[0] + anatomy.dome[1])
    rise = (1.0 - depth) * 0.5 * height
    x, y, z = anatomy.heart
    return dataclasses.replace(
        anatomy,
        dome=(anatomy.dome[0] + rise, anatomy.dome[1] + rise),
        heart=(x, y, z + 0.8 * rise),
        lung_density=anatomy.lung_density * height / (height - rise),
        heart_size=anatomy.heart_size * (1 + 0.25 * (1 - depth)),
    )

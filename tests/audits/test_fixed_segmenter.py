"""A threshold that knows true pictures of discs, on pictures that were denoised, and on some whose discs grew."""

import csv

import numpy as np
import pytest

from isocenter.audits.audit import NotForThisRun, audit
from isocenter.core.errors import RunError, SettingError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.io.write import write_image, write_mask
from isocenter.stages.run import run

SIDE, RADII = 32, (4, 5, 6, 7)
TARGETS = "- {name: discs, type: mask, columns: discs, classes: [background, disc], use: score}"
RESTORATION = """
name: discs
cases: cases.csv
inputs: {{shown: {shown}}}
targets:
  - {{name: clean, type: image, columns: clean}}
  {masks}
method: {method}
baselines: [{baselines}]
split: {{tune: 0.5, test: 0.0}}
"""
SEGMENTATION = """
name: segmenter
cases: cases.csv
inputs: {clean: clean}
targets: [{name: discs, type: mask, columns: discs, classes: [background, disc]}]
method: threshold
split: {tune: 0.5, test: 0.0}
"""


def disc(center, radius):
    x, y = np.indices((SIDE, SIDE))
    return ((x - center[0]) ** 2 + (y - center[1]) ** 2 <= radius**2).astype(np.uint8)


@pytest.fixture(scope="module")
def discs(tmp_path_factory):
    """Patients with a disc each: clean, noisy, and clean with a larger disc; a threshold that learned the clean ones."""
    home = tmp_path_factory.mktemp("discs")
    grid, rows = plain_grid((SIDE, SIDE)), []
    for i in range(40):
        rng = np.random.default_rng(i)
        center = rng.integers(10, SIDE - 10, 2)
        radius = RADII[i % 4]
        mask, grown = disc(center, radius), disc(center, radius + 2)
        pictures = {"clean": 80 + 80 * mask, "noisy": 80 + 80 * mask + rng.normal(0, 45, mask.shape), "grown": 80 + 80 * grown}
        for name, samples in pictures.items():
            write_image(held_image(np.clip(samples, 0, 255).astype(np.uint8)[None], grid), home / f"{name}_{i}.png")
        write_mask(held_mask(mask, grid, ("background", "disc")), home / f"discs_{i}.png")
        files = {name: f"{name}_{i}.png" for name in (*pictures, "discs")}
        rows.append({"case": f"c{i}", "patient": f"p{i}", **files})
    with open(home / "cases.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (home / "segmenter.yaml").write_text(SEGMENTATION, encoding="utf-8")
    run(home / "segmenter.yaml", out=home / "segmenter")
    return home


def restored(home, name, *, shown, method, masks=TARGETS, baselines="identity_image"):
    text = RESTORATION.format(shown=shown, method=method, masks=masks, baselines=baselines)
    (home / f"{name}.yaml").write_text(text, encoding="utf-8")
    return run(home / f"{name}.yaml", out=home / name)


def by_who(finding, name):
    return {e.who: e.value for e in finding.evidence if e.name == name}


def test_denoising_gives_the_segmenter_its_structures_back(discs):
    made = restored(discs, "denoised", shown="noisy", method="total_variation")
    (finding,) = audit(made.path, ["fixed_segmenter"], settings={"segmenter": str(discs / "segmenter")})
    dice = by_who(finding, "dice")
    assert dice["true image"] == pytest.approx(1.0)
    assert dice["model"] > dice["baseline:identity_image"] + 0.05
    assert dice["input"] == pytest.approx(dice["baseline:identity_image"])
    gain = next(e for e in finding.evidence if e.name == "dice_minus_identity_image")
    assert gain.value == pytest.approx(dice["model"] - dice["baseline:identity_image"])
    assert gain.ci95[0] > 0
    assert (made.path / "figures/fixed_segmenter.png").stat().st_size > 1000


@pytest.mark.parametrize("masks", [TARGETS, ""])
def test_structures_that_grew_are_a_bias_of_volume_with_and_without_masks(discs, masks):
    made = restored(discs, f"grown{len(masks)}", shown="grown", method="identity_image", masks=masks)
    (finding,) = audit(made.path, ["fixed_segmenter"], settings={"segmenter": str(discs / "segmenter")})
    assert finding.severity == "warning"
    shift = next(e for e in finding.evidence if e.name == "volume_bias_disc_minus_true_image")
    grown = {int(disc((16, 16), r + 2).sum()) - int(disc((16, 16), r).sum()) for r in RADII}
    assert min(grown) < shift.value < max(grown)
    assert shift.unit == "px"
    with (made.path / "fixed_segmenter.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["name"] == "volume_bias_disc" and row["who"] == "model"]
    assert {float(row["value"]) for row in rows} == {float(n) for n in grown}


def test_true_images_handed_back_are_no_finding(discs):
    made = restored(discs, "same", shown="clean", method="identity_image")
    (finding,) = audit(made.path, ["fixed_segmenter"], settings={"segmenter": str(discs / "segmenter")})
    assert finding.severity == "note"
    assert "taught the segmenter" not in finding.got  # both runs hold out the same patients: the split knows names alone


def test_what_cannot_be_asked_is_told(discs):
    made = restored(discs, "asked", shown="noisy", method="identity_image")
    with pytest.raises(SettingError, match="--set segmenter="):
        audit(made.path, ["fixed_segmenter"])
    with pytest.raises(RunError, match="nowhere"):
        audit(made.path, ["fixed_segmenter"], settings={"segmenter": str(discs / "nowhere")})
    with pytest.raises(SettingError, match="one input and one mask"):
        audit(made.path, ["fixed_segmenter"], settings={"segmenter": str(made.path)})
    with pytest.raises(SettingError, match="discs"):
        audit(made.path, ["fixed_segmenter"], settings={"segmenter": str(discs / "segmenter"), "mask": "disk"})
    with pytest.raises(NotForThisRun, match="answers are images"):
        audit(discs / "segmenter", ["fixed_segmenter"], settings={"segmenter": str(discs / "segmenter")})

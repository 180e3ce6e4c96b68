"""Boxes that are slips of the hand are found."""

from pathlib import Path

import numpy as np

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.io.write import write_image
from isocenter.stages.check import check


def found(folder: Path, shape: tuple[int, ...], boxes: str) -> dict[str, str]:
    """Severity by code, of what is said of one image (1 sample = 2 units wide) and its boxes."""
    noise = np.random.default_rng(0).integers(0, 255, (1, *shape)).astype(np.uint8)
    grid = plain_grid(shape, spacing=(2.0,) * len(shape), world="ras_mm" if len(shape) == 3 else "plane_mm")
    image = write_image(held_image(noise, grid), folder / "image.nii.gz")
    (folder / "boxes.csv").write_text(boxes)
    (folder / "cases.csv").write_text(f"case,patient,image,boxes\na,p,{image.name},boxes.csv\n")
    (folder / "study.yaml").write_text(
        "name: boxes\ncases: cases.csv\ninputs: {scan: image}\ntargets: [{name: lesions, type: boxes, columns: boxes}]\n"
    )
    return {f.code: f.severity for f in check(folder / "study.yaml", headers_only=True) if "box" in f.code}


def test_a_lesion_in_a_single_slice_is_no_slip(tmp_path):
    assert found(tmp_path, (20, 20, 8), "x,y,z,w,h,d\n10,10,6,8,8,2\n") == {}


def test_a_box_one_sample_wide_is_one(tmp_path):
    assert found(tmp_path, (20, 20, 8), "x,y,z,w,h,d\n10,10,6,8,2,2\n") == {"zero_area_box": "warning"}
    assert found(tmp_path, (20, 20, 8), "x,y,z,w,h,d\n10,10,6,8,8,0\n") == {"zero_area_box": "warning"}

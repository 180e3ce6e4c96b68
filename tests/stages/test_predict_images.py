"""Images that a model made, of a DICOM series: DICOM again, marked, where the series lies."""

import numpy as np
import pydicom

from isocenter.core.image import SYNTHETIC
from isocenter.io.images import open_image
from isocenter.stages.predict import predict
from isocenter.stages.run import run

from ..io.synthetic_dicom import straight_affine, write_series

STUDY = """name: denoise
cases: cases.csv
inputs: {noisy: noisy}
targets: [{name: clean, type: image, columns: clean}]
patient: patient
method: residual_regression
settings: {steps: 2}
"""


def test_a_ct_series_is_answered_with_a_series_that_says_what_it_is(tmp_path, rng):
    home, rows = tmp_path / "study", ["case,patient,noisy,clean"]
    for i in range(8):
        clean = np.round(rng.normal(-500, 200, (4, 4, 3)).repeat(6, 0).repeat(6, 1)).astype(np.int16)
        noisy = (clean + rng.normal(0, 30, clean.shape)).astype(np.int16)
        for name, volume in (("clean", clean), ("noisy", noisy)):
            write_series(home / f"{name}{i}", volume, straight_affine())
        rows.append(f"c{i},p{i},noisy{i},clean{i}")
    (home / "cases.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (home / "study.yaml").write_text(STUDY, encoding="utf-8")
    done = run(home / "study.yaml", out=tmp_path / "run")
    table = predict(done.path, home / "noisy0", out=tmp_path / "out", burn_in=True)
    assert "noisy0" in table.read_text(encoding="utf-8")
    made = open_image(tmp_path / "out" / "noisy0")
    assert made.note == SYNTHETIC
    assert made.unit == "HU"
    assert made.grid.same_as(open_image(home / "noisy0").grid, tolerance=1e-4)
    first = pydicom.dcmread(tmp_path / "out" / "noisy0" / "0001.dcm")
    assert first.BurnedInAnnotation == "YES"
    assert "residual_regression" in first.ManufacturerModelName

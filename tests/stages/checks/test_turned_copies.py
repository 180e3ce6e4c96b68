"""A set that was augmented on disk: its copies are found, wherever the table puts them."""

import PIL.Image
import pytest

from isocenter.stages.check import check
from tests.imaging.test_turned_copies import picture, turned

STUDY = """name: copies
cases: cases.csv
inputs: {picture: image}
targets: [{name: kind, type: class, columns: kind, classes: [a, b]}]
"""


def study_in(folder, patients, parts):
    shown = [picture(0), picture(1), picture(2), turned(picture(1), deg=14, mirror=True)]
    rows = []
    for n, (samples, patient) in enumerate(zip(shown, patients, strict=True)):
        PIL.Image.fromarray(samples.transpose(2, 1, 0)).save(folder / f"{n}.png")
        rows.append(f"c{n},{patient},{n}.png,{'ab'[n % 2]}")
    (folder / "cases.csv").write_text("case,patient,image,kind\n" + "\n".join(rows) + "\n", encoding="utf-8")
    if parts:
        split = "\n".join(f"c{n},{p},{part}," for n, (p, part) in enumerate(zip(patients, parts, strict=True)))
        (folder / "split.csv").write_text(f"case,patient,part,fold\n{split}\n", encoding="utf-8")
    path = folder / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("patients", "parts", "code", "severity"),
    [
        ("0123", ("learn", "learn", "learn", "test"), "turned_copies_in_two_parts", "failure"),
        ("0123", (), "turned_copies_two_patients", "warning"),
        ("0121", ("learn",) * 4, "turned_copies", "note"),
    ],
)
def test_a_turned_copy_is_named(tmp_path, patients, parts, code, severity):
    findings = [f for f in check(study_in(tmp_path, patients, parts)) if f.code.startswith("turned")]
    assert [(f.code, f.severity, f.cases) for f in findings] == [(code, severity, ("c1", "c3"))]

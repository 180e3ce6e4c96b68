"""New exams: a label of a region needs its region, a patient's images are answered together, and maps come along."""

import csv

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Study
from isocenter.io.answers import write_cases
from isocenter.io.images import open_image
from isocenter.io.study_file import write_study
from isocenter.io.write import write_image, write_mask
from isocenter.stages.predict import predict
from isocenter.stages.run import run

SHAPE = (24, 16)


def squares(folder, rng, *, count=14):
    """Pictures whose left half has bright squares; the label counts those inside the region, which is one half or the other."""
    rows = []
    grid = plain_grid(SHAPE)
    for i in range(count):
        samples = rng.normal(0, 0.1, (1, *SHAPE))
        left = i % 2 == 0
        samples[:, 4:8, 4:8] += 2.0
        region = np.zeros(SHAPE, np.uint8)
        region[:12] = left
        region[12:] = not left
        image = np.clip(60 * (samples - samples.min()), 0, 255).astype(np.uint8)
        write_image(held_image(image, grid), folder / f"{i}.png")
        write_mask(held_mask(region, grid, ("out", "in")), folder / f"{i}_region.png")
        rows.append({"case": f"c{i}", "patient": f"p{i}", "image": f"{i}.png", "half": f"{i}_region.png", "n": str(int(left))})
    write_cases(rows, folder / "cases.csv")
    return rows


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("squares")
    squares(folder, np.random.default_rng(0))
    study = Study.model_validate(
        {
            "name": "squares",
            "cases": "cases.csv",
            "inputs": {"image": "image"},
            "targets": [{"name": "n", "type": "count", "columns": "n", "unit": "squares", "scope": "region:half"}],
            "method": "gp_unet",
            "settings": {"steps": 60, "augmentation": 0.0, "encoder_settings": {"widths": [8, 8]}, "learning_rate": 0.01},
            "split": {"tune": 0.2},
        }
    )
    return run(write_study(study, folder / "study.yaml"), out=folder / "run"), folder


def test_a_new_table_tells_where_a_label_speaks(trained, tmp_path):
    done, folder = trained
    table = predict(done.path, folder / "cases.csv", out=tmp_path / "out")
    with open(table, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    counts = [float(r["predicted_n"]) for r in rows]
    assert np.mean(counts[0::2]) > np.mean(counts[1::2]) + 0.5  # same pictures, other region


def test_a_bare_picture_is_not_answered_for_a_region_it_does_not_tell(trained, tmp_path):
    done, folder = trained
    with pytest.raises(
        StudyError, match=r"n: expected a mask of the region in column half.* cases.csv with the columns image, half"
    ):
        predict(done.path, folder / "0.png", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_row_without_its_region_is_left_out_and_says_why(trained, tmp_path):
    done, folder = trained
    (tmp_path / "new.csv").write_text("case,image,half\nc0,0.png,0_region.png\nc1,1.png,\n", encoding="utf-8")
    table = predict(done.path, tmp_path / "new.csv", data=folder, out=tmp_path / "out")
    with open(table, newline="", encoding="utf-8") as file:
        whole, bare = csv.DictReader(file)
    assert float(whole["predicted_n"]) >= 0
    assert whole["left_out"] == ""
    assert bare["predicted_n"] == ""
    assert bare["left_out"].startswith("n: expected a mask of the region in column half")


def test_a_map_comes_along_in_the_pictures_own_geometry(trained, tmp_path):
    done, folder = trained
    (tmp_path / "one.csv").write_text("case,image,half\nc0,0.png,0_region.png\n", encoding="utf-8")
    table = predict(done.path, tmp_path / "one.csv", data=folder, out=tmp_path / "out")
    with open(table, newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    said = open_image(tmp_path / "out" / row["predicted_n_map"]).array()
    assert said.shape == (1, *SHAPE)
    assert np.unravel_index(said[0].argmax(), SHAPE)[0] < 12

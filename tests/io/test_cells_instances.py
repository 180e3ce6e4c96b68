"""A mask file that numbers its objects."""

import numpy as np

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Study, Target
from isocenter.io.table import open_cases
from isocenter.io.write import write_image


def test_numbered_objects_are_one_class_and_keep_their_numbers(tmp_path):
    numbers = np.zeros((1, 6, 4), np.uint8)
    numbers[0, 0, 0], numbers[0, 2, 1], numbers[0, 5, 3] = 1, 2, 7
    for name in ("image", "nuclei"):
        write_image(held_image(numbers, plain_grid((6, 4))), tmp_path / f"{name}.png")
    (tmp_path / "cases.csv").write_text("case,image,nuclei\na,image.png,nuclei.png\n", encoding="utf-8")
    target = Target(name="nuclei", type="mask", columns=("nuclei",), classes=("background", "nucleus"), instances=True)
    study = Study(name="s", cases=tmp_path / "cases.csv", inputs={"image": "image"}, targets=(target,))
    mask = open_cases(study, folder=tmp_path)["a"].labels["nuclei"]
    np.testing.assert_array_equal(mask.labels.array(), numbers > 0)
    assert mask.objects is not None
    np.testing.assert_array_equal(mask.objects.array(), numbers)

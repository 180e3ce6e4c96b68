"""Values taken apart and put together again."""

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.errors import FileError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.methods._baselines.stored import Stored, restore, store
from isocenter.phantoms.tracer.tracer import tracer

from ..test_contracts import same


@pytest.mark.parametrize("kind", ["points", "boxes", "count", "proportion", "class", "multilabel", "survival", "graph", "text"])
def test_a_value_comes_back_as_it_was(kind):
    study, cases = tracer(kind)
    value = next(iter(cases)).labels[study.targets[0].name]
    assert same(restore(store(value)), value)


def test_what_is_nan_is_left_out_of_the_json():
    assert store(Amount(value=3.0, unit="mL")).text == {"type": "amount", "value": 3.0, "unit": "mL"}


def test_images_are_refused():
    with pytest.raises(FileError, match="got image"):
        store(held_image(np.zeros((1, 2, 2)), plain_grid((2, 2))))


def test_an_unknown_type_is_refused():
    with pytest.raises(FileError, match=r"unknown type of stored answer 'amuont'. Did you mean amount"):
        restore(Stored(text={"type": "amuont"}, arrays={}))

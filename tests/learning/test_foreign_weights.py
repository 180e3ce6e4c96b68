"""Weights from elsewhere: names translated, channels fitted, other networks and code refused."""

import os
import re

import pytest
import torch
from safetensors.torch import save_file

from isocenter.core.errors import FileError
from isocenter.learning.encoders import ENCODERS
from isocenter.learning.foreign_weights import encoder_kind, plain_name, read_foreign, take_weights
from isocenter.learning.networks.unet import UNet, UNetConfig

SMALL = {"densenet121": {"growth_rate": 4, "blocks": (2, 1)}, "resnet18": {"widths": (4, 4, 8, 8)}, "convnet": {"widths": (4, 8)}}


def built(name, seed=0, **changes):
    torch.manual_seed(seed)
    entry = ENCODERS.get(name)
    encoder = entry.build(entry.config(**{**SMALL.get(name, {}), **changes}))
    for buffer in encoder.buffers():  # statistics that say whose they are
        if buffer.is_floating_point():
            buffer.copy_(torch.rand_like(buffer) + 0.5)
    return encoder


def as_torchvision(name, state):
    """Our encoder's tensors under torchvision's names, with a classifier behind."""
    if name == "resnet18":
        return {key.removeprefix("layers."): tensor for key, tensor in state.items()} | {"fc.weight": torch.zeros(9, 8)}
    renamed = {re.sub(r"(denselayer\d+)\.layers\.", r"\1.", key.replace("layers.", "features.", 1)): t for key, t in state.items()}
    return renamed | {"classifier.weight": torch.zeros(9, 8), "classifier.bias": torch.zeros(9)}


def as_first_release(state):
    """torchvision's DenseNet as it was first published: norm.1 for norm1."""
    return {re.sub(r"(denselayer\d+\.(?:norm|conv))(\d)\.", r"\1.\2.", key): tensor for key, tensor in state.items()}


WRITERS = {
    ".safetensors": lambda tensors, path: save_file({k: t.contiguous() for k, t in tensors.items()}, path),
    ".pt": torch.save,
    ".pth": lambda tensors, path: torch.save({"epoch": 3, "state_dict": {f"module.{k}": t for k, t in tensors.items()}}, path),
}


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("name", ["densenet121", "resnet18"])
def test_weights_under_torchvisions_names_are_taken_whole(name, suffix, tmp_path):
    theirs, mine = built(name, 1), built(name, 2)
    path = tmp_path / f"w{suffix}"
    WRITERS[suffix](as_torchvision(name, theirs.state_dict()), path)
    taken = take_weights({"e": mine}, read_foreign(path), source="w")
    assert not taken.missing
    assert not taken.adapted
    assert taken.statistics
    assert all(k.split(".")[-2] in ("classifier", "fc") for k in taken.left)
    image = torch.randn(2, 1, 64, 64)
    assert torch.equal(theirs.eval()(image), mine.eval()(image))


def test_torchvisions_first_names_are_known_too():
    theirs, mine = built("densenet121", 1), built("densenet121", 2)
    taken = take_weights({"e": mine}, as_first_release(as_torchvision("densenet121", theirs.state_dict())), source="w")
    assert not taken.missing
    assert torch.equal(
        theirs.layers.denseblock1.denselayer2.layers.conv2.weight, mine.layers.denseblock1.denselayer2.layers.conv2.weight
    )


def test_a_gray_image_is_answered_as_the_same_image_in_three_channels():
    theirs, mine = built("resnet18", 1, in_channels=3), built("resnet18", 2, in_channels=1)
    taken = take_weights({"e": mine}, as_torchvision("resnet18", theirs.state_dict()), source="w")
    assert taken.adapted == ("e.layers.conv1.weight",)
    gray = torch.randn(1, 1, 64, 64)
    assert torch.allclose(theirs.eval()(gray.expand(-1, 3, -1, -1)), mine.eval()(gray), atol=1e-4)


def test_weights_of_gray_images_serve_two_channels():
    theirs, mine = built("convnet", 1), built("convnet", 2, in_channels=2)
    take_weights({"e": mine}, theirs.state_dict(), source="w")
    gray = torch.randn(1, 1, 16, 16)
    assert torch.allclose(theirs.eval()(gray), mine.eval()(gray.expand(-1, 2, -1, -1)), atol=1e-4)


def test_a_segmentation_lends_its_unet_all_but_the_head():
    torch.manual_seed(1)
    theirs = UNet(UNetConfig(dimensions=2, out_channels=3, widths=(4, 8)))
    mine = built("unet_features", 2, widths=(4, 8))
    taken = take_weights({"e": mine}, theirs.state_dict(), source="w")
    assert not taken.statistics  # it normalizes each image by itself
    assert all("heads" in name or "running" in name for name in taken.missing)
    assert torch.equal(theirs.fuse[0][0].weight, mine.network.fuse[0][0].weight)
    assert "19 of the encoder's" in taken.sentence()


def test_each_encoder_of_several_gets_its_own():
    theirs, mine = [built("convnet", s) for s in (1, 2)], [built("convnet", s) for s in (3, 4)]
    tensors = {f"fusion.encoders.{i}.{k}": t for i, e in enumerate(theirs) for k, t in e.state_dict().items()}
    take_weights({f"fusion.encoders.{i}": e for i, e in enumerate(mine)}, tensors, source="w")
    assert all(torch.equal(a.layers[0].weight, b.layers[0].weight) for a, b in zip(theirs, mine, strict=True))


def test_another_network_is_refused_and_named():
    with pytest.raises(
        FileError, match=r"expected weights of this encoder in w, got a file of which 0 of \d+ fit.*Leave `encoder`"
    ):
        take_weights({"e": built("resnet18")}, built("densenet121").state_dict(), source="w")


def test_the_names_tell_the_encoder():
    for name in ("densenet121", "resnet18"):
        entry = ENCODERS.get(name)
        assert encoder_kind(entry.build(entry.config()).state_dict()) == name
    assert encoder_kind(built("convnet").state_dict()) == ""
    assert plain_name("module.model.features.denseblock1.denselayer1.norm.1.weight") == "denseblock1.denselayer1.norm1.weight"


class Code:
    """What a stranger might pickle."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_file_that_wants_to_run_code_is_refused_and_nothing_is_run(tmp_path):
    torch.save({"state_dict": Code(tmp_path / "done")}, tmp_path / "w.pt")
    with pytest.raises(FileError, match="wants to run code"):
        read_foreign(tmp_path / "w.pt")
    assert not (tmp_path / "done").exists()


@pytest.mark.parametrize(
    ("content", "said"), [(None, "nothing there"), (b"not weights", "expected weights in"), ({"epoch": 3}, "without any")]
)
def test_what_holds_no_weights_is_refused(content, said, tmp_path):
    path = tmp_path / ("w.safetensors" if isinstance(content, bytes) else "w.pt")
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        torch.save(content, path)
    with pytest.raises(FileError, match=said):
        read_foreign(path)

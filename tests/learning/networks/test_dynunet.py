"""DynUNet against MONAI's own assembly of the same blocks."""

import torch
from monai.networks.nets import DynUNet as MonaiDynUNet

from isocenter.learning.networks.dynunet import DynUNet, DynUNetConfig


def test_same_weights_give_monais_logits() -> None:
    widths, strides = (4, 8, 8, 16), ((1, 1, 1), (2, 2, 1), (2, 2, 2), (2, 2, 2))
    theirs = MonaiDynUNet(3, 1, 3, [3] * 4, strides, strides[1:], filters=widths, norm_name=("INSTANCE", {"affine": True})).eval()
    ours = DynUNet(DynUNetConfig(out_channels=3, widths=widths, strides=strides)).eval()
    blocks = [theirs.input_block, *theirs.downsamples, theirs.bottleneck]
    for mine, block in zip([*ours.down, *ours.up, ours.heads[0]], [*blocks, *theirs.upsamples, theirs.output_block], strict=True):
        mine.load_state_dict(block.state_dict())
    image = torch.randn(1, 1, 16, 16, 8)
    assert torch.allclose(ours(image), theirs(image), atol=1e-6)

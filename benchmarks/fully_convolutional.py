"""A classifier of 33 × 33 patches at every pixel of an image: patch by patch, and as one fully convolutional network (S06, D1).

    python benchmarks/fully_convolutional.py [--side 512] [--batch 32] [--repeats 3]

The default voxel classifier with weights fitted to noise, so that its batch normalization does something; one channel, two classes.
Three ways of the same answers, on one thread: every patch cut out and answered in batches; the network with its strides turned into
dilation; the strided network on shifted copies of the image (shift-and-stitch). Told: seconds (of several, the least), the largest
difference of any answer, multiplications counted while it ran and by formula. Rows: benchmarks/results/fully_convolutional.csv.
"""

import argparse
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from isocenter.learning.cost import counting, of_image, of_sliding
from isocenter.learning.fully_convolutional import fully_convolutional, shift_and_stitch
from isocenter.learning.voxel_network import VoxelNetworkConfig, build_voxel_network
from provenance import add_rows, provenance

KEY = ("side", "batch", "way")


def sliding(network: nn.Sequential, patch: tuple[int, ...], image: Tensor, batch: int) -> Tensor:
    """Return the answers (1, K, H, W) patch by patch, in batches of one row's."""
    height, width = patch
    windows = image[0].unfold(1, height, 1).unfold(2, width, 1)  # (C, H, W, h, w), a view
    rows, columns = windows.shape[1:3]
    answers = [
        network(windows[:, row, start : start + batch].transpose(0, 1).contiguous())
        for row in range(rows)
        for start in range(0, columns, batch)
    ]  # (n, K) each
    return torch.cat(answers).T.reshape(1, -1, rows, columns)


def timed(answer: Callable[[], Tensor], repeats: int) -> tuple[float, Tensor]:
    """Return the least seconds of several runs, and the answers."""
    best = float("inf")
    for _ in range(repeats):
        began = time.perf_counter()
        said = answer()
        best = min(best, time.perf_counter() - began)
    return best, said


@torch.no_grad()
def main() -> None:
    """Time the three ways; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = VoxelNetworkConfig()
    network = build_voxel_network(config).train()
    for _ in range(3):
        network(torch.randn(64, 1, *config.patch))
    network.eval()
    image, size = torch.randn(1, 1, asked.side, asked.side), (asked.side, asked.side)
    whole = fully_convolutional(network, config.patch)
    ways: dict[str, tuple[Callable[[], Tensor], int, int | None]] = {
        "patch by patch": (
            lambda: sliding(network, config.patch, image, asked.batch), 1, of_sliding(network, config.patch, size, channels=1)
        ),
        "fully convolutional": (
            lambda: whole(image), asked.repeats, of_image(network, config.patch, size, channels=1).multiplications
        ),
        "shift and stitch": (lambda: shift_and_stitch(network, config.patch, image), asked.repeats, None),
    }  # fmt: skip
    where, rows = provenance(seed=0), []
    reference, slowest = None, 0.0
    for way, (answer, repeats, formula) in ways.items():
        with counting() as counts:
            seconds, said = timed(answer, repeats)
        reference, slowest = (said, seconds) if reference is None else (reference, slowest)
        row = {
            "side": asked.side, "patch": "x".join(map(str, config.patch)), "batch": asked.batch, "way": way,
            "seconds": f"{seconds:.3f}", "times_faster": f"{slowest / seconds:.1f}",
            "largest_difference": f"{float((said - reference).abs().max()):.2g}",
            "multiplications_counted": counts.multiplications // repeats, "by_formula": "" if formula is None else formula,
        }  # fmt: skip
        print(row)
        rows.append(row | where)
    print(add_rows("fully_convolutional", rows, key=KEY))


if __name__ == "__main__":
    main()

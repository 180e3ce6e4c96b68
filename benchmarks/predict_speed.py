"""Prediction speed: ours beside MONAI's sliding_window_inference as shipped, same weights, same windows, same run.

Two networks of nnU-Net's making: hippocampus (32-256 features, window 40 x 56 x 40) and a 96-cubed one (32-320). Each is first
trained for some steps to find balls in noise, since untrained networks are undecided everywhere and say nothing of agreement.
Seconds count on a quiet machine; processor seconds, which neighbors hardly change, stand beside them..
Each processor keeps its own rows.

    python benchmarks/predict_speed.py [--steps 60] [--repeats 3] [--only hippocampus]
"""

import argparse
import os
import time

import numpy as np
import torch
from monai.inferers import sliding_window_inference

from isocenter.learning.inference.choose import choose_network
from isocenter.learning.inference.sliding_window import predict_volume
from isocenter.learning.inference.to_labels import labels_into
from isocenter.learning.inference.window_network import WindowNetwork
from isocenter.learning.losses.dice_cross_entropy import dice_cross_entropy_loss
from isocenter.learning.networks.unet import UNet, UNetConfig
from isocenter.learning.precision import has_bfloat16
from provenance import add_rows, provenance

SEED = 0
CLASSES = 3
CASES = {
    "hippocampus": ((32, 64, 128, 256), (40, 56, 40), (60, 84, 60)),
    "96 cubed": ((32, 64, 128, 256, 320), (96, 96, 96), (144, 96, 144)),
}
"""Features, window, image: 8 and 4 windows."""


def balls(size: tuple[int, ...], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A noisy image (1, *size) and its truth: bright balls are class 1, dark ones class 2."""
    truth = np.zeros(size, np.int64)
    places = np.stack(np.meshgrid(*(np.arange(n) for n in size), indexing="ij"))
    for _ in range(max(2, truth.size // 20_000)):
        center = rng.uniform(0, size).reshape(-1, 1, 1, 1)
        truth[((places - center) ** 2).sum(0) < rng.uniform(5, 9) ** 2] = rng.integers(1, CLASSES)
    image = np.array([0.0, 2.0, -2.0], np.float32)[truth] + rng.standard_normal(size).astype(np.float32)
    return image[None], truth


def trained(widths: tuple[int, ...], steps: int, rng: np.random.Generator) -> UNet:
    torch.manual_seed(SEED)
    network = UNet(UNetConfig(out_channels=CLASSES, widths=widths)).to(memory_format=torch.channels_last_3d)
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    for _ in range(steps):
        image, truth = balls((32, 32, 32), rng)
        with torch.autocast("cpu", torch.bfloat16, enabled=has_bfloat16()):
            logits = network(torch.from_numpy(image)[None].contiguous(memory_format=torch.channels_last_3d))
        dice_cross_entropy_loss(logits, torch.from_numpy(truth)[None]).backward()
        optimizer.step()
        optimizer.zero_grad()
    return network.to(memory_format=torch.contiguous_format).eval()


def dice(answer: np.ndarray, truth: np.ndarray) -> float:
    each = [2 * ((answer == c) & (truth == c)).sum() / ((answer == c).sum() + (truth == c).sum()) for c in range(1, CLASSES)]
    return float(np.mean(each))


def monai_labels(network: UNet, image: np.ndarray, window: tuple[int, ...], sw_batch_size: int) -> np.ndarray:
    with torch.inference_mode():
        scores = sliding_window_inference(
            torch.from_numpy(image)[None], window, sw_batch_size, network, overlap=0.5, mode="gaussian", sigma_scale=0.125
        )
        return scores[0].argmax(0).numpy()


def our_labels(network: WindowNetwork, image: np.ndarray, window: tuple[int, ...]) -> np.ndarray:
    labels = np.zeros(image.shape[1:], np.uint8)
    predict_volume(network, image, window, labels_into(labels), classes=CLASSES)
    return labels


def compare(name: str, *, steps: int, repeats: int) -> None:
    """Print one table."""
    widths, window, size = CASES[name]
    rng = np.random.default_rng(SEED)
    network = trained(widths, steps, rng)
    image, truth = balls(size, rng)
    divisor = (2 ** (len(widths) - 1),) * 3
    corner = image[(slice(None), *(slice(0, w) for w in window))]
    choice = choose_network(network, corner, divisor=divisor)
    full = choose_network(network, corner, divisor=divisor, bfloat16=False)
    print(f"\n{name}: features {widths}, window {window}, image {size}\n  {choice.reason}", flush=True)
    ways = {
        "MONAI, float32, sw_batch_size 1": lambda: monai_labels(network, image, window, 1),
        "MONAI, float32, sw_batch_size 4": lambda: monai_labels(network, image, window, 4),
        f"ours, float32 alone ({full.network.name})": lambda: our_labels(full.network, image, window),
        f"ours ({choice.network.name})": lambda: our_labels(choice.network, image, window),
    }
    found = {way: dice(run(), truth) for way, run in ways.items()}  # warms up as well
    seconds, processor = ({way: float("inf") for way in ways} for _ in range(2))
    for _ in range(repeats):
        for way, run in ways.items():
            began, began_processor = time.perf_counter(), time.process_time()
            run()
            seconds[way] = min(seconds[way], time.perf_counter() - began)
            processor[way] = min(processor[way], time.process_time() - began_processor)
    best = min(s for way, s in seconds.items() if way.startswith("MONAI"))
    rows = [
        {
            "network": name,
            "what": way,
            "seconds": f"{seconds[way]:.3f}",
            "times_monais_best": f"{best / seconds[way]:.2f}",
            "processor_seconds": f"{processor[way]:.3f}",
            "dice": f"{found[way]:.4f}",
            **provenance(seed=SEED),
        }
        for way in ways
    ]
    add_rows("predict_speed", rows, key=("network", "what", "machine"))
    for way in ways:
        times = f"{best / seconds[way]:5.2f} x MONAI's best"
        print(f"  {way:44} {seconds[way]:7.2f} s ({processor[way]:.2f} of processor)   {times}   Dice {found[way]:.4f}", flush=True)


def main() -> None:
    """Print where and with what this runs, and a table per network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=60, help="training steps before the comparison")
    parser.add_argument("--repeats", type=int, default=3, help="timed repeats in turn; the best of each counts")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="cores to use")
    parser.add_argument("--only", choices=list(CASES), help="one of the two")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(
        f"{', '.join(provenance(seed=SEED).values())}; {options.threads} threads, load before {os.getloadavg()[0]:.1f}", flush=True
    )
    for name in [options.only] if options.only else CASES:
        compare(name, steps=options.steps, repeats=options.repeats)


if __name__ == "__main__":
    main()

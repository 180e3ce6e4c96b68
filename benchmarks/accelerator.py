"""The main job on a graphics card: training to a time limit, prediction beside MONAI's, a generator at 256 px.

    ISOCENTER_DATA=… python benchmarks/accelerator.py [hippocampus predict generator] [--minutes 3] [--films DIR] [--folder DIR]

hippocampus : the example, trained for the minutes given; tuning Dice (the test part stays shut) and seconds a step.
predict     : the networks of predict_speed.py on a larger image; MONAI's sliding_window_inference runs on the same card.
generator   : progressive_gan, films of the chest phantom at 256 px (--films: a folder that `isocenter phantom` wrote); KID of
              tuning images while training.
Rows go to benchmarks/results/accelerator.csv and name the card.
"""

import argparse
import csv
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from monai.inferers import sliding_window_inference

from isocenter.core.study import Study
from isocenter.io.study_file import read_study, write_study
from isocenter.learning.inference.choose import on_accelerator
from isocenter.learning.losses.dice_cross_entropy import dice_cross_entropy_loss
from isocenter.learning.networks.unet import UNet, UNetConfig
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from predict_speed import CASES, CLASSES, SEED, balls, dice, our_labels
from provenance import add_rows, provenance

EXAMPLES = Path(__file__).parents[1] / "examples"
IMAGE = (256, 256, 192)
SIDE = 256
KEY = ("what", "who", "name", "step", "minutes", "machine")


def trained_rows(made: RunFolder, *, what: str, minutes: float) -> list[dict[str, object]]:
    """Return the estimates of a run and what a step took."""
    with open(made.path / "log.csv", newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    steps, spent = int(lines[-1]["step"]), float(lines[-1]["minutes"])
    speed = {"who": "model", "name": "seconds_a_step", "value": f"{60 * spent / steps:.4f}", "cases": steps}
    scores = [
        {"who": e.who, "name": e.name, "value": f"{e.value:.4f}", "cases": e.cases}
        | dict(zip(("low", "high"), (f"{v:.4f}" for v in e.ci95), strict=True))
        for e in made.estimates()
        if e.group == "all"
    ]
    looks = [
        {"who": "model", "name": name, "step": line["step"], "value": f"{float(line[name]):.4f}"}
        for line in lines for name in ("tune_dice", "tune_kid", "tune_diversity") if line.get(name)
    ]  # fmt: skip
    return [{"what": what, "step": "", "minutes": f"{minutes:g}"} | row for row in (speed, *scores, *looks)]


def hippocampus(folder: Path, *, minutes: float) -> list[dict[str, object]]:
    """Train the example."""
    made = run(EXAMPLES / "hippocampus_msd" / "study.yaml", out=folder / "hippocampus", time_limit=minutes, progress=Terminal())
    return trained_rows(made, what="hippocampus", minutes=minutes)


def generator(folder: Path, *, minutes: float, films: Path) -> list[dict[str, object]]:
    """Train a growing network to SIDE samples a side."""
    if not (films / "cases.csv").exists():
        write_phantom("chest_xray", films, n=400, seed=51, options={"size_px": SIDE, "view": "PA"}, progress=Terminal())
    column = next(iter(read_study(films / "study.yaml").inputs.values()))
    study = Study.model_validate(
        {"name": "chest", "cases": "cases.csv", "inputs": {"film": column}, "task": "generation", "method": "progressive_gan",
         "targets": [{"name": "film", "type": "image", "columns": column}], "split": {"test": 0.2}, "settings": {"side": SIDE},
         "baselines": ("pca_gaussian", "learning_images", "blurred_images")}
    )  # fmt: skip
    path = write_study(study, films / "growing.yaml")
    made = run(path, out=folder / "growing", data=films, time_limit=minutes, progress=Terminal())
    return trained_rows(made, what=f"progressive_gan, {SIDE} px", minutes=minutes)


def predict() -> list[dict[str, object]]:
    """Answer a large image with the networks of predict_speed.py, by us and by MONAI, on the card."""
    rows: list[dict[str, object]] = []
    for name, (widths, window, _) in CASES.items():
        rng = np.random.default_rng(SEED)
        network = learned(widths, rng)
        image, truth = balls(IMAGE, rng)
        choice = on_accelerator(network.cpu())
        if choice is None:
            raise SystemExit("expected a graphics card, found none.")
        card = network.cuda().eval()

        def monai(
            half: bool, batch: int, card: UNet = card, image: np.ndarray = image, window: tuple[int, ...] = window
        ) -> np.ndarray:
            with torch.inference_mode(), torch.autocast("cuda", torch.bfloat16, enabled=half):
                scores = sliding_window_inference(
                    torch.from_numpy(image)[None].cuda(), window, batch, card, overlap=0.5, mode="gaussian", sigma_scale=0.125
                )
                return scores[0].argmax(0).cpu().numpy()

        ways = {
            "MONAI, float32, sw_batch_size 4": lambda monai=monai: monai(False, 4),
            "MONAI, bfloat16, sw_batch_size 16": lambda monai=monai: monai(True, 16),
            f"ours ({choice.network.name})": lambda c=choice, i=image, w=window: our_labels(c.network, i, w),
        }
        for way, answer in ways.items():
            found = dice(answer(), truth)  # warms up as well
            times = []
            for _ in range(3):
                began = time.perf_counter()
                answer()
                times.append(time.perf_counter() - began)
            shared = {"what": f"predict {IMAGE}, {name}", "who": way, "step": "", "minutes": ""}
            rows += [shared | {"name": "seconds", "value": f"{min(times):.3f}"}, shared | {"name": "dice", "value": f"{found:.4f}"}]
    return rows


def learned(widths: tuple[int, ...], rng: np.random.Generator) -> UNet:
    """Train a network to find balls, on the card."""
    torch.manual_seed(SEED)
    network = UNet(UNetConfig(out_channels=CLASSES, widths=widths)).cuda()
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    for _ in range(60):
        image, truth = balls((32, 32, 32), rng)
        loss = dice_cross_entropy_loss(network(torch.from_numpy(image)[None].cuda()), torch.from_numpy(truth)[None].cuda())
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return network.eval()


def main() -> None:
    """Do what was asked for; add the rows to the table as each part ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=["hippocampus", "predict", "generator"])
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--films", type=Path)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "accelerator")
    asked = parser.parse_args()
    makers = {
        "hippocampus": lambda: hippocampus(asked.folder, minutes=asked.minutes),
        "predict": predict,
        "generator": lambda: generator(asked.folder, minutes=asked.minutes, films=asked.films or asked.folder / "films"),
    }
    where = provenance(seed=SEED)
    for part in asked.parts:
        for row in (rows := makers[part]()):
            print(row)
        print(add_rows("accelerator", [row | where for row in rows], key=KEY))


if __name__ == "__main__":
    main()

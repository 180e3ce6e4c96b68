"""Segment the lungs, mask the background, classify (S02): does masking keep a classifier from a marker burnt in beside the lungs?

A phantom chest study whose marker letter follows the disease (tie 1). A U-Net learns the lungs from other phantoms. A small network
then learns the disease from full films, from films masked by the predicted lungs, and from films masked by the lungs dilated; each
is tested with the tie kept and with the tie broken.

    python benchmarks/masked_classifier.py [--cases 300] [--minutes 2] [--folder DIR] [--seeds 3]
"""

import argparse
import csv
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image as Picture
from scipy import ndimage
from torch import nn

from isocenter.metrics.estimates.delong import auc_covariance, delong
from isocenter.stages.phantom import write_phantom
from isocenter.stages.predict import predict
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from provenance import add_rows, provenance

SIDE = 64
DILATED_PX = 6
STEPS = 400
OPTIONS = {"view": "PA"}


def films(folder: Path, *, cases: int, seed: int, tie: float) -> Path:
    """Write a phantom study and return its table."""
    study = folder / "study.yaml"
    if not study.exists():
        study = write_phantom("chest_xray", folder, n=cases, seed=seed, tie={"marker": tie}, options=OPTIONS, progress=Terminal())
    return study


def pictures(study: Path, answers: Path) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the films in three forms (N, 1, SIDE, SIDE), and the label (N,) 1 = any finding."""
    with open(study.parent / "cases.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    forms: dict[str, list[np.ndarray]] = {"full film": [], "lungs only": [], f"lungs dilated by {DILATED_PX} px": []}
    labels = []
    with open(answers, newline="", encoding="utf-8") as file:
        predicted = {row["case"]: row["predicted_lungs"] for row in csv.DictReader(file)}
    for row in rows:
        film = np.asarray(Picture.open(study.parent / row["film"]).convert("L"), float)
        lungs = np.asarray(Picture.open(answers.parent / predicted[row["case"]])) > 0
        wide = ndimage.binary_dilation(lungs, iterations=DILATED_PX)
        for form, mask in zip(forms, (np.ones_like(lungs), lungs, wide), strict=True):
            small = Picture.fromarray(np.where(mask, film, film.min()).astype(np.uint8)).resize(
                (SIDE, SIDE), Picture.Resampling.BILINEAR
            )
            array = np.asarray(small, np.float32)
            forms[form].append(((array - array.mean()) / (array.std() + 1e-6))[None])
        labels.append(int(row["disease"] == "ill"))
    return {form: np.stack(made) for form, made in forms.items()}, np.asarray(labels)


def classifier(images: np.ndarray, labels: np.ndarray, seed: int) -> nn.Module:
    """Train a small network."""
    torch.manual_seed(seed)
    layers: list[nn.Module] = []
    for n_in, n_out in ((1, 16), (16, 32), (32, 64)):
        layers += [nn.Conv2d(n_in, n_out, 3, padding=1), nn.BatchNorm2d(n_out), nn.ReLU(), nn.MaxPool2d(2)]
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(64, 1))
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=STEPS)
    rng = np.random.default_rng(seed)
    for _ in range(STEPS):
        picked = rng.choice(len(images), 32)
        batch = torch.from_numpy(np.roll(images[picked], rng.integers(-3, 4, 2), axis=(2, 3)))
        loss = nn.functional.binary_cross_entropy_with_logits(network(batch)[:, 0], torch.from_numpy(labels[picked]).float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.eval()


@torch.inference_mode()
def auc(network: nn.Module, images: np.ndarray, labels: np.ndarray) -> tuple[float, float, float]:
    """Return AUC and its 95 % interval."""
    scores = network(torch.from_numpy(images))[:, 0].numpy()
    positive = labels == 1
    return float(auc_covariance(scores, positive).aucs[0]), *delong(scores, positive).ends


def main() -> None:
    """Make the films, the lungs, the classifiers; print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "masked_classifier")
    asked = parser.parse_args()
    segmenter = run(films(asked.folder / "lungs", cases=80, seed=900, tie=0.0), out=asked.folder / "run", time_limit=asked.minutes)
    sets = {}
    for name, seed, tie in (("learn", 1, 1.0), ("tie kept", 2, 1.0), ("tie broken", 3, 0.0)):
        study = films(asked.folder / name.replace(" ", "_"), cases=asked.cases, seed=seed, tie=tie)
        answers = predict(segmenter.path, study.parent / "cases.csv", out=asked.folder / f"{name}_lungs", data=study.parent)
        sets[name] = pictures(study, answers)
    rows = []
    for form in sets["learn"][0]:
        networks = [classifier(sets["learn"][0][form], sets["learn"][1], seed) for seed in range(asked.seeds)]
        for tested in ("tie kept", "tie broken"):
            found = np.array([auc(network, sets[tested][0][form], sets[tested][1]) for network in networks])
            value, low, high = found.mean(axis=0)
            rows.append(
                {
                    "learned from": form,
                    "tested with": tested,
                    "auc": f"{value:.3f}",
                    "low": f"{low:.3f}",
                    "high": f"{high:.3f}",
                    "seeds": asked.seeds,
                    "spread over seeds": f"{np.ptp(found[:, 0]):.3f}",
                    "tested films": len(sets[tested][1]),
                    **provenance(seed=0),
                }
            )
            print(f"{form:<28}{tested:<12} AUC {value:.3f} [{low:.3f}, {high:.3f}]  (mean of {asked.seeds} seeds)")
    add_rows("masked_classifier", rows, key=("learned from", "tested with"))


if __name__ == "__main__":
    main()

"""Seconds a training step of nnU-Net itself, its own data loading and augmentation included. Run by train_speed.py.

python nnunet_steps.py DATA SCRATCH STEPS     # with an environment that has nnunetv2; the last line is JSON
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path


def main() -> None:
    """Lay out hippocampus_msd as nnU-Net wants it, plan, preprocess, and time steps on the processor."""
    data, scratch, steps = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    for name in ("raw", "preprocessed", "results"):
        os.environ[f"nnUNet_{name}"] = str(scratch / name)
        (scratch / name).mkdir(parents=True, exist_ok=True)
    raw = scratch / "raw" / "Dataset004_Hippocampus"
    if not raw.exists():
        for folder in ("imagesTr", "labelsTr"):
            (raw / folder).mkdir(parents=True)
        for image in sorted((data / "hippocampus_msd" / "images").iterdir()):
            shutil.copy(image, raw / "imagesTr" / image.name.replace(".nii.gz", "_0000.nii.gz"))
            shutil.copy(data / "hippocampus_msd" / "labels" / image.name, raw / "labelsTr" / image.name)
        count = len(list((raw / "labelsTr").iterdir()))
        labels = {"background": 0, "anterior": 1, "posterior": 2}
        facts = {"channel_names": {"0": "MRI"}, "labels": labels, "numTraining": count, "file_ending": ".nii.gz"}
        (raw / "dataset.json").write_text(json.dumps(facts))

    import torch
    from nnunetv2.experiment_planning.plan_and_preprocess_api import extract_fingerprints, plan_experiments, preprocess
    from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

    ready = scratch / "preprocessed" / "Dataset004_Hippocampus"
    if not (ready / "nnUNetPlans.json").exists():
        extract_fingerprints([4], num_processes=2)
        plan_experiments([4])
        preprocess([4], configurations=["3d_fullres"], num_processes=[2])
    plans = json.loads((ready / "nnUNetPlans.json").read_text())
    plans["continue_training"] = False  # what its own command line puts there
    trainer = nnUNetTrainer(plans, "3d_fullres", 0, json.loads((ready / "dataset.json").read_text()), device=torch.device("cpu"))
    trainer.on_train_start()
    trainer.train_step(next(trainer.dataloader_train))
    started = time.perf_counter()
    for _ in range(steps):
        trainer.train_step(next(trainer.dataloader_train))
    seconds = (time.perf_counter() - started) / steps
    shape = plans["configurations"]["3d_fullres"]
    print(json.dumps({"seconds": seconds, "patch": shape["patch_size"], "batch": shape["batch_size"]}), flush=True)
    os._exit(0)  # its data loading processes do not always end by themselves


if __name__ == "__main__":
    main()

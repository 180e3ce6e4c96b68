"""Write cases.csv and split.csv of every example from the folder of real data.

In:   the data folder, as examples/README.md lays it out: python examples/make_examples.py DATA
Out:  examples/<set>/cases.csv (paths relative to DATA) and split.csv; the same bytes every time.
Not:  no image is copied or changed; study.yaml is written by hand.
"""

import csv
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from cells import bccd, bccd_boxes, cells_adipocyte, cells_mbm, cells_vgg, consep, consep_objects, gbm40_nuclei, gbm40_objects
from exam_labels import (
    abide_graphs,
    cxr_covid_finding,
    cxr_covid_view,
    head_ct_hemorrhage,
    idrid_grading,
    idrid_lesions,
    lc25000_lung,
    nih_cxr64,
    pneumoniamnist,
)
from lesion_pictures import ct_ich, liver_tumor_ct
from split_patients import Row, all_learn, join_patients, same_pictures, split_patients
from tables import read_rows

from isocenter.methods._reports.vocabulary import read_vocabulary

HERE = Path(__file__).parent
Tables = tuple[list[Row], list[Row]]


def hippocampus_msd(data: Path) -> Tables:
    """One hippocampus a case; which two belong to one person is not known."""
    rows = [
        {
            "case": path.name.removesuffix(".nii.gz"),
            "patient": path.name.removesuffix(".nii.gz"),
            "image": f"hippocampus_msd/images/{path.name}",
            "label": f"hippocampus_msd/labels/{path.name}",
        }
        for path in sorted((data / "hippocampus_msd/images").glob("*.nii.gz"))
    ]
    return rows, split_patients(rows, test=46 / 182, tune=0.12)


def hippocampus_box(data: Path) -> Tables:
    """The same images and the same split, asked for the box around each part."""
    return hippocampus_msd(data)


def drive(data: Path) -> Tables:
    """Test is the set's own: the four images two observers traced."""
    rows = []
    for path in sorted((data / "drive/images").glob("*.tif")):
        second = f"drive/vessels_2nd_observer/{path.stem}.gif"
        rows.append(
            {
                "case": path.stem,
                "patient": path.stem.split("_")[0],
                "image": f"drive/images/{path.name}",
                "vessels_first": f"drive/vessels/{path.stem}.gif",
                "vessels_second": second if (data / second).exists() else "",
                "fov": f"drive/fov/{path.stem}.gif",
            }
        )
    part = {row["case"]: "test" if row["case"].endswith("_test") else "learn" for row in rows} | {"32_training": "tune"}
    return rows, [{"case": row["case"], "patient": row["patient"], "part": part[row["case"]], "fold": ""} for row in rows]


def chase_db1(data: Path) -> Tables:
    """Both eyes of a child share a fold; nothing is kept for test, so every number is out of fold."""
    rows = [
        {
            "case": path.stem,
            "patient": path.stem.removeprefix("Image_")[:2],
            "eye": path.stem[-1],
            "image": f"chase_db1/images/{path.name}",
            "vessels_first": f"chase_db1/vessels/{path.stem}.png",
            "vessels_second": f"chase_db1/vessels_2nd_observer/{path.stem}.png",
        }
        for path in sorted((data / "chase_db1/images").glob("*.jpg"))
    ]
    return rows, split_patients(rows, test=0, tune=0, folds=5)


def cxr_covid(data: Path) -> Tables:
    """Frontal images with a V7 mask; patients who share a picture count as one."""
    rows, pictures = [], {}
    for number, source in enumerate(read_rows(data / "cxr_covid/metadata.csv"), start=1):
        case = f"cxr_{number:03d}"
        if source["view"] == "L" or not source["lung_mask"]:
            continue
        pictures[case] = data / "cxr_covid/images" / source["filename"]
        rows.append(
            {
                "case": case,
                "patient": source["patientid"],
                "image": f"cxr_covid/images/{source['filename']}#gray",  # some files are gray, some gray in three channels
                "lungs": f"cxr_covid/{source['lung_mask']}",
                "view": source["view"],
                "sex": source["sex"],
                "age": source["age"],
                "finding": source["finding"],
            }
        )
    join_patients(rows, same_pictures(pictures))
    return rows, split_patients(rows, test=0.25, tune=0.12, stratum="view")


def em_isbi2012(data: Path) -> Tables:
    """One specimen in serial sections: blocks of neighbors stand in for patients, and test is the last block."""
    part = ["learn"] * 13 + ["tune"] * 2 + ["test"] * 6
    rows = [
        {
            "case": f"section_{path.stem}",
            "block": f"block_{name}",
            "image": f"em_isbi2012/images/{path.name}",
            "label": f"em_isbi2012/labels/{path.name}",
        }
        for path, name in zip(sorted((data / "em_isbi2012/images").glob("*.png")), part, strict=True)
    ]
    return rows, [
        {"case": row["case"], "patient": row["block"], "part": name, "fold": ""} for row, name in zip(rows, part, strict=True)
    ]


def dsb2018_nuclei(data: Path) -> Tables:
    """No patients are given: every image stands for itself, spread by stain."""
    rows = [
        {
            "case": source["id"],
            "patient": source["id"],
            "image": f"dsb2018_nuclei/images/{source['id']}.png",
            "nuclei": f"dsb2018_nuclei/labels/{source['id']}.png",
            "stain": source["type"],
        }
        for source in sorted(read_rows(data / "dsb2018_nuclei/cases.csv"), key=lambda source: source["id"])
    ]
    return rows, split_patients(rows, test=0.25, tune=0.12, stratum="stain")


def dsb2018_centers(data: Path) -> Tables:
    """The same images and the same split, asked for the places of the nuclei."""
    return dsb2018_nuclei(data)


def lgg_flair(data: Path) -> Tables:
    """The three contrasts are the channels of one picture; a contrast that was not taken is a copy of FLAIR there, empty here."""
    age = {row["Patient"]: row["age_at_initial_pathologic"] for row in read_rows(data / "lgg_flair/clinical.csv", delimiter=";")}
    rows = []
    for source in sorted(read_rows(data / "lgg_flair/slices.csv"), key=lambda source: (source["patient"], int(source["slice"]))):
        picture = f"lgg_flair/images/{source['file']}"
        rows.append(
            {
                "case": Path(source["file"]).stem,
                "patient": source["patient"],
                "pre": "" if source["pre_missing"] == "1" else f"{picture}#0",
                "flair": f"{picture}#1",
                "post": "" if source["post_missing"] == "1" else f"{picture}#2",
                "mask": f"lgg_flair/masks/{source['file']}",
                "age": age.get("_".join(source["patient"].split("_")[:3]), ""),
                "contrasts": "flair" if source["pre_missing"] == "1" else "all",
            }
        )
    return rows, split_patients(rows, test=0.25, tune=0.12, stratum="contrasts")


def sunnybrook_cmr(data: Path) -> Tables:
    """Short-axis frames at end-diastole and end-systole, spread by disease."""
    rows = [
        {
            "case": Path(source["file"]).stem,
            "patient": source["patient"],
            "image": f"sunnybrook_cmr/images/{source['file']}",
            "cavity": f"sunnybrook_cmr/masks/{source['file']}",
            "disease": source["group"],
        }
        for source in sorted(read_rows(data / "sunnybrook_cmr/labels.csv"), key=lambda source: source["file"])
    ]
    return rows, split_patients(rows, test=0.25, tune=0.12, stratum="disease")


def brats2013(data: Path) -> Tables:
    """One patient: the run completes and supports no claim."""
    rows = [
        {
            "case": folder.name,
            "patient": folder.name,
            "flair": f"{folder.relative_to(data)}/Flair_subtrMeanDivStd.nii.gz",
            "t1c": f"{folder.relative_to(data)}/T1c_subtrMeanDivStd.nii.gz",
            "label": f"{folder.relative_to(data)}/OTMultiClass.nii.gz",
        }
        for folder in sorted((data / "brats2013_flair_t1c").glob("brats_*"))
    ]
    return rows, all_learn(rows)


def ms_lesions(data: Path) -> Tables:
    """One patient, three co-registered contrasts."""
    about = {row["patient_id"]: row for row in read_rows(data / "ms_lesions_ljubljana/patient_info.csv")}
    rows = []
    for folder in sorted((data / "ms_lesions_ljubljana").glob("patient[0-9]*[0-9]")):
        source = about[str(int(folder.name.removeprefix("patient")))]
        place = folder.relative_to(data)
        rows.append(
            {
                "case": folder.name,
                "patient": folder.name,
                "flair": f"{place}/FLAIR.nii.gz",
                "t1": f"{place}/T1.nii.gz",
                "t2": f"{place}/T2.nii.gz",
                "lesions": f"{place}/GOLD_lesions.nii.gz",
                "sex": source["sex"],
                "age": source["age"],
            }
        )
    return rows, all_learn(rows)


def lung_mri_proton(data: Path) -> Tables:
    """Four patients."""
    rows = [
        {
            "case": path.name.removesuffix(".nii.gz"),
            "patient": path.name.removesuffix(".nii.gz"),
            "image": f"lung_mri_proton/images/{path.name}",
            "lungs": f"lung_mri_proton/lung_masks/{path.name}",
        }
        for path in sorted((data / "lung_mri_proton/images").glob("*.nii.gz"))
    ]
    return rows, all_learn(rows)


def ct_totalseg(data: Path) -> Tables:
    """One trunk. The larger CT of the same person has no labels, and the MR has other classes: both are left out."""
    del data
    rows = [{"case": "ct_1", "patient": "1", "ct": "ct_totalseg/example_ct_sm.nii.gz", "organs": "ct_totalseg/example_seg.nii.gz"}]
    return rows, all_learn(rows)


def brain_t1_oasis(data: Path) -> Tables:
    """One head; volume and labels are two arrays of one file."""
    del data
    file = "brain_t1_oasis_seg/test_scan.npz"
    rows = [{"case": "head_1", "patient": "1", "t1": f"{file}#vol", "tissue": f"{file}#seg"}]
    return rows, all_learn(rows)


def reports_indiana(data: Path) -> Tables:
    """Chest X-ray reports, of which no word is copied: a cell names record and field. Truth = the manual MeSH terms, by the table
    of the rule-based labeler. Reports without text or without terms ("No Indexing") are left out. A report stands for itself.
    """
    vocabulary = read_vocabulary()
    file = "reports_indiana/reports.jsonl"
    rows = []
    for source in map(json.loads, (data / file).read_text(encoding="utf-8").splitlines()):
        texts = {
            field: f"{file}#uid={source['uid']}:{field}" if (source[field] or "").strip() else ""
            for field in ("findings", "impression")
        }
        if any(texts.values()) and "No Indexing" not in source["mesh_major"]:
            coded = {term.name: str(int(term.is_coded(source["mesh_major"]))) for term in vocabulary.terms}
            rows.append({"case": f"report_{source['uid']}", "report": source["uid"], **texts, **coded})
    rows.sort(key=lambda row: int(row["report"]))
    by_report = [{"case": row["case"], "patient": row["report"]} for row in rows]
    return rows, split_patients(by_report, test=0.25, tune=0.12)


EXAMPLES: tuple[Callable[[Path], Tables], ...] = (
    hippocampus_msd, hippocampus_box, drive, chase_db1, cxr_covid, em_isbi2012, dsb2018_nuclei, lgg_flair, sunnybrook_cmr,
    brats2013, ms_lesions, lung_mri_proton, ct_totalseg, brain_t1_oasis, reports_indiana,
    idrid_grading, idrid_lesions, nih_cxr64, abide_graphs, head_ct_hemorrhage, pneumoniamnist, cxr_covid_view, cxr_covid_finding,
    cells_vgg, cells_mbm, cells_adipocyte, bccd, bccd_boxes, dsb2018_centers, gbm40_nuclei, gbm40_objects, consep,
    consep_objects, ct_ich, liver_tumor_ct, lc25000_lung,
)  # fmt: skip


def make(data: Path, out: Path = HERE) -> None:
    """Write the two tables of every example."""
    for example in EXAMPLES:
        cases, split = example(data)
        _write(out / example.__name__ / "cases.csv", cases)
        _write(out / example.__name__ / "split.csv", split)


def _write(path: Path, rows: Sequence[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        raise SystemExit("expected one argument, the data folder: python examples/make_examples.py DATA")
    make(Path(sys.argv[1]))

"""The sets whose label belongs to a whole exam: cases.csv and split.csv of each, as make_examples.py writes them.

In:   the data folder.
Out:  (cases, split) of one set a function.
Not:  no set whose labels are masks, but for the lesions of idrid (make_examples.py).
"""

from pathlib import Path
from urllib.parse import urlparse

import numpy as np
from split_patients import Row, join_patients, same_files, same_pictures, split_patients
from tables import read_rows

from isocenter.imaging.turned_copies import turnable, turned_copies
from isocenter.io.images import open_image

HERE = Path(__file__).parent
Tables = tuple[list[Row], list[Row]]


def idrid_grading(data: Path) -> Tables:
    """Nobody is named: every eye stands for itself. The official test lies elsewhere, so every number is out of fold.

    One picture stands there twice, byte for byte. Folds are drawn as if it did not; then the copy joins the first, its patient and
    its fold, and no other eye moves.
    """
    rows = [
        {
            "case": source["idrid_name"],
            "patient": source["idrid_name"],
            "image": f"idrid_grading/images/{source['file']}",
            "grade": source["dr_grade"],
            "edema_risk": source["dme_risk"],
        }
        for source in sorted(read_rows(data / "idrid_grading/labels.csv"), key=lambda source: source["idrid_name"])
    ]
    drawn = split_patients(rows, test=0, tune=0, stratum="grade", folds=5)
    fold = {row["patient"]: row["fold"] for row in drawn}
    join_patients(rows, same_files({row["case"]: data / row["image"] for row in rows}))
    return rows, [part | {"patient": row["patient"], "fold": fold[row["patient"]]} for row, part in zip(rows, drawn, strict=True)]


def idrid_lesions(data: Path) -> Tables:
    """Twelve eyes with every lesion drawn; a lesion without a file was looked for and is not there."""
    rows = []
    for source in sorted(read_rows(data / "idrid_lesions/cases.csv"), key=lambda source: source["file"]):
        name = Path(source["file"]).stem
        row = {"case": name, "patient": name, "image": f"idrid_lesions/images/{source['file']}"}
        for kind in ("MA", "HE", "EX", "SE", "OD"):
            row[kind] = f"idrid_lesions/masks/{name}_{kind}.png" if source[f"{kind}_px"] else "0"
        rows.append(row)
    return rows, split_patients(rows, test=0, tune=0, folds=4)


def lc25000_lung(data: Path) -> Tables:
    """Histology patches that were augmented on disk, 250 originals of each tissue to 5000, and nobody is named.

    Patches of like colors (the set's color clusters) and turned copies of one picture, which the check of that name finds, count as
    one patient. It makes leaks fewer; it does not exclude them.
    """
    rows = [
        {
            "case": Path(source["file"]).stem,
            "patient": f"colors_{source['colour_cluster']}",
            "image": f"lc25000_lung/images/{source['file']}",
            "tissue": {"lung_n": "normal", "lung_aca": "adenocarcinoma", "lung_scc": "squamous"}[source["label"]],
            "carcinoma": "no" if source["label"] == "lung_n" else "yes",
        }
        for source in sorted(read_rows(data / "lc25000_lung/labels.csv"), key=lambda source: source["file"])
    ]
    looks = {row["case"]: turnable(open_image(data / row["image"]).array()) for row in rows}
    keys = [key for key, look in looks.items() if look is not None]
    first = {row["case"]: row["case"] for row in rows}
    for i, j in turned_copies([look for look in looks.values() if look is not None]):
        first[keys[j]] = first[keys[i]]
    join_patients(rows, first)
    return rows, split_patients(rows, test=0.25, tune=0.15, stratum="tissue")


def nih_cxr64(data: Path) -> Tables:
    """Small frontal films, several a patient; findings were mined from reports."""
    rows = [
        {
            "case": Path(source["file"]).stem,
            "patient": source["patient"],
            "image": f"nih_cxr64/images/{source['file']}#gray",  # gray in three channels, some with a fourth
            "abnormal": source["folder_label"],
            "findings": "none" if source["findings"] == "No Finding" else source["findings"].replace("|", ";"),
            "view": source["view"],
            "sex": source["sex"],
            "age": source["age"],
        }
        for source in sorted(read_rows(data / "nih_cxr64/labels.csv"), key=lambda source: source["file"])
    ]
    return rows, split_patients(rows, test=0.25, tune=0.12, stratum="abnormal")


def abide_graphs(data: Path) -> Tables:
    """One binary connectome a person, all in one file; folds are drawn within site and diagnosis."""
    with np.load(data / "abide_graphs/graphs.npz") as file:
        people = zip(file["subject"], file["site"], file["asd"], strict=True)
        rows = [
            {
                "case": str(subject),
                "patient": str(subject),
                "connectome": f"abide_graphs/graphs.npz#{index}",
                "diagnosis": ("control", "autism")[int(ill)],
                "site": str(site),
                "stratum": f"{site} {ill}",
            }
            for index, (subject, site, ill) in enumerate(people)
        ]
    split = split_patients(rows, test=0, tune=0, stratum="stratum", folds=5)
    return [{name: cell for name, cell in row.items() if name != "stratum"} for row in rows], split


def head_ct_hemorrhage(data: Path) -> Tables:
    """Forty slices from the internet; nobody is named."""
    rows = [
        {
            "case": f"slice_{source['id']}",
            "patient": f"slice_{source['id']}",
            "image": f"head_ct_hemorrhage/images/{source['id']}.png#gray",
            "hemorrhage": ("absent", "present")[int(source["hemorrhage"])],
        }
        for source in sorted(read_rows(data / "head_ct_hemorrhage/labels.csv"), key=lambda source: source["id"])
    ]
    return rows, split_patients(rows, test=0, tune=0, stratum="hemorrhage", folds=5)


def pneumoniamnist(data: Path) -> Tables:
    """One file serves all cases. Test is the set's own validation part; tuning cases are drawn from its training part.

    The set holds some pictures twice, byte for byte, and some of its training part again in its validation part: such copies are
    left out of training, and pictures twice in the validation part count as one patient.
    """
    place = "pneumoniamnist/pneumoniamnist_train_val.npz"
    rows, first = [], {}
    with np.load(data / place) as file:
        for name in ("val", "train"):
            for index, (picture, label) in enumerate(zip(file[f"{name}_images"], file[f"{name}_labels"][:, 0], strict=True)):
                case = f"{name}_{index:04d}"
                patient = first.setdefault(picture.tobytes(), case)
                if name == "train" and patient != case:
                    continue
                label_name = ("normal", "pneumonia")[int(label)]
                rows.append({"case": case, "patient": patient, "film": f"{place}#{name}_images[{index}]", "label": label_name})
    learned = [row for row in rows if row["case"].startswith("train")]
    part = {row["case"]: row["part"] for row in split_patients(learned, test=0, tune=0.1, stratum="label")}
    return rows, [
        {"case": row["case"], "patient": row["patient"], "part": part.get(row["case"], "test"), "fold": ""} for row in rows
    ]


def cxr_covid_view(data: Path) -> Tables:
    """All films, lateral too. Patients of examples/cxr_covid keep the part they have there; the others are drawn."""
    rows, pictures = [], {}
    for number, source in enumerate(read_rows(data / "cxr_covid/metadata.csv"), start=1):
        case = f"cxr_{number:03d}"
        pictures[case] = data / "cxr_covid/images" / source["filename"]
        rows.append(
            {
                "case": case,
                "patient": source["patientid"],
                "image": f"cxr_covid/images/{source['filename']}#gray",
                "view": source["view"],
                "finding": "covid" if source["finding"].startswith("COVID-19") else "other",
                "sex": source["sex"],
                "age": source["age"],
                "source": urlparse(source["url"]).hostname or "",
            }
        )
    join_patients(rows, same_pictures(pictures))
    infected = {row["patient"] for row in rows if row["finding"] == "covid"}
    for row in rows:  # the finding is the patient's, who may also have films without it
        row["finding"] = "covid" if row["patient"] in infected else "other"
    return rows, _parts_as_committed(rows)


def cxr_covid_finding(data: Path) -> Tables:
    """The same films, asked another question."""
    return cxr_covid_view(data)


def _parts_as_committed(rows: list[Row]) -> list[Row]:
    """Return the split of examples/cxr_covid, with the patients it does not have drawn by the same shares."""
    kept: dict[str, set[str]] = {}
    patient_of = {row["case"]: row["patient"] for row in rows}
    for row in read_rows(HERE / "cxr_covid" / "split.csv"):
        kept.setdefault(patient_of[row["case"]], set()).add(row["part"])
    torn = sorted(patient for patient, parts in kept.items() if len(parts) > 1)
    if torn:
        raise SystemExit(f"patients {', '.join(torn)} share a picture and stand in two parts of examples/cxr_covid")
    others = [row for row in rows if row["patient"] not in kept]
    part = {row["case"]: row["part"] for row in split_patients(others, test=0.25, tune=0.12, stratum="finding")}
    return [
        {
            "case": row["case"],
            "patient": row["patient"],
            "part": part.get(row["case"]) or next(iter(kept[row["patient"]])),
            "fold": "",
        }
        for row in rows
    ]

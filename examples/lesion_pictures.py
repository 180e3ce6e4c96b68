"""Tables of the lesion sets that are pictures: bleeding and liver tumors in CT slices.

In:   the data folder.
Out:  rows of cases.csv and of split.csv; make_examples.py writes them.
Not:  lesions of the fundus (exam_labels.py) and of the brain in MR (make_examples.py).
"""

from pathlib import Path

from split_patients import Row, all_learn, split_patients
from tables import read_rows

Tables = tuple[list[Row], list[Row]]


def ct_ich(data: Path) -> Tables:
    """Consecutive slices with bleeding of a few people, who are not named: all learn, since any cut may part one person."""
    rows = [
        {
            "case": f"slice_{Path(source['image']).stem}",
            "series": "unknown",
            "image": f"ct_ich/images/{source['image']}#gray",  # gray in three channels
            "bleed": f"ct_ich/masks/{source['mask']}",
        }
        for source in sorted(read_rows(data / "ct_ich/cases.csv"), key=lambda source: source["image"])
    ]
    return rows, all_learn([{"case": row["case"], "patient": row["series"]} for row in rows])


def liver_tumor_ct(data: Path) -> Tables:
    """Slices of three people, one fold each."""
    rows = [
        {
            "case": Path(source["image"]).stem,
            "patient": source["image"].split("_")[0],
            "image": f"liver_tumor_ct/images/{source['image']}",
            "label": f"liver_tumor_ct/masks/{source['mask']}",
        }
        for source in sorted(read_rows(data / "liver_tumor_ct/cases.csv"), key=lambda source: source["image"])
    ]
    return rows, split_patients(rows, test=0, tune=0, folds=3)

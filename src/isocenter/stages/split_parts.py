"""Which part of a split file each case is in, for the checks.

In:   a study and its folder. Out: case key -> "learn", "tune", "test" or "fold 3"; {} when there is no file.
Not:  drawing or judging a split (split.py).
"""

from pathlib import Path

from isocenter.core.study import Study
from isocenter.io.text_columns import read_text_table


def split_file(study: Study, folder: Path) -> Path:
    """Return where the split file is, or would be: `split: {file: …}`, else split.csv beside the study."""
    return folder / str(study.split.get("file", "split.csv"))


def parts_of(study: Study, folder: Path) -> dict[str, str]:
    """Return the part of each case of the split file."""
    path = split_file(study, folder)
    if not path.is_file():
        return {}
    table = read_text_table(path)
    if not {"case", "part"} <= set(table.names):
        return {}
    folds = table.cells("fold") if "fold" in table.names else [""] * len(table)
    return {
        case: f"fold {fold}" if fold and part != "test" else part
        for case, part, fold in zip(table.cells("case"), table.cells("part"), folds, strict=True)
    }

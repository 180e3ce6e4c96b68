"""Pairs for readers: what they hide, what the key commits to, and how answers are scored."""

import base64
import hashlib
import json
import re

import numpy as np
import pytest

from isocenter.core.errors import FileError, RunError, StudyError
from isocenter.core.study import Study
from isocenter.io.raster import write_png
from isocenter.io.study_file import write_study
from isocenter.stages.realism import make_pairs, score_pairs
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder

IMAGE = {"name": "film", "type": "image", "columns": "film"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run of a generator with 8 tuning images of 5 patients."""
    home = tmp_path_factory.mktemp("films")
    rng = np.random.default_rng(0)
    table, split = ["case,patient,film"], ["case,patient,part,fold"]
    for i in range(16):
        samples = rng.integers(0, 256, (1, 16, 16)).astype(np.uint8)
        samples[:, : int(rng.integers(4, 12))] //= 4
        write_png(samples, home / f"{i}.png")
        patient = f"p{i}" if i < 8 else f"q{min(i - 8, 4)}"
        table.append(f"c{i},{patient},{i}.png")
        split.append(f"c{i},{patient},{'learn' if i < 8 else 'tune'},")
    (home / "cases.csv").write_text("\n".join(table) + "\n")
    (home / "split.csv").write_text("\n".join(split) + "\n")
    fields = {"name": "films", "cases": "cases.csv", "inputs": {"film": "film"}, "targets": [IMAGE], "split": {"file": "split.csv"}}
    study = Study.model_validate({**fields, "task": "generation", "method": "pca_gaussian", "settings": {"side": 8}})
    study = study.model_copy(update={"baselines": ("learning_images",)})
    run(write_study(study, home / "study.yaml"), out=home / "RUN", data=home)
    return RunFolder(home / "RUN")


def key_of(folder):
    return json.loads((folder / "sealed" / "key.json").read_text())


def shown(folder):
    text = (folder / "index.html").read_text(encoding="utf-8")
    return json.loads(re.search(r'id="set">(.*?)</script>', text, re.S).group(1))["pairs"]


def answer(folder, path, *, right, reader="ann", commitment=None):
    """Write the answers of a reader who tells the first `right` pairs."""
    commitment = commitment or json.loads((folder / "commitment.json").read_text())["sha256"]
    lines = []
    for index, pair in enumerate(key_of(folder)["pairs"]):
        p = [float(pair["synthetic"] == side) for side in ("left", "right")]
        p = p if index < right else p[::-1]
        said = {"synthetic": {"kind": "scores", "p": p, "names": ["left", "right"]}}
        line = {"case": pair["pair"], "refused": None, "unlike": None, "because": "", "answers": said, "extras": {}}
        lines.append(json.dumps({**line, "reader": reader, "seconds": 1.5, "commitment": commitment}))
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_page_hides_the_key_and_the_commitment_is_its_hash(made, tmp_path):
    told = make_pairs(made, tmp_path / "pairs", pairs=6, seed=1)
    sealed = (tmp_path / "pairs" / "sealed" / "key.json").read_bytes()
    assert told.commitment == hashlib.sha256(sealed).hexdigest()
    assert told.commitment == json.loads((tmp_path / "pairs" / "commitment.json").read_text())["sha256"]
    page = told.page.read_text(encoding="utf-8")
    assert key_of(tmp_path / "pairs")["salt"] not in page
    assert not any(word in page for word in ("real_case", "synthetic_case", "seed"))


def test_pictures_of_both_kinds_have_one_size_and_no_note(made, tmp_path):
    make_pairs(made, tmp_path, pairs=6, seed=1)
    for pair in shown(tmp_path):
        for side in ("left", "right"):
            png = base64.b64decode(pair[side].split(",")[1])
            assert png[16:24] == (8).to_bytes(4, "big") * 2  # width and height
            assert b"tEXt" not in png


def test_the_seed_decides_the_pairs_and_the_salt_the_hash(made, tmp_path):
    first, second = (make_pairs(made, tmp_path / name, pairs=6, seed=4) for name in ("a", "b"))
    assert key_of(tmp_path / "a")["pairs"] == key_of(tmp_path / "b")["pairs"]
    assert shown(tmp_path / "a") == shown(tmp_path / "b")
    assert first.commitment != second.commitment


def test_sides_are_balanced_and_no_patient_comes_again_before_all_have_come(made, tmp_path):
    make_pairs(made, tmp_path, pairs=6, seed=2)
    pairs = key_of(tmp_path)["pairs"]
    assert sum(pair["synthetic"] == "left" for pair in pairs) == 3
    patients = [min(int(pair["real_case"][1:]) - 8, 4) for pair in pairs]
    assert len(set(patients[:5])) == 5


def test_answers_are_scored_against_the_key(made, tmp_path):
    make_pairs(made, tmp_path, pairs=8, seed=1)
    files = [answer(tmp_path, tmp_path / f"{who}.jsonl", right=n, reader=who) for who, n in (("ann", 8), ("bob", 4))]
    scored = score_pairs(tmp_path, files)
    assert [(row.who, row.right) for row in scored.rows] == [("ann", 1.0), ("bob", 0.5), ("all readers", 0.75)]
    assert json.loads((tmp_path / "realism.json").read_text())["rows"][0]["verdict"] == "told apart"


def test_a_readers_answers_are_read_as_any_models_predictions(made, tmp_path):
    make_pairs(made, tmp_path, pairs=4, seed=1)
    answer(tmp_path, tmp_path / "predictions.jsonl", right=4)
    said = {p.case: p.answers["synthetic"] for p in RunFolder(tmp_path).predictions()}
    sides = {pair["pair"]: pair["synthetic"] for pair in key_of(tmp_path)["pairs"]}
    assert {pair: scores.names[scores.best] for pair, scores in said.items()} == sides


def test_a_changed_key_answers_to_another_set_and_a_reader_twice_are_refused(made, tmp_path):
    make_pairs(made, tmp_path, pairs=4, seed=1)
    ann = answer(tmp_path, tmp_path / "ann.jsonl", right=2)
    with pytest.raises(StudyError, match="another of ann"):
        score_pairs(tmp_path, [ann, ann])
    with pytest.raises(FileError, match="answers to other"):
        score_pairs(tmp_path, [answer(tmp_path, tmp_path / "other.jsonl", right=2, commitment="other")])
    (tmp_path / "bad.jsonl").write_text("{}\n")
    with pytest.raises(FileError, match="line 1"):
        score_pairs(tmp_path, [tmp_path / "bad.jsonl"])
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match="UTF-8"):
        score_pairs(tmp_path, [tmp_path / "bytes.jsonl"])
    key = tmp_path / "sealed" / "key.json"
    key.write_text(key.read_text().replace('"seed": 1', '"seed": 2'))
    with pytest.raises(FileError, match="was changed"):
        score_pairs(tmp_path, [ann])


def test_more_pairs_than_there_are_and_a_folder_in_use_are_refused(made, tmp_path):
    with pytest.raises(StudyError, match="from 2 to 8 pairs"):
        make_pairs(made, tmp_path, pairs=9, seed=1)
    make_pairs(made, tmp_path, pairs=2, seed=1)
    with pytest.raises(FileError, match="without pairs"):
        make_pairs(made, tmp_path, pairs=2, seed=1)


def test_a_run_that_answers_no_images_is_refused(made, tmp_path):
    text = (made.path / "study.yaml").read_text()
    other = RunFolder(tmp_path / "RUN").create()
    for name in ("cases.csv", "split.csv", "sources.json"):
        (other.path / name).write_bytes((made.path / name).read_bytes())
    (other.path / "study.yaml").write_text(
        text.replace("type: image", "type: value").replace("task: generation", "").replace("method: pca_gaussian", "")
    )
    with pytest.raises(RunError, match="answers images"):
        make_pairs(other, tmp_path / "pairs", pairs=2, seed=1)

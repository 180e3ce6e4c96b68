"""Each of the 13 kinds, from cases.csv to the report, in seconds: the trivial baseline scores what it must."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from isocenter.core.graph import Graph
from isocenter.core.plan import Plan
from isocenter.core.study import Study, Target
from isocenter.core.value import Kind
from isocenter.io.answers import write_cases
from isocenter.io.graph_file import write_graph
from isocenter.io.study_file import write_study
from isocenter.methods.registry import task_of
from isocenter.phantoms.tracer.amounts import SHARES, VALUES
from isocenter.phantoms.tracer.graphs import GAP
from isocenter.phantoms.tracer.pictures import OFFSET
from isocenter.phantoms.tracer.places import SHIFT_MM
from isocenter.phantoms.tracer.tracer import structure_tracer, tracer
from isocenter.stages.evaluate import primary_estimate
from isocenter.stages.run import run

from .tracer_files import write_tracer

KNOWN = {
    "mask": 0.0,  # nothing is claimed, something is there in every case
    "points": 0.0,
    "boxes": 0.0,
    "count": 5.0,  # 10 and 20, half and half: 15 for everybody
    "proportion": (SHARES["high"][0] - SHARES["low"][1]) / 2,  # from midway to the nearer end of either interval
    "class": 0.5,  # a constant ranks nobody before anybody
    "multilabel": 0.5,
    "ordinal": 0.0,  # a constant agrees by chance only
    "value": (VALUES["large"] - VALUES["small"]) / 2,
    "survival": 0.5,
    "image": OFFSET,
    "graph": GAP,
    "text": 2 / 3,  # the share of the most common text; the other shares no word with it
}


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_kind_travels_from_table_to_report_with_its_baselines_score(kind, tmp_path):
    study, cases = tracer(kind)
    task = task_of(study)
    if study.method is None and task.default != task.floor:
        study = study.model_copy(update={"method": task.floor})
    done = run(write_tracer(study, cases, tmp_path / "study"), out=tmp_path / "run")
    estimate = primary_estimate(done.estimates(), task)
    assert estimate is not None
    assert estimate.value == pytest.approx(KNOWN[kind], abs=1e-6)
    assert estimate.patients >= 4
    assert estimate.excluded == 0
    report = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert study.name in report
    assert ("no learned method for" in report) == (study.method is None)
    assert all(p.refused is None for p in done.predictions())
    if kind == "mask":
        beside = {e.who: e.value for e in done.estimates() if e.name == "dice"}
        assert beside["baseline:threshold"] == 1.0  # intensity alone tells the classes apart
        assert 0.9 < beside["rater:second"] < 1.0
    if kind == "count":
        assert {e.target for e in done.estimates()} == {"cells"}  # a score-only target nobody answers adds no number


@pytest.mark.parametrize(("kind", "known"), [("boxes", 2 * SHIFT_MM / 6), ("points", SHIFT_MM)])
def test_structures_travel_from_table_to_report_with_the_score_of_their_mean_place(kind, known, tmp_path):
    study, cases = structure_tracer(kind)
    study = study.model_copy(update={"method": "mean_place"})
    done = run(write_tracer(study, cases, tmp_path / "study"), out=tmp_path / "run")
    estimate = primary_estimate(done.estimates(), task_of(study))
    assert estimate is not None
    assert estimate.value == pytest.approx(known, abs=1e-6)  # of six walls two lie off; a landmark lies off as a whole
    assert estimate.unit == "mm"
    drawn = {path.stem for path in (tmp_path / "run" / "figures").iterdir()}
    assert "case_worst" in drawn
    assert not {name for name in drawn if name.startswith(("count", "froc"))}  # one of each: there is nothing to count or rank


@pytest.mark.parametrize("kind", ["class", "multilabel", "ordinal", "value", "count", "proportion", "survival"])
def test_a_network_of_exams_answers_every_case(kind, tmp_path):
    study, cases = tracer(kind)
    study = study.model_copy(update={"method": "cnn", "settings": {"steps": 3}})
    done = run(write_tracer(study, cases, tmp_path / "study"), out=tmp_path / "run")
    answers = list(done.predictions())
    assert answers
    assert all(p.refused is None and study.targets[0].name in p.answers for p in answers)
    assert {e.who for e in done.estimates()} >= {"model", f"baseline:{task_of(study).floor}"}


def test_a_network_of_exams_looks_at_graphs(tmp_path):
    rng = np.random.default_rng(0)
    upper = np.stack(np.triu_indices(6, 1), axis=1)
    classes = ("weak", "strong")
    cases = []
    for i in range(16):
        graph = Graph(nodes=np.zeros((6, 1)), edges=upper, weight=rng.normal(size=len(upper)) + 2.0 * (i % 2))
        name = write_graph(graph, tmp_path / f"{i}.npz").name
        cases.append({"case": f"c{i}", "patient": f"p{i}", "graph": name, "strength": classes[i % 2]})
    write_cases(cases, tmp_path / "cases.csv")
    target = Target(name="strength", type="class", columns=("strength",), classes=classes)
    study = Study(
        name="graphs", cases=Path("cases.csv"), inputs={"graph": "graph"}, targets=(target,), method="cnn", settings={"steps": 3}
    )
    done = run(write_study(study, tmp_path / "study.yaml"), out=tmp_path / "run")
    encoder = next(s for s in done.read(Plan).settings if s.name == "encoder")
    assert encoder.value == "brainnetcnn"
    answers = list(done.predictions())
    assert answers
    assert all(p.refused is None and "strength" in p.answers for p in answers)

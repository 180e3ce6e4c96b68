"""Under folds every case is asked of the model that did not learn from it."""

import pytest

from isocenter.audits._exam_models import exam_places, some_seen, target_of
from isocenter.audits.audit import audit
from isocenter.core.study import Study
from isocenter.io.study_file import write_study
from isocenter.stages.run import run


@pytest.mark.slow
def test_every_fold_answers_for_its_own_cases(squares):
    folder = squares.path.parent
    study = Study.model_validate({**squares.read(Study).model_dump(), "cases": "cases.csv", "split": {"folds": 2}})
    done = run(write_study(study, folder / "folds.yaml"), out=folder / "folds", time_limit=0.1, preset="small")
    study, cases, places = exam_places(done)
    assert sorted(key for place in places for key in place.keys) == sorted(cases.keys)
    seen = list(some_seen(places, study, cases, target_of(study, ""), count=8))
    assert len({one.key for one in seen}) == 8
    assert len({id(one.model) for one in seen}) == 2
    for name, settings in (
        ("attribution", {"cases": 4, "methods": ["saliency"], "steps": 2, "stages": 1, "shown": 1}),
        ("views", {}),
    ):
        found = audit(done.path, [name], settings=settings)
        assert all(e.part == "folds" for finding in found for e in finding.evidence)
        assert found

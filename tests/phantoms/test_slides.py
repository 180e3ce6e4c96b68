"""The slide phantom: who is ill, where, at which center; and that its files are a study."""

import numpy as np
import pytest

from isocenter.core.slide import overview
from isocenter.imaging.macenko import fit_stains
from isocenter.imaging.tissue import tissue_mask
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.histology.nuclei import TYPES
from isocenter.phantoms.phantom import Seeds
from isocenter.phantoms.slides import CENTERS
from isocenter.stages.phantom import write_phantom

SLIDES = PHANTOMS.get("slides")


def draw(**options):
    return SLIDES.draw(Seeds(anatomy=3, disease=4, pose=5, acquisition=6, demographics=7), **{"size_um": 384, **options})


def test_carcinoma_lies_in_tissue_where_it_is_said_to_and_nowhere_else():
    ill, well = draw(disease=True), draw(disease=False)
    region, tissue = (ill.truths[name].labels.array()[0] > 0 for name in ("regions", "tissue"))
    assert 0.03 < region.sum() / tissue.sum() < 0.45
    assert not (region & ~tissue).any()
    assert ill.truths["share"].value == pytest.approx(region.sum() / tissue.sum())
    assert not well.truths["regions"].labels.array().any()
    assert (well.truths["tissue"].labels.array() == ill.truths["tissue"].labels.array()).all()
    nuclei = ill.truths["nuclei"]
    places = np.clip(np.floor(nuclei.world[nuclei.kind == TYPES.index("carcinoma")]).astype(int), 0, 383)
    assert region[places[:, 0], places[:, 1]].mean() > 0.95


def test_the_tissue_mask_finds_what_was_drawn():
    for name in ("north", "west", "south"):
        case = draw(scanner=name)
        shown = overview(case.inputs["slide"])
        truth = case.truths["tissue"].labels.array()[0].reshape(48, 8, 48, 8).mean(axis=(1, 3)) > 0.5
        found = tissue_mask(shown.array())
        assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.9


def test_the_dyes_of_a_center_are_found_again():
    case = draw(scanner="east", disease=True)
    samples = case.inputs["slide"].samples
    white = tuple(float(w) for w in case.acquisition["white"].split())
    found = fit_stains(samples[:, case.truths["tissue"].labels.array()[0] > 0], white=white)
    for vector, name in zip(found.vectors, ("hematoxylin", "eosin"), strict=True):
        assert np.dot(vector, [float(v) for v in case.acquisition[name].split()]) > np.cos(np.deg2rad(10))


def test_centers_come_equally_often_and_all_slides_of_a_patient_are_of_one():
    cases = [case for _, case in draw_many(SLIDES, 20, 3, visits=2, size_um=256)]
    centers = [case.covariates["center"] for case in cases]
    assert {name: centers.count(name) for name in CENTERS} == dict.fromkeys(CENTERS, 4)
    assert centers[::2] == centers[1::2]
    assert [c.patient for c in cases[::2]] == [c.patient for c in cases[1::2]]
    assert [c.truths["disease"].best for c in cases[::2]] == [c.truths["disease"].best for c in cases[1::2]]
    assert all(c.truths["carcinoma"].best <= c.truths["disease"].best for c in cases)
    first, second = (case.truths["tissue"].labels.array() for case in cases[:2])
    assert (first != second).any()


def test_it_is_written_as_a_study_of_slides(tmp_path):
    path = write_phantom("slides", tmp_path / "s", n=4, visits=2, seed=1, options={"size_um": 256})
    study = read_study(path)
    assert [t.name for t in study.targets] == ["carcinoma", "regions", "disease"]
    assert (study.at, study.targets[2].per) == ({"slide": "10x"}, "patient")
    assert "center" in study.covariates
    cases = open_cases(study, folder=path.parent, data=path.parent)
    for case, (_, drawn) in zip(cases, draw_many(SLIDES, 4, 1, visits=2, size_um=256), strict=True):
        region = drawn.truths["regions"].labels.array()[0].reshape(32, 8, 32, 8).mean(axis=(1, 3))
        read = case.labels["regions"].labels.array()[0]
        assert ((region > 0.75) <= (read == 1)).all()  # a sample counts by its middle
        assert ((region < 0.25) <= (read == 0)).all()
        fine = case.inputs["slide"].read((0.0, 0.0), (256, 256), 1.0).array().astype(int)
        assert np.abs(fine - drawn.inputs["slide"].samples).mean() < 6  # JPEG

"""The figures: text stays text, nothing is fetched, nothing tells who made them, same bytes."""

import dataclasses
import io
import itertools
import math
import re
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from autallo.report.figures import (
    figure_all,
    figure_flow,
    figure_grades,
    figure_incidence,
    figure_outcome,
    figure_survival,
    figure_values,
)
from autallo.report.figures.labels import figure_comparison
from autallo.report.figures.sheet import figure_lines, figure_text
from autallo.report.figures.values import _spread
from autallo.report.scope import Scope
from unit.report.example import NOTICE, RD, SURVIVAL, example, hostile

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def pictures():
    return {picture.name: picture for picture in figure_all(example())}


def words(picture):
    """Return every piece of text of a figure."""
    root = ET.fromstring(picture.svg)  # made by ourselves
    return [" ".join("".join(node.itertext()).split()) for node in root.iter(f"{SVG}text")]


def test_each_kind_of_outcome_has_its_figure(pictures):
    assert list(pictures) == [
        "flow",
        "grades-crs_grade",
        "values-peak_expansion",
        "survival-overall_survival",
        "incidence-relapse",
        "survival-cgvhd_at_collection-overall_survival",
    ]


def test_notice_stands_inside_every_figure(pictures):
    assert all(NOTICE in words(picture) for picture in pictures.values())


def test_vector_has_no_metadata_and_fetches_nothing(pictures):
    for picture in pictures.values():
        assert "<metadata" not in picture.svg
        assert "Matplotlib" not in picture.svg
        assert "<image" not in picture.svg
        links = re.findall(r'(?:href|src)="([^"]*)"', picture.svg)
        assert all(link.startswith("#") for link in links)


def test_bitmaps_have_600_and_300_dpi_and_no_words(pictures):
    for picture in pictures.values():
        image, small = (Image.open(io.BytesIO(p)) for p in (picture.png, picture.png_small))
        assert image.info["dpi"] == pytest.approx((600, 600), abs=0.1)
        assert small.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert set(image.info) == {"dpi"}
        assert image.width == pytest.approx(174 / 25.4 * 600, abs=1)
        assert small.width == pytest.approx(image.width / 2, abs=1)


def test_nothing_is_drawn_at_the_very_edge(pictures):
    for picture in pictures.values():
        image = Image.open(io.BytesIO(picture.png_small)).convert("L")
        wide, high = image.size
        edges = [(0, 0, wide, 2), (0, high - 2, wide, high), (0, 0, 2, high),
                 (wide - 2, 0, wide, high)]  # fmt: skip
        assert all(image.crop(edge).getextrema()[0] > 200 for edge in edges), picture.name


def test_numbers_at_risk_stand_under_the_axis(pictures):
    found = words(pictures["survival-overall_survival"])
    at_risk = [str(sum(day >= tick * 60.875 for day, _ in SURVIVAL[RD])) for tick in range(8)]
    start = found.index("Number at risk") if "Number at risk" in found else 0
    assert start
    runs = [found[i : i + 8] for i in range(len(found) - 7)]
    assert at_risk in runs


def test_p_and_method_stand_in_the_figure(pictures):
    found = words(pictures["survival-overall_survival"])
    assert any("RD-alloCAR v autoCAR: p = 0.812" in text for text in found)
    assert any("exact permutation log-rank test (curves cross)" in text for text in found)


def test_doubts_about_p_stand_in_the_figure(pictures):
    found = words(pictures["survival-cgvhd_at_collection-overall_survival"])
    assert any(text.endswith("log-rank test (fewer than 5 in a group)") for text in found)


def test_an_unplanned_comparison_says_so_in_the_figure():
    results = example()
    card = dataclasses.replace(results.card, unplanned=("overall_survival",))
    scope = Scope.of_study(dataclasses.replace(results, card=card))
    assert figure_comparison(scope, "overall_survival").endswith("(curves cross, not planned)")


def test_descriptions_tell_the_numbers(pictures):
    assert pictures["survival-overall_survival"].alt == (
        "Kaplan-Meier curves of Overall survival. autoCAR: 17 patients, 6 events; RD-alloCAR: 11 "
        "patients, 3 events; DD-alloCAR: 3 patients, 2 events. RD-alloCAR v autoCAR: p = 0.812, "
        "exact permutation log-rank test (curves cross)."
    )
    assert "RD-alloCAR: grade 0 in 3, grade 1 in 4" in pictures["grades-crs_grade"].alt
    assert "left out: Other disease (1)" in pictures["flow"].alt


def test_the_same_bytes_twice(pictures):
    study = Scope.of_study(example())
    for again in (
        figure_survival(study, "overall_survival"),
        figure_values(study, "peak_expansion", log=True),
    ):
        assert again.svg == pictures[again.name].svg
        assert again.png == pictures[again.name].png


@pytest.mark.parametrize(
    "text",
    [
        "$\\foo$ $$",
        "<script>alert(1)</script>",
        "a\x00b\ud800c",
        "x" * 10_000,
        "e" + "\u0301" * 500,
        "\u202eשלום",
        "漢字",
    ],
)
def test_hostile_words_are_drawn_as_words(text):
    results = hostile(text)
    study = Scope.of_study(results)
    for picture in (figure_flow(results), figure_grades(study, "crs_grade")):
        ET.fromstring(picture.svg)
        assert "<script" not in picture.svg
        assert len(picture.svg) < 200_000


def test_hostile_words_in_curves_and_values():
    study = Scope.of_study(hostile("$\\foo$ <b> & " + "x" * 300))
    for outcome, kind in (("overall_survival", "time_to_event"), ("relapse", "competing_risks"),
                          ("peak_expansion", "continuous:log")):  # fmt: skip
        picture = figure_outcome(study, outcome, kind)
        assert any("$\\foo$ <b> &" in text for text in words(picture))


def test_what_is_not_there_is_not_drawn():
    study = Scope.of_study(example())
    assert figure_survival(study, "nothing") is None
    assert figure_incidence(study, "nothing") is None
    assert figure_grades(study, "nothing") is None
    assert figure_values(study, "nothing", log=False) is None
    assert figure_outcome(study, "severe_crs", "binary") is None


def test_long_words_are_cut_with_an_ellipsis():
    assert figure_text("a" * 50, 10) == "a" * 9 + "…"
    assert figure_text("short", 10) == "short"
    assert figure_lines("one two three four", 9, lines=2) == "one two\nthree…"


def test_names_that_differ_only_in_case_get_files_of_their_own():
    import dataclasses

    study = example()
    double = dataclasses.replace(
        study,
        card=dataclasses.replace(
            study.card,
            outcomes=(("crs_grade", "ordinal"), ("CRS_grade", "ordinal")),
            factors=(),
        ),
        flow=(),
        estimates=tuple(
            dataclasses.replace(e, outcome=outcome)
            for outcome in ("crs_grade", "CRS_grade")
            for e in study.find(outcome="crs_grade", analysis="outcome")
        ),
    )
    pictures = list(figure_all(double))
    assert [p.name for p in pictures] == ["grades-crs_grade", "grades-CRS_grade-2"]
    assert [p.subject for p in pictures] == [(None, "crs_grade"), (None, "CRS_grade")]


def test_neighbours_are_spread_so_that_no_point_covers_another():
    places = [0.0, 0.001, 0.002, 0.5, 0.501]
    spread = list(_spread(places, 0.016))
    points = list(zip(places, spread, strict=True))
    for (x1, y1), (x2, y2) in itertools.combinations(points, 2):
        assert math.hypot((x1 - x2) / 0.016, (y1 - y2) / 0.08) >= 1
    assert spread[0] == spread[3] == 0.0

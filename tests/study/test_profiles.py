"""Profile `ezr` on bundled studies: what R gives with the settings of EZR.

Values are of R 4.2.2 with survival 3.5-3: coxph(ties = "breslow") and its confint, survdiff,
wilcox.test with its defaults; none is taken from a run of Autallo.
"""

import shutil
from importlib.resources import as_file, files

import pytest

from autallo.model.results import Results, Role
from study.conftest import autallo


@pytest.fixture(scope="module")
def as_ezr(tmp_path_factory):
    def run(name):
        folder = tmp_path_factory.mktemp(name)
        with as_file(files("autallo.studies") / name) as source:
            shutil.copytree(source, folder / "study")
        study = folder / "study" / "study.yaml"
        text = study.read_text(encoding="utf-8").replace("  profile: default", "")
        study.write_text(text.replace("study:\n", "study:\n  profile: ezr\n", 1), encoding="utf-8")
        done = autallo("run", study, "--out", folder / "out")
        assert done.returncode == 0, done.stderr
        return Results.from_json((folder / "out" / "results.json").read_text(encoding="utf-8"))

    return run


def test_kersey_with_breslow_ties_and_wald_limits(as_ezr):
    results = as_ezr("kersey1987")
    ratio = results.one(measure="hazard_ratio")
    numbers = (ratio.value, ratio.low, ratio.high)
    assert ratio.method == "cox_breslow"
    assert numbers == pytest.approx(
        (1.47817048486407, 0.916816703184614, 2.38323317489046), rel=1e-9
    )
    assert ratio.detail("std_error") == pytest.approx(0.243704926302298, rel=1e-9)
    (p,) = results.find(measure="p_value")
    assert (p.method, p.role, f"{p.value:.4f}") == ("logrank", Role.PRIMARY, "0.1064")
    assert p.why == "The study file asks for what EZR gives (profile ezr)."


def test_alloauto_leads_with_the_hazard_ratio_and_still_says_that_it_changes(as_ezr):
    results = as_ezr("alloauto")
    ratio = results.one(measure="hazard_ratio")
    numbers = (ratio.value, ratio.low, ratio.high)
    # coxph(..., I(type == 1)): the allogeneic against the autologous, so the other way round.
    theirs = (0.838162756198261, 1.469368750016191, 0.478107898966903)
    assert numbers == pytest.approx([1 / ratio for ratio in theirs], rel=1e-9)
    assert ratio.role is Role.PRIMARY
    assert "NOT_PROPORTIONAL" in {flag.name for flag in ratio.flags}
    (difference,) = results.find(measure="restricted_mean_difference")
    assert difference.role is Role.SENSITIVITY


def test_okiss_one_covariate_and_two(as_ezr):
    results = as_ezr("okiss")
    ratio = results.one(
        analysis="comparison", outcome="infection", measure="cause_specific_hazard_ratio"
    )
    numbers = (ratio.value, ratio.low, ratio.high)
    assert numbers == pytest.approx(
        (0.774359636375419, 0.578813018368288, 1.03596986836591), rel=1e-8
    )
    for category, p_value in (("group", 0.0925756948250886), ("sex", 0.2457022313628223)):
        p = results.one(
            analysis="model", outcome="infection", measure="p_value", category=category,
            method="multivariable_cox_breslow",
        )  # fmt: skip
        assert p.value == pytest.approx(p_value, rel=1e-7)


def test_hu2019_ranks_are_tested_as_wilcox_test_does(as_ezr):
    # wilcox.test(c(...), c(...)): peak values without ties exactly, grades with ties corrected.
    results = as_ezr("hu2019")
    peak = results.find(analysis="comparison", outcome="peak_expansion", measure="p_value")
    assert {(e.method, e.role) for e in peak} == {
        ("mann_whitney_exact", Role.PRIMARY), ("mann_whitney_corrected", Role.CONVENTIONAL),
    }  # fmt: skip
    (grade,) = results.find(analysis="comparison", outcome="crs_grade", measure="p_value")
    assert (grade.method, grade.role) == ("mann_whitney_corrected", Role.PRIMARY)
    assert not results.find(method="firth_cox")

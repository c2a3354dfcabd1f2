"""The bundled studies from records to documents: the numbers that were published.

Expected values are the abstract's (hu2019) and those of the two papers' data as R gives them
(kersey1987, alloauto, okiss), typed in here; none is taken from a run of Autallo.
"""

import html
import re

import pytest
from docx import Document

from autallo.model.results import Flag
from autallo.studies import BUNDLED


def p_value(results, outcome, *, method, **wanted):
    return results.one(outcome=outcome, measure="p_value", method=method, **wanted)


def printed(value, digits=3):
    return f"{value:.{digits}f}"


class TestHu2019:
    """Every number of the abstract of Hu et al., Bone Marrow Transplant 2019."""

    @pytest.mark.parametrize(
        ("group", "n"), [("autoCAR", 17), ("RD-alloCAR", 11), ("DD-alloCAR", 3)]
    )
    def test_groups_by_the_clinical_rule(self, hu2019, group, n):
        assert dict(hu2019.results.flow[-1].by_group)[group] == n
        assert "product_source" not in (hu2019.folder / "patients.csv").read_text()

    @pytest.mark.parametrize(
        ("group", "events", "n", "percent", "low", "high"),
        [("autoCAR", 15, 17, "88.2", "63.6", "98.5"), ("RD-alloCAR", 11, 11, "100.0", "71.5",
                                                      "100.0")],
    )  # fmt: skip
    def test_complete_remission(self, hu2019, group, events, n, percent, low, high):
        found = hu2019.results.one(
            analysis="outcome", outcome="complete_remission", group=group, measure="proportion"
        )
        assert (found.events, found.n) == (events, n)
        numbers = (found.value, found.low, found.high)
        assert tuple(f"{100 * x:.1f}" for x in numbers) == (percent, low, high)

    def test_peak_expansion_is_higher_in_autocar(self, hu2019):
        p = p_value(
            hu2019.results, "peak_expansion", method="mann_whitney_exact", analysis="comparison"
        )
        assert printed(p.value) == "0.007"
        ratio = hu2019.results.one(analysis="comparison", outcome="peak_expansion", measure="ratio")
        assert (ratio.group, ratio.versus) == ("RD-alloCAR", "autoCAR")
        assert ratio.high < 1

    def test_severe_crs(self, hu2019):
        counts = {
            e.group: (e.events, e.n)
            for e in hu2019.results.find(analysis="outcome", outcome="severe_crs")
        }
        assert counts["autoCAR"] == (8, 17)
        assert counts["RD-alloCAR"] == (1, 11)
        p = p_value(hu2019.results, "severe_crs", method="fisher_exact")
        assert printed(p.value) == "0.049"

    @pytest.mark.parametrize(
        ("group", "events", "n", "percent"),
        [("RD-alloCAR", 2, 11, "18.2"), ("DD-alloCAR", 1, 3, "33.3")],
    )
    def test_acute_gvhd(self, hu2019, group, events, n, percent):
        found = hu2019.results.one(analysis="outcome", outcome="agvhd", group=group)
        assert (found.events, found.n) == (events, n)
        assert f"{100 * found.value:.1f}" == percent

    def test_chronic_gvhd_and_relapse_within_six_months(self, hu2019):
        p = p_value(
            hu2019.results, "early_relapse", method="fisher_exact", subgroup="cgvhd_and_relapse"
        )
        assert printed(p.value) == "0.022"
        assert p.n == 10

    @pytest.mark.parametrize(
        ("outcome", "method"),
        [
            ("peak_expansion", "mann_whitney_exact"),
            ("crs_grade", "mann_whitney_exact"),
            ("overall_survival", "logrank_exact"),
        ],
    )
    def test_chronic_gvhd_within_recipient_derived_products(self, hu2019, outcome, method):
        p = p_value(hu2019.results, outcome, method=method, subgroup="cgvhd_within_recipients")
        assert p.value > 0.05
        assert p.n == 11

    def test_median_follow_up_is_nine_months(self, hu2019):
        found = hu2019.results.one(analysis="follow_up", group="all", measure="median_days")
        assert f"{found.value / 30.4375:.1f}" == "9.0"

    def test_rows_read_are_analysed_or_excluded(self, hu2019):
        flow = hu2019.results.flow
        assert flow[0].remaining == 33
        lost = sum(count for step in flow for _, count in step.excluded)
        assert flow[0].remaining == flow[-1].remaining + lost
        assert "read 33 = analysed 31 + excluded 2" in hu2019.printed


class TestFurtherMeasures:
    """What stands beside the chosen numbers, of hu2019: recomputed here from the printed counts."""

    def test_risk_difference_and_fragility_of_severe_crs(self, hu2019):
        """1 of 11 against 8 of 17: Fisher 0.049, and one patient more would carry it across."""
        shared = {"outcome": "severe_crs", "group": "RD-alloCAR", "versus": "autoCAR"}
        difference = hu2019.results.one(**shared, method="miettinen_nurminen")
        assert difference.value == pytest.approx(1 / 11 - 8 / 17)
        assert difference.low < difference.high < 0
        assert hu2019.results.one(**shared, method="fragility_index").value == 1
        fisher = hu2019.results.one(**shared, method="fisher_exact").value
        assert hu2019.results.one(**shared, method="boschloo").value < fisher

    def test_the_report_shows_them_and_leaves_them_out_of_the_terminal(self, hu2019):
        page = (hu2019.folder / "results" / "report.html").read_text(encoding="utf-8")
        for words in (
            "Other measures of the same comparisons",
            "Reverse fragility index, patients",
            "Survival at 6 months, % (beta product interval)",
            "Difference of mean event-free time, months",
        ):
            assert words in page
        assert "beta product" not in hu2019.printed
        # Once for each of three groups in four outcomes, and for two levels of the factor.
        assert hu2019.printed.count("at 12 months") == 3 * 4 + 2


class TestKersey1987:
    """Kersey et al., N Engl J Med 1987;317:461: 91 patients, as R survival computes them."""

    @pytest.mark.parametrize(
        ("group", "n", "events", "median", "at_a_year"),
        [("Allogeneic", 46, 33, 291.5, "0.4348"), ("Autologous", 45, 36, 112.0, "0.2222")],
    )
    def test_each_group(self, kersey1987, group, n, events, median, at_a_year):
        found = kersey1987.results.one(analysis="outcome", group=group, measure="median_days")
        assert (found.n, found.events, found.value) == (n, events, median)
        survival = kersey1987.results.one(group=group, measure="survival", at_days=365.0)
        assert printed(survival.value, 4) == at_a_year

    def test_comparison(self, kersey1987):
        test = kersey1987.results.one(measure="p_value", method="logrank")
        assert printed(test.detail("chi_square"), 4) == "2.6073"
        assert printed(test.value, 4) == "0.1064"
        ratio = kersey1987.results.one(measure="hazard_ratio")
        assert (ratio.group, ratio.versus) == ("Autologous", "Allogeneic")
        assert printed(ratio.detail("log_hazard_ratio"), 4) == "0.3910"
        assert printed(ratio.detail("std_error"), 4) == "0.2437"


class TestAlloauto:
    """Klein and Moeschberger, section 1.9: curves that cross."""

    @pytest.mark.parametrize(
        ("group", "events", "n"), [("allogeneic", 22, 50), ("autologous", 28, 51)]
    )
    def test_each_group(self, alloauto, group, events, n):
        found = alloauto.results.one(analysis="outcome", group=group, measure="events")
        assert (found.events, found.n) == (events, n)

    def test_the_log_rank_p_stands_beside_the_crossing(self, alloauto):
        test = alloauto.results.one(measure="p_value", method="logrank")
        assert printed(test.value) == "0.537"
        assert Flag.CURVES_CROSS in test.flags
        # 15.757 months.
        assert printed(test.detail("crossing_days_1") / 30.4375, 2) == "15.76"

    def test_proportional_hazards_are_rejected_and_the_restricted_mean_leads(self, alloauto):
        # R 4.2.2, survival 3.5-3: cox.zph(coxph(Surv(time, delta) ~ type, ties = "efron")).
        trend = alloauto.results.one(measure="proportional_hazards", method="cox_zph")
        assert printed(trend.value, 4) == "0.0036"
        sizes = [
            e.measure
            for e in alloauto.results.find(analysis="comparison", role="primary")
            if e.measure != "p_value"
        ]
        assert sizes == ["restricted_mean_difference", "hazard_ratio"]
        ratio = alloauto.results.one(measure="hazard_ratio")
        assert Flag.NOT_PROPORTIONAL in ratio.flags
        text = words(alloauto.folder / "results" / "report.html")
        assert text.index("difference of the mean event-free time is") < text.index(
            "hazard ratio is"
        )

    def test_the_report_shows_the_crossing_and_never_says_no_difference(self, alloauto):
        text = words(alloauto.folder / "results" / "report.html")
        assert "no difference" not in text.lower()
        assert "15.8 months" in text
        assert "disadvantage before a crossing and an advantage after it cancel" in text


class TestOkiss:
    """Beyersmann et al. 2007: three ways in which neutropenia ends."""

    @pytest.mark.parametrize(
        ("outcome", "allogeneic", "autologous", "p_value"),
        [
            ("infection", 120, 83, "0.538"),
            ("recovery", 428, 345, "0.0000929"),
            ("death", 8, 3, "0.394"),
        ],
    )
    def test_each_cause(self, okiss, outcome, allogeneic, autologous, p_value):
        for group, events, n in (("allogeneic", allogeneic, 564), ("autologous", autologous, 436)):
            found = okiss.results.one(
                analysis="outcome", outcome=outcome, category=outcome, group=group, measure="events"
            )
            assert (found.events, found.n) == (events, n)
        test = okiss.results.one(
            analysis="comparison", outcome=outcome, measure="p_value", method="gray"
        )
        digits = len(p_value) - 2
        assert printed(test.value, digits) == p_value

    @pytest.mark.parametrize(
        ("outcome", "subdistribution", "cause_specific"),
        # R 4.2.2: exp(coef) and se of cmprsk::crr(gtol = 1e-12) and of survival::coxph.
        [
            ("infection", ("1.0909", "0.1419"), ("0.7711", "0.1485")),
            ("recovery", ("0.5504", "0.0789"), ("0.2644", "0.0782")),
            ("death", ("2.0475", "0.6762"), ("0.4320", "0.7113")),
        ],
    )
    def test_both_hazard_ratios(self, okiss, outcome, subdistribution, cause_specific):
        for kind, expected in (
            ("subdistribution", subdistribution),
            ("cause_specific", cause_specific),
        ):
            ratio = okiss.results.one(
                analysis="comparison", outcome=outcome, measure=f"{kind}_hazard_ratio"
            )
            found = (printed(ratio.value, 4), printed(ratio.detail("std_error"), 4))
            assert found == expected

    def test_the_report_says_why_the_two_ratios_differ(self, okiss):
        text = words(okiss.folder / "results" / "report.html")
        assert "The cause-specific hazard ratio is 0.771 (95% CI 0.577 to 1.03)." in text
        assert "The subdistribution hazard ratio is 1.09 (95% CI 0.826 to 1.44)." in text
        assert "patients with allogeneic stay free of any event longer" in text

    def test_a_patient_still_neutropenic_is_followed_without_event(self, okiss):
        test = okiss.results.one(
            analysis="comparison", outcome="infection", measure="p_value", method="gray"
        )
        assert (test.n, test.excluded) == (1000, ())


def words(path):
    """The visible text of an HTML file."""
    text = re.sub(r"(?s)<(style|script|svg).*?</\1>", " ", path.read_text(encoding="utf-8"))
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def word_table_text(path):
    """The text of every cell of every table of a Word file."""
    tables = Document(str(path)).tables
    return " ".join(cell.text for table in tables for row in table.rows for cell in row.cells)


@pytest.mark.parametrize(
    ("study", "numbers"),
    [
        ("hu2019", ["15/17 (88.2%)", "63.6 to 98.5", "11/11 (100%)", "71.5 to 100", "0.007",
                    "8/17 (47.1%)", "1/11 (9.1%)", "0.049", "2/11 (18.2%)", "1/3 (33.3%)",
                    "0.022", "9.0"]),
        ("kersey1987", ["33/46", "36/45", "291.5", "112", "0.4348", "0.2222", "2.6073", "0.1064",
                        "0.3910", "0.2437"]),
        ("alloauto", ["22/50", "28/51", "0.537"]),
        ("okiss", ["120/564", "83/436", "0.538", "428/564", "345/436", "0.394"]),
    ],
)  # fmt: skip
def test_the_same_numbers_stand_in_html_and_word(study, numbers, request):
    ran = request.getfixturevalue(study)
    page = words(ran.folder / "results" / "report.html")
    tables = word_table_text(ran.folder / "results" / "report.docx")
    for number in numbers:
        assert number in page, number
        assert number in tables, number


@pytest.mark.parametrize("study", BUNDLED)
def test_every_primary_p_says_why_it_was_chosen(study, request):
    tests = [
        e
        for e in request.getfixturevalue(study).results.estimates
        if e.measure == "p_value" and e.role == "primary"
    ]
    assert tests
    assert all(e.why for e in tests)


def test_the_notice_stands_everywhere(hu2019):
    notice = "Reconstructed from published summaries; no real patients."
    folder = hu2019.folder / "results"
    assert notice in words(folder / "report.html")
    assert notice in (folder / "results.json").read_text(encoding="utf-8")
    document = Document(str(folder / "report.docx"))
    assert all(
        notice in " ".join(p.text for p in section.header.paragraphs)
        for section in document.sections
    )
    for figure in (folder / "figures").glob("*.svg"):
        assert notice in " ".join(re.sub(r"<[^>]+>", " ", figure.read_text()).split()), figure.name


class TestOkissAgain:
    """Subgroups and models of okiss, as R 4.2.2 (survival 3.5-3, cmprsk 2.2-11) gives them."""

    def test_interaction_of_transplant_and_sex(self, okiss):
        # anova(coxph(Surv(time, status == k) ~ allo + sex), coxph(... ~ allo * sex))
        for outcome, p, chi_square in (
            ("infection", 0.02957, 4.73415),
            ("recovery", 0.70165, 0.14676),
        ):
            test = okiss.results.one(
                analysis="subgroup", outcome=outcome, measure="interaction_p_value"
            )
            assert f"{test.value:.5f}" == f"{p:.5f}"
            assert f"{test.detail('chi_square'):.5f}" == f"{chi_square:.5f}"

    def test_subgroups_of_infection(self, okiss):
        # cuminc of the women: 4.1283617, p = 0.04217016
        p = okiss.results.one(
            analysis="subgroup", outcome="infection", within="female", measure="p_value"
        )
        assert (p.method, f"{p.value:.8f}") == ("gray", "0.04217016")

    def test_models_of_infection(self, okiss):
        # coxph: coefficients, standard errors, drop1(test = "Chisq"), cox.zph; crr
        def of(measure, **wanted):
            return okiss.results.one(
                analysis="model", outcome="infection", measure=measure, **wanted
            )

        rates = of("cause_specific_hazard_ratio", category="group")
        assert rates.detail("coefficient") == pytest.approx(-0.254242895900652, rel=1e-8)
        assert rates.detail("std_error") == pytest.approx(0.148533201360722, rel=1e-8)
        assert rates.detail("p_proportional_hazards") == pytest.approx(0.540857170452921, rel=1e-6)
        sex = of("cause_specific_hazard_ratio", category="sex")
        assert (sex.group, sex.versus) == ("female", "male")
        assert sex.detail("coefficient") == pytest.approx(-0.174404631035796, rel=1e-8)
        tests = {
            name: of("p_value", category=name, method="multivariable_cox").value
            for name in ("group", "sex")
        }
        assert tests == {
            "group": pytest.approx(0.088944, rel=1e-5), "sex": pytest.approx(0.234131, rel=1e-5)
        }  # fmt: skip
        incidence = of("subdistribution_hazard_ratio", category="group")
        assert incidence.detail("coefficient") == pytest.approx(0.0941645460167135, rel=1e-5)
        assert incidence.detail("std_error") == pytest.approx(0.141281462358409, rel=1e-5)

    def test_a_model_of_eleven_deaths_is_penalised(self, okiss):
        ratio = okiss.results.one(
            analysis="model", outcome="death", measure="cause_specific_hazard_ratio",
            category="group",
        )  # fmt: skip
        assert ratio.method == "multivariable_firth_cox"
        assert ratio.why == "Fewer than ten events for each coefficient, so the model is penalised."
        assert Flag.FEW_EVENTS in ratio.flags

    def test_the_report_shows_both_tables(self, okiss):
        text = html.unescape((okiss.folder / "results" / "report.html").read_text())
        for words in ("p of interaction", "Multivariable model: Transplant and sex", "0.030"):
            assert words in text

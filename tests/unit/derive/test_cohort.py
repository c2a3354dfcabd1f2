"""The eight patients worked by hand, as records: from tables to the cohort."""

import pytest

from autallo.derive.cohort import derive_cohort
from autallo.errors import DataError, ProtocolError, Severity
from unit.derive.build import day, make_protocol, make_table, make_tables

#: Patient, arm, day 0, first response and its day, relapse, death, last contact.
COURSES = (
    ("P1", "A", "2020-01-10", "CR", "2020-02-07", "2020-07-20", "2020-11-02", None),
    ("P2", "A", "2020-03-01", "CR", "2020-03-29", None, None, "2022-03-01"),
    ("P3", "A", "2020-05-05", "NR", "2020-06-02", None, "2020-08-15", None),
    ("P4", "A", "2020-06-15", None, None, None, "2020-06-29", None),
    ("P5", "B", "2020-09-01", "CR", "2020-09-30", None, "2021-01-20", None),
    ("P6", "B", "2021-01-04", "CR", "2021-02-01", None, None, "2022-06-30"),
    ("P7", "B", "2021-02-10", "CR", "2021-03-10", "2021-08-01", "2021-08-01", None),
    ("P8", "B", "2021-03-15", "CR", "2021-04-12", None, None, "2022-03-15"),
)
ENDPOINTS = {
    name: {"kind": "competing_risks" if name in ("RI", "NRM") else "time_to_event",
           "endpoint": name}
    for name in ("OS", "EFS", "LFS", "RI", "NRM")
}  # fmt: skip


def eight(**changes):
    events = []
    for name, _, _, _, _, relapse, death, last in COURSES:
        for what, when in (("relapse", relapse), ("death", death), ("last_contact", last)):
            if when:
                events.append({"patient_id": name, "event_date": day(when), "event": what})
    tables = {
        "patients": [
            {"patient_id": name, "arm": arm, "birth_date": day("1980-01-01"), "prior_lines": 2}
            for name, arm, *_ in COURSES
        ],
        "infusions": [
            {"patient_id": name, "infusion_date": day(start), "infusion_number": 1,
             "cell_source": "recipient"}
            for name, _, start, *_ in COURSES
        ],
        "responses": [
            {"patient_id": name, "assessment_date": day(when), "response": category}
            for name, _, _, category, when, *_ in COURSES
            if when
        ],
        "events": events,
        "transplants": [
            {"patient_id": "P5", "transplant_date": day("2019-01-01"),
             "transplant_type": "allogeneic"},
            {"patient_id": "P2", "transplant_date": day("2020-06-01"),
             "transplant_type": "allogeneic"},
            {"patient_id": "P1", "transplant_date": day("2018-06-01"),
             "transplant_type": "autologous"},
        ],
    }  # fmt: skip
    return make_tables(**{**tables, **changes})


def protocol(**changes):
    return make_protocol(**{"levels": ("A", "B"), "outcomes": ENDPOINTS, **changes})


def observed(cohort, name):
    """Days and status of an outcome, None where a patient is left out."""
    found = cohort.outcomes[name]
    return [
        None if reason else (days, cause)
        for days, cause, reason in zip(found.days, found.cause, found.left_out, strict=True)
    ]


def codes(error):
    return {finding.code for finding in error.value.findings}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("OS", [(297, 1), (730, 0), (102, 1), (14, 1), (141, 1), (542, 0), (172, 1), (365, 0)]),
        ("EFS", [(192, 1), (730, 0), (28, 1), (14, 1), (141, 1), (542, 0), (172, 1), (365, 0)]),
        ("LFS", [(192, 1), (730, 0), None, None, (141, 1), (542, 0), (172, 1), (365, 0)]),
        ("RI", [(192, 1), (730, 0), None, None, (141, 2), (542, 0), (172, 1), (365, 0)]),
        ("NRM", [(192, 2), (730, 0), None, None, (141, 1), (542, 0), (172, 2), (365, 0)]),
    ],
)
def test_the_endpoints_of_the_eight_patients(name, wanted):
    assert observed(derive_cohort(eight(), protocol()), name) == wanted


def test_the_columns_that_are_derived():
    frame = derive_cohort(eight(), protocol()).frame
    assert frame.columns[:2] == ["patient_id", "group"]
    assert not any(name.startswith("_") for name in frame.columns)
    assert frame["patient_id"].to_list() == [f"P{number}" for number in range(1, 9)]
    assert frame["group"].to_list() == ["A"] * 4 + ["B"] * 4
    assert frame["best_response"].to_list() == ["CR", "CR", "NR", "NE", "CR", "CR", "CR", "CR"]
    assert frame["responder"].to_list() == [True, True, False, False, True, True, True, True]
    assert frame["early_relapse"].to_list() == [
        False, False, None, None, None, False, True, False
    ]  # fmt: skip
    assert frame["prior_allo_hct"].to_list() == [False] * 4 + [True] + [False] * 3
    assert frame["prior_auto_hct"].to_list() == [True] + [False] * 7
    assert frame["product_source"].to_list() == ["autoCAR"] * 4 + ["RD-alloCAR"] + ["autoCAR"] * 3
    assert frame["product_flags"].to_list()[0] == "PRIOR_AUTO_HCT"
    # 1980-01-01 to 2020-01-10: 40 years with 10 leap days and 9 days
    assert frame["age_years"][0] == pytest.approx((40 * 365 + 10 + 9) / 365.25, rel=1e-12)


def test_the_cutoff_ends_follow_up():
    found = derive_cohort(eight(), protocol(cutoff=day("2020-10-01")))
    # P1 dies after the cutoff (265 days after day 0); P5 is followed for 30 days
    assert observed(found, "OS") == [(265, 0), (214, 0), (102, 1), (14, 1), (30, 0)]


def test_who_was_infused_after_the_cutoff_leaves_with_that_reason():
    outcomes = {**ENDPOINTS, "cr": {"kind": "binary", "from": "best_response", "is": ("CR",)}}
    found = derive_cohort(eight(), protocol(cutoff=day("2020-10-01"), outcomes=outcomes))
    # P6, P7 and P8 were infused in 2021; P5 on 1 September, assessed on 30 September
    assert found.frame["patient_id"].to_list() == ["P1", "P2", "P3", "P4", "P5"]
    assert [(step.remaining, step.excluded) for step in found.flow] == [
        (8, ()), (8, ()), (5, (("infused after the data cutoff", 3),)), (5, ()),
    ]  # fmt: skip
    assert found.flow[2].label == "Infused by the data cutoff (2020-10-01)"
    assert found.flow[-1].by_group == (("A", 4), ("B", 1))
    assert found.outcomes["cr"].values.tolist() == [1, 1, 0, 0, 1]
    told = [one for one in found.findings if one.code == "after-cutoff"]
    assert [(one.sentence, one.found) for one in told] == [
        ("Patients infused after the data cutoff, 2020-10-01, are left out.", "3 of 8 patients")
    ]


def test_who_was_infused_on_the_day_of_the_cutoff_is_in():
    found = derive_cohort(eight(), protocol(cutoff=day("2021-03-15")))
    assert found.frame.height == 8
    assert "after-cutoff" not in {one.code for one in found.findings}
    # P8 was infused that day, and nothing later is used: half a day of follow-up, no assessment
    assert observed(found, "OS")[7] == (0.5, 0)
    assert found.frame["best_response"][7] == "NE"


def test_a_second_infusion_after_the_cutoff_is_not_used():
    infusions = [
        {"patient_id": name, "infusion_date": day(start), "cell_source": "recipient"}
        for name, _, start, *_ in COURSES
    ]
    infusions.append({"patient_id": "P1", "infusion_date": day("2022-06-01")})
    found = derive_cohort(eight(infusions=infusions), protocol(cutoff=day("2022-05-31")))
    assert found.frame["day0"][0] == day("2020-01-10")
    assert found.flow[-1].remaining == 8


def test_an_assessment_after_the_cutoff_is_not_used():
    found = derive_cohort(eight(), protocol(cutoff=day("2021-04-11")))
    assert found.frame["best_response"].to_list() == ["CR", "CR", "NR", "NE", "CR", "CR", "CR",
                                                      "NE"]  # fmt: skip
    assert found.frame["responder"][7] is None


@pytest.mark.parametrize(("sampled", "flag"), [("2020-08-31", True), ("2020-09-02", False)])
def test_chimerism_after_the_cutoff_is_not_used(sampled, flag):
    infusions = [
        {"patient_id": name, "infusion_date": day(start), "cell_source": "recipient",
         "collection_date": day("2020-08-30") if name == "P5" else None}
        for name, _, start, *_ in COURSES
    ]  # fmt: skip
    samples = [{"patient_id": "P5", "sample_date": day(sampled), "cell_fraction": "CD3",
                "donor_pct": 62.0}]  # fmt: skip
    tables = make_tables(**eight(infusions=infusions).tables, chimerism=samples)
    frame = derive_cohort(tables, protocol(cutoff=day("2020-09-01"))).frame
    assert ("MIXED_CHIMERISM" in frame["product_flags"][4]) is flag


def test_where_failure_cannot_be_seen_the_number_of_patients_is_told():
    responses = [
        {"patient_id": "P1", "assessment_date": day("2020-02-07"), "response": "CR"},
        {"patient_id": "P3", "assessment_date": day("2020-06-02"), "response": "NR"},
    ]
    found = derive_cohort(eight(responses=responses), protocol())
    assert observed(found, "EFS") == [
        (192, 1), (730, 0), (28, 1), (14, 1), (141, 1), (542, 0), (172, 1), (365, 0)
    ]  # fmt: skip
    (noted,) = [one for one in found.findings if one.code == "failure-not-seen"]
    assert noted.severity is Severity.NOTE
    assert noted.found.startswith("6 of 8 patients without an assessment")
    only = {"efs": {**ENDPOINTS["EFS"], "groups": ("A",)}}
    found = derive_cohort(eight(responses=responses), protocol(outcomes=only))
    (noted,) = [one for one in found.findings if one.code == "failure-not-seen"]
    assert noted.found.startswith("2 of 4 patients")


def test_a_donor_who_contradicts_himself_is_told_so():
    infusions = [
        {"patient_id": name, "infusion_date": day(start), "product_donor_id": "D1",
         "cell_source": "other_donor" if name == "P5" else "recipient"}
        for name, _, start, *_ in COURSES
    ]  # fmt: skip
    transplants = [{"patient_id": "P5", "transplant_date": day("2019-01-01"),
                    "transplant_type": "allogeneic", "donor_id": "D1"}]  # fmt: skip
    cohort = derive_cohort(eight(infusions=infusions, transplants=transplants), protocol())
    assert cohort.frame["product_source"][4] == "UNCLASSIFIED"
    (told,) = [one for one in cohort.findings if one.code == "product-unclassified"]
    assert told.found == (
        "1 of 8 products UNCLASSIFIED: another donor by `cell_source`, a transplant donor by"
        " `product_donor_id`"
    )
    assert told.fix.startswith("Correct `cell_source` to hct_donor")


def test_given_columns_win_over_derived_ones():
    patients = [
        {"patient_id": name, "arm": arm, "age_years": 50.0, "prior_auto_hct": None,
         "best_response": "CRi", "early_relapse": True}
        for name, arm, *_ in COURSES
    ]  # fmt: skip
    table = make_table(
        "patients", patients, types={"early_relapse": "boolean"}, headers={"age_years": "Age"}
    )
    cohort = derive_cohort(eight(patients=table), protocol())
    assert set(cohort.frame["age_years"]) == {50.0}
    assert set(cohort.frame["best_response"]) == {"CRi"}
    assert set(cohort.frame["early_relapse"]) == {True}
    assert cohort.frame["prior_auto_hct"].to_list() == [True] + [None] * 7
    how = {origin.column: (origin.derived, origin.how) for origin in cohort.origins}
    assert how["age_years"] == (False, "As given in patients.csv, column Age")
    assert how["responder"][0]
    assert len(how) == len(cohort.origins)
    assert set(how) == set(cohort.frame.columns) - {"group"}


def test_a_denied_transplant_that_is_on_record_stops_the_run():
    patients = [
        {"patient_id": name, "arm": arm, "prior_allo_hct": False} for name, arm, *_ in COURSES
    ]
    with pytest.raises(DataError) as error:
        derive_cohort(eight(patients=patients), protocol())
    assert codes(error) == {"transplant-contradiction"}


def test_an_undated_transplant_leaves_the_history_open():
    table = make_table("transplants", [
        {"patient_id": "P1", "transplant_date": None, "transplant_type": "allogeneic"},
    ])  # fmt: skip
    cohort = derive_cohort(eight(transplants=table), protocol())
    assert cohort.frame["prior_allo_hct"].to_list() == [None] + [False] * 7
    assert cohort.frame["product_source"][0] == "UNCLASSIFIED"
    warned = [one for one in cohort.findings if one.code == "product-unclassified"]
    assert [one.severity for one in warned] == [Severity.WARN]


def test_without_a_table_of_transplants_the_source_is_not_guessed():
    tables = eight()
    tables = make_tables(**{k: t for k, t in tables.tables.items() if k != "transplants"})
    assert set(derive_cohort(tables, protocol()).frame["product_source"]) == {"UNCLASSIFIED"}


def test_everything_wrong_in_the_records_comes_at_once():
    events = [
        {"patient_id": "P1", "event_date": day("2019-12-31"), "event": "death"},
        {"patient_id": "P2", "event_date": day("2021-01-01"), "event": "death"},
        {"patient_id": "P2", "event_date": day("2021-01-02"), "event": "death"},
        {"patient_id": "P3", "event_date": None, "event": "death"},
        {"patient_id": "P4", "event_date": day("2021-01-02"), "event": "died"},
    ]
    patients = [{"patient_id": name, "arm": arm} for name, arm, *_ in COURSES]
    patients += [{"patient_id": "P8", "arm": "B"}, {"patient_id": None, "arm": "B"}]
    with pytest.raises(DataError) as error:
        derive_cohort(eight(events=events, patients=patients), protocol())
    assert codes(error) == {
        "death-before-day-0", "two-deaths", "event-without-date", "unknown-value",
        "duplicate-patient", "missing-id",
    }  # fmt: skip
    rows = {finding.code: finding.rows for finding in error.value.findings}
    assert rows["two-deaths"] == (3, 4)
    assert rows["duplicate-patient"] == (9, 10)


def test_no_patient_code_is_ever_in_a_message():
    patients = [{"patient_id": f"CANARY-{n}", "arm": "A", "birth_date": day("2030-01-01")}
                for n in (7319, 7319, 7320)]  # fmt: skip
    infusions = [{"patient_id": "CANARY-7320", "infusion_date": day("2020-01-01")}] * 2
    events = [{"patient_id": "CANARY-7320", "event_date": day("2019-01-01"), "event": "death"}]
    with pytest.raises(DataError) as error:
        derive_cohort(
            make_tables(patients=patients, infusions=infusions, events=events),
            make_protocol(outcomes={"OS": ENDPOINTS["OS"]}),
        )
    assert {"duplicate-patient", "two-day-0", "date-order", "death-before-day-0"} <= codes(error)
    assert "CANARY" not in str(error.value)


def test_everything_wrong_in_the_study_file_comes_at_once():
    wrong = {
        "a": {"kind": "binary", "from": "best_respones", "is": "CR"},
        "b": {"kind": "time_to_event", "time": "time", "event": "arm"},
        "c": {"kind": "binary", "from": "arm", "at_least": 3},
    }
    with pytest.raises(ProtocolError) as error:
        derive_cohort(
            eight(),
            protocol(
                outcomes=wrong,
                include="disease == 'ALL'",
                factors={"x": {"column": "prior_line", "outcomes": ("a",)}},
                table1=("age_year",),
            ),
        )
    text = str(error.value)
    for place in ("outcomes.a.from", "outcomes.b.time", "outcomes.c.from", "population.include",
                  "factors.x.column", "table1"):  # fmt: skip
        assert f"study file, {place}" in text
    for meant in ("best_response", "prior_lines", "age_years"):
        assert f"Did you mean `{meant}`?" in text


def test_a_study_without_patients_cannot_start():
    with pytest.raises(ProtocolError, match="table of patients"):
        derive_cohort(make_tables(infusions=[]), protocol())


def test_one_wide_sheet_needs_no_dates():
    patients = [
        {"patient_id": "1", "arm": "A", "follow_up_days": 100.0, "dead": True},
        {"patient_id": "2", "arm": "A", "follow_up_days": 0.0, "dead": False},
    ]
    table = make_table("patients", patients, types={"dead": "boolean"})
    outcomes = {"os": {"kind": "time_to_event", "time": "follow_up_days", "event": "dead"}}
    cohort = derive_cohort(make_tables(patients=table), make_protocol(outcomes=outcomes))
    assert observed(cohort, "os") == [(100, 1), (0, 0)]
    assert "day0" not in cohort.frame.columns
    assert [step.label for step in cohort.flow] == ["Records read", "In a declared group"]


def test_a_wide_sheet_may_hold_the_date_of_infusion():
    patients = [
        {"patient_id": "1", "arm": "A", "infusion_date": day("2020-01-01")},
        {"patient_id": "2", "arm": "A", "infusion_date": None},
    ]
    table = make_table("patients", patients, types={"infusion_date": "date"})
    events = [{"patient_id": "1", "event_date": day("2020-01-31"), "event": "last_contact"}]
    cohort = derive_cohort(
        make_tables(patients=table, events=events), make_protocol(outcomes={"OS": ENDPOINTS["OS"]})
    )
    assert observed(cohort, "OS") == [(30, 0)]
    assert cohort.flow[1].excluded == (("no date of infusion", 1),)


def test_one_sentence_says_what_was_applied():
    outcomes = {
        **ENDPOINTS,
        "cr": {"kind": "binary", "from": "best_response", "is": ("CR", "CRi"), "by_day": 90},
        "lines": {"kind": "ordinal", "from": "prior_lines", "groups": ("B",)},
    }
    study = protocol(outcomes=outcomes, cutoff=day("2022-12-31"))
    rules = dict(derive_cohort(eight(), study).rules)
    assert rules["OS"] == (
        "All infused patients, from infusion (day 0) to death from any cause; patients without"
        " event are followed to their last contact or to the data cutoff on 2022-12-31, whichever"
        " came first, regardless of later transplant or other therapy."
    )
    assert "death without relapse as the competing event" in rules["RI"]
    assert "day 7 to day 95" in rules["cr"]
    assert "counted as no" in rules["cr"]
    assert rules["lines"] == (
        "prior_lines in whole grades, as given in patients.csv, column prior_lines; in B only."
    )
    simplified = "the last contact closes follow-up of the disease as well (a simplification)"
    assert [name for name in ENDPOINTS if simplified in rules[name]] == ["EFS", "LFS", "RI", "NRM"]
    assert "without an assessment by day 35 failure cannot be seen;" in rules["EFS"]
    assert set(rules) == set(outcomes)


def test_open_ends_are_announced():
    tables = eight(events=[
        {"patient_id": "P1", "event_date": day("2020-11-02"), "event": "death"},
    ])  # fmt: skip
    cohort = derive_cohort(tables, protocol())
    warned = [one for one in cohort.findings if one.code == "no-last-contact"]
    assert "7 of 8 patients" in warned[0].found
    # P2 was last seen at the assessment of day 28; P4 never
    assert observed(cohort, "OS")[1] == (28, 0)
    assert cohort.outcomes["OS"].left_out[3] == "no follow-up after day 0"


def test_endpoints_need_their_records():
    tables = make_tables(patients=[{"patient_id": "1", "arm": "A"}])
    with pytest.raises(ProtocolError) as error:
        derive_cohort(tables, make_protocol(outcomes=ENDPOINTS))
    assert codes(error) == {"endpoint-without-records"}
    assert len(error.value.findings) == 9


def test_only_the_first_relapse_from_day_0_on_is_the_event():
    events = [
        {"patient_id": name, "event_date": day(when), "event": what}
        for name, when, what in (
            ("P1", "2019-12-01", "relapse"),
            ("P1", "2020-07-20", "relapse"),
            ("P1", "2020-09-20", "relapse"),
            ("P1", "2020-11-02", "last_contact"),
            ("P2", "2020-02-01", "relapse"),
            ("P2", "2022-03-01", "last_contact"),
        )
    ]
    found = derive_cohort(eight(events=events), protocol())
    assert observed(found, "RI")[:2] == [(192, 1), (730, 0)]


def test_a_transplant_on_day_0_is_before():
    table = [
        {"patient_id": "P1", "transplant_date": day("2020-01-10"), "transplant_type": "autologous"},
        {"patient_id": "P2", "transplant_date": day("2020-03-02"), "transplant_type": "autologous"},
    ]
    frame = derive_cohort(eight(transplants=table), protocol()).frame
    assert frame["prior_auto_hct"].to_list()[:2] == [True, False]


def test_samples_after_the_cutoff_are_not_used():
    samples = [
        {"patient_id": "P5", "sample_date": day(when), "copies": copies}
        for when, copies in (("2020-09-08", 10.0), ("2020-09-09", 20.0), ("2020-09-10", 30.0))
    ]
    tables = eight()
    tables = make_tables(**tables.tables, kinetics=samples)
    frame = derive_cohort(tables, protocol(cutoff=day("2020-09-09"))).frame
    assert frame["car_t_cmax"].to_list()[4] == 20.0
    assert frame["car_t_tmax_days"].to_list()[4] == 8.0

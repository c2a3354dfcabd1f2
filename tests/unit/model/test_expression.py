"""The grammar of the population filter: trees by hand, and a sentence for every slip."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autallo.model.expression import (
    And,
    Comparison,
    ExpressionError,
    IsMissing,
    Membership,
    Not,
    Or,
    expression_text,
    names_in,
    parse_expression,
)

AGE = Comparison("age", ">=", 18)
MALE = Comparison("sex", "==", "male")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("age >= 18", AGE),
        ("sex == 'male'", MALE),
        ('sex == "male"', MALE),
        ("x != -1.5", Comparison("x", "!=", -1.5)),
        ("x<1e3", Comparison("x", "<", 1000.0)),
        ("x <= 2 ", Comparison("x", "<=", 2)),
        ("x > 2020-01-31", Comparison("x", ">", date(2020, 1, 31))),
        ("x == true", Comparison("x", "==", True)),
        ("x == false", Comparison("x", "==", False)),
        ("car_t.cmax > 1", Comparison("car_t.cmax", ">", 1)),
        ("x in [1, 'b']", Membership("x", (1, "b"))),
        ("x not in [1]", Not(Membership("x", (1,)))),
        ("x is missing", IsMissing("x")),
        ("x is not missing", Not(IsMissing("x"))),
        ("not sex == 'male'", Not(MALE)),
        ("age >= 18 and sex == 'male'", And((AGE, MALE))),
        ("age >= 18 or sex == 'male'", Or((AGE, MALE))),
        ("not not age >= 18", Not(Not(AGE))),
        # `and` binds closer than `or`, `not` closer than `and`.
        ("age >= 18 or sex == 'male' and x is missing", Or((AGE, And((MALE, IsMissing("x")))))),
        ("not age >= 18 and sex == 'male'", And((Not(AGE), MALE))),
        ("(age >= 18 or sex == 'male') and x is missing", And((Or((AGE, MALE)), IsMissing("x")))),
    ],
)
def test_trees(text, tree):
    assert parse_expression(text) == tree


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "ends where"),
        ("age", "ends where"),
        ("age >=", "ends where a value is expected"),
        ("age >= 18 and", "ends where"),
        ("age = 18", "character 5"),
        ("age >= adult", "quote the text 'adult' at character 8"),
        ("age >= 18 18", "character 11"),
        ("(age >= 18", "ends where `)` is expected"),
        ("age >= 18)", "character 10"),
        ("age in []", "a value is expected"),
        ("age in 18", "`[` is expected"),
        ("age is gone", "`missing` is expected"),
        ("18 <= age", "a column name is expected at character 1"),
        ("x > 2020-02-30", "no such date"),
        ("x == 'open", "character 6"),
        ("__import__('os').system('ls')", "character 1"),
        ("x == 9 ** 9", "character 8"),
        ("f(x) == 1", "a comparison such as =="),
        ("x == 1; y == 2", "character 7"),
    ],
)
def test_slips_are_told_with_their_character(text, words):
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert words in str(caught.value)


def test_brackets_and_negations_are_bounded():
    deep = "(" * 20 + "x == 1" + ")" * 20
    assert parse_expression(deep) == Comparison("x", "==", 1)
    for text in ("(" * 5000 + "x == 1" + ")" * 5000, "not " * 5000 + "x == 1"):
        with pytest.raises(ExpressionError, match="nested"):
            parse_expression(text)


def test_a_name_is_only_ever_a_name():
    assert parse_expression("x.__class__ == 1") == Comparison("x.__class__", "==", 1)


def test_names_in_order_and_once():
    tree = parse_expression("b == 1 and (a is missing or not b in [2]) and c > 0")
    assert names_in(tree) == ("b", "a", "c")


LITERALS = st.one_of(
    st.booleans(),
    st.integers(-999, 999),
    st.floats(0.001, 999, allow_nan=False),
    st.dates(),
    st.text(alphabet="abc XYZ-'", max_size=5),
)
NAMES = st.from_regex(r"[a-m][a-z_]{0,5}", fullmatch=True).filter(
    lambda name: name not in {"and", "in", "is", "missing", "false"}
)
LEAVES = st.one_of(
    st.builds(Comparison, NAMES, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), LITERALS),
    st.builds(Membership, NAMES, st.lists(LITERALS, min_size=1, max_size=3).map(tuple)),
    st.builds(IsMissing, NAMES),
)
TREES = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.builds(And, st.lists(parts, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(parts, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@given(TREES)
def test_a_condition_written_out_reads_back_equal(tree):
    assert parse_expression(expression_text(tree)) == tree

"""Twins of cellular kinetics: level by level, quadrature, definitions read word for word.

The level on any day is found from the nearest samples that count; areas are sums over many Gauss
points; half-lives come from a least-squares solver; persistence, return and loss are searched for
by trying every sample.
"""

import itertools
import math
import statistics
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.kinetics.curve import BelowLimitRules, area_under_curve
from autallo.stats.kinetics.expansion_model import expansion_model
from autallo.stats.kinetics.geometric import geometric_mean
from autallo.stats.kinetics.parameters import cellular_kinetics
from autallo.stats.kinetics.persistence import cell_loss, confirmed_loss, persistence, reexpansion
from autallo.stats.kinetics.series import kinetic_series

QUICK = settings(max_examples=100, deadline=None)
LIMIT = 50.0
NODES, WEIGHTS = np.polynomial.legendre.leggauss(30)

levels = st.one_of(st.just(0.0), st.sampled_from([50.0, 60.0, 900.0, 1e5]), st.floats(1, 1e5))
samples = st.dictionaries(st.integers(-4, 120), levels, min_size=1, max_size=14)
rules = st.builds(
    BelowLimitRules,
    leading=st.sampled_from(["zero", "drop"]),
    middle=st.sampled_from(["drop", "half_limit", "zero"]),
    trailing=st.sampled_from(["zero", "ignore", "half_limit"]),
)


def counted(rows, rule):
    """Return the samples that count, from day 0, and whether one below the limit is the last."""
    rows = {day: (value if value >= LIMIT else None) for day, value in rows.items()}
    earlier = [day for day in rows if day <= 0]
    start = rows[max(earlier)] if earlier else None
    rows = {day: value for day, value in rows.items() if day > 0}
    seen = [day for day, value in rows.items() if value is not None]
    if not seen:
        return None, False
    imputed = {"zero": 0.0, "half_limit": LIMIT / 2, "drop": None, "ignore": None}
    kept = {0: start or 0.0}
    for day, value in rows.items():
        if value is None and day > max(seen):
            first = day == min(d for d in rows if d > max(seen))
            value = imputed[rule.trailing] if first else None
        elif value is None and day < min(seen) and start is None:
            value = imputed[rule.leading]
        elif value is None:
            value = imputed[rule.middle]
        if value is not None:
            kept[day] = value
    return dict(sorted(kept.items())), max(rows) > max(seen)


def level_on(kept, day, straight):
    before = max(d for d in kept if d <= day)
    after = min(d for d in kept if d > day)
    share = (day - before) / (after - before)
    a, b = kept[before], kept[after]
    if straight or b >= a or b == 0:
        return a * (1 - share) + b * share
    return a ** (1 - share) * b**share


def area_by_quadrature(rows, window, rule, straight):
    kept, ended = counted(rows, rule)
    if kept is None:
        return None
    start, end = window
    last = max(kept)
    if ended and kept[last] > 0 and start >= last:
        return None
    if end > last and not ended:
        before, level = sorted(kept.items())[-2]
        if end > last + 2 or not 0 < kept[last] <= level:
            return None
        kept[last + 2] = kept[last] * (kept[last] / level) ** (2 / (last - before))
    total = 0.0
    corners = sorted({*kept, start, end})
    for a, b in itertools.pairwise(corners):
        if start <= a and b <= min(end, max(kept)):
            days = (a + b) / 2 + (b - a) / 2 * NODES
            values = [level_on(kept, day, straight) for day in days.tolist()]
            total += (b - a) / 2 * float(WEIGHTS @ values)
    return total


@QUICK
@given(samples, rules, st.booleans(), st.integers(0, 60), st.integers(1, 60))
def test_area_of_any_window(rows, rule, straight, start, width):
    window = (start, start + width)
    series = kinetic_series(list(rows), list(rows.values()), limit=LIMIT)
    method = "linear" if straight else "linear_up_log_down"
    area = area_under_curve(series, window=window, rules=rule, method=method)
    wanted = area_by_quadrature(rows, window, rule, straight)
    if wanted is None:
        assert area.estimate is None
        assert area.reason is not None
    else:
        assert area.estimate == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_area_in_forty_digits():
    days, copies = [0, 3, 7, 10, 14, 21, 28], [0, 200, 12000, 30000, 8000, 2000, 500]
    with localcontext() as context:
        context.prec = 40
        total = Decimal(0)
        for i in range(6):
            a, b, width = Decimal(copies[i]), Decimal(copies[i + 1]), days[i + 1] - days[i]
            mean = (a - b) / (a.ln() - b.ln()) if 0 < b < a else (a + b) / 2
            total += mean * width
    kinetics = cellular_kinetics(kinetic_series(days, copies))
    assert kinetics.auc.estimate == pytest.approx(float(total), rel=1e-14)


@pytest.mark.parametrize("fall", [1e-3, 1e-7, 1e-10, 1e-13, 1e-15])
def test_area_under_levels_that_hardly_fall(fall):
    top, bottom = 5.0, 5.0 * (1 - fall)
    with localcontext() as context:
        context.prec = 60
        a, b = Decimal(top), Decimal(bottom)
        wanted = (a - b) / (a / b).ln() * 7
    area = area_under_curve(kinetic_series([0, 7, 14], [0, top, bottom]), window=(7, 14))
    assert area.estimate == pytest.approx(float(wanted), rel=1e-14)


def least_squares(points):
    days, logs = np.array(points)[:, 0], np.log(np.array(points)[:, 1])
    design = np.column_stack([np.ones_like(days), days])
    (_, slope), *_ = np.linalg.lstsq(design, logs, rcond=None)
    left = logs - design @ np.linalg.lstsq(design, logs, rcond=None)[0]
    around = logs - logs.mean()
    count = len(points)
    fit = 1 - (left @ left) / (around @ around) * (count - 1) / (count - 2) if count > 2 else None
    return slope, fit


@QUICK
@given(
    st.dictionaries(st.integers(1, 200), st.floats(1, 1e5), min_size=4, max_size=14).filter(
        lambda rows: len(set(rows.values())) == len(rows)
    )
)
def test_phases(rows):
    kinetics = cellular_kinetics(kinetic_series(list(rows), list(rows.values())))
    early = [day for day in rows if day <= 28]
    if not early:
        assert kinetics.cmax.reason == "no_sample"
        return
    peak = max(early, key=lambda day: (rows[day], -day))
    assert (kinetics.tmax.estimate, kinetics.cmax.estimate) == (peak, rows[peak])
    runs = {
        "doubling": (2, [d for d in rows if d <= peak]),
        "contraction": (3, [d for d in rows if peak < d <= 28]),
        "late_decline": (3, [d for d in rows if d > 28]),
    }
    for name, (fewest, days) in runs.items():
        phase = getattr(kinetics, name)
        assert phase.samples == len(days)
        if len(days) < fewest:
            assert phase.reason == "too_few_samples"
        elif name == "late_decline" and max(days) - min(days) < 30:
            assert phase.reason == "too_short"
        else:
            slope, _ = least_squares([(day, rows[day]) for day in sorted(days)])
            assert phase.slope == pytest.approx(slope, rel=1e-8, abs=1e-12)
            if abs(slope) > 1e-9:
                rises = slope > 0
                assert (phase.estimate is not None) == (rises == (name == "doubling"))
            if phase.estimate is not None:
                assert phase.estimate == pytest.approx(math.log(2) / abs(slope), rel=1e-8)
    terminal_twin(kinetics.terminal, sorted(day for day in rows if day > peak), rows)


def terminal_twin(terminal, days, rows):
    tried = {
        count: least_squares([(day, rows[day]) for day in days[-count:]])
        for count in range(3, len(days) + 1)
    }
    falling = {count: found for count, found in tried.items() if found[0] < 0}
    if not falling:
        assert terminal.reason == ("not_declining" if tried else "too_few_samples")
        return
    best = max(fit for _, fit in falling.values())
    count = max(count for count, (_, fit) in falling.items() if fit >= best - 1e-4)
    slope, fit = falling[count]
    assert terminal.samples == count
    assert terminal.slope == pytest.approx(slope, rel=1e-8, abs=1e-12)
    assert terminal.adjusted_r_squared == pytest.approx(fit, abs=1e-8)
    assert (terminal.estimate is None) == (best < 0.8)


rows_of_series = st.lists(
    st.tuples(st.integers(-3, 9), st.sampled_from([0, 2.0, 5.0, 8.0]), st.booleans()),
    min_size=1,
    max_size=12,
)


@QUICK
@given(rows_of_series, st.one_of(st.none(), st.integers(-4, 9)))
def test_series(rows, end):
    limit = 4.0
    rows = [(day, value, below and value <= limit) for day, value, below in rows]
    series = kinetic_series(
        [row[0] for row in rows], [row[1] for row in rows],
        below=[row[2] for row in rows], limit=limit, end=end,
    )  # fmt: skip
    days = sorted({row[0] for row in rows if end is None or row[0] <= end})
    assert list(series.day) == days
    for place, day in enumerate(days):
        same = [value for d, value, below in rows if d == day and not below and value >= limit]
        assert series.below[place] == (not same)
        wanted = math.prod(same) ** (1 / len(same)) if same else 0
        assert series.value[place] == pytest.approx(wanted, rel=1e-12)
    kept = sum(end is None or row[0] <= end for row in rows)
    assert (series.merged, series.left_out) == (kept - len(days), len(rows) - kept)


@QUICK
@given(samples, st.sampled_from([1, 3, 6, 12]))
def test_persistence(rows, months):
    reach = {1: 7, 3: 21, 6: 30, 12: 30}[months]
    centre = Fraction(487, 16) * months
    inside = [value for day, value in rows.items() if day > 0 and abs(day - centre) <= reach]
    found = persistence(kinetic_series(list(rows), list(rows.values()), limit=LIMIT), months=months)
    assert found.samples == len(inside)
    wanted = any(value >= LIMIT for value in inside) if inside else None
    assert found.persisting is wanted


few_levels = st.sampled_from([0.0, 60.0, 100.0, 120.0, 500.0, 700.0, 3000.0, 9000.0])


@QUICK
@given(st.lists(few_levels, min_size=2, max_size=9))
def test_return_by_trying_every_sample(copies):
    days = list(range(7, 7 + 14 * len(copies), 14))
    found = reexpansion(kinetic_series(days, copies, limit=LIMIT))
    early = [i for i, day in enumerate(days) if day <= 28]
    peak = max(early, key=lambda i: (copies[i], -i))
    wanted = None
    for i in range(len(copies) - 2, peak + 1, -1):
        nadir = min(copies[peak + 1 : i])
        high = all(copies[j] >= 5 * nadir and copies[j] >= 2 * LIMIT for j in (i, i + 1))
        if high and nadir < copies[peak] / 10:
            wanted = (days[i], nadir)
    assert ((found.day, found.nadir) if found.day else None) == wanted


@QUICK
@given(
    st.dictionaries(st.integers(0, 60), st.booleans(), min_size=1, max_size=10), st.integers(0, 20)
)
def test_loss_by_trying_every_pair(rows, apart):
    days = sorted(rows)
    wanted = [
        days[i]
        for i in range(len(days))
        for j in range(i + 1, len(days))
        if days[j] - days[i] >= apart and all(rows[day] for day in days[i : j + 1])
    ]
    loss = confirmed_loss(list(rows), list(rows.values()), apart=apart)
    assert loss.day == (min(wanted) if wanted else None)
    free = [day for day in days if not rows[day] and (not wanted or day < min(wanted))]
    assert loss.last_without == (max(free) if free else None)
    assert loss.unconfirmed == (not wanted and rows[days[-1]])


@QUICK
@given(samples)
def test_loss_of_cells_by_trying_every_pair(rows):
    seen = [day for day, value in rows.items() if day > 0 and value >= LIMIT]
    days = sorted(day for day in rows if seen and day >= min(seen))
    wanted = [
        days[i]
        for i in range(len(days))
        for j in range(i + 1, len(days))
        if days[j] - days[i] >= 14 and all(rows[day] < LIMIT for day in days[i : j + 1])
    ]
    loss = cell_loss(kinetic_series(list(rows), list(rows.values()), limit=LIMIT))
    assert loss.day == (min(wanted) if wanted else None)


@pytest.mark.parametrize(
    ("alpha", "beta", "memory"), [(0.16, 0.0032, 0.0079), (0.5, 0.1, 0.3), (0.05, 0.01, 0.9)]
)
def test_model_as_effector_cells_that_die_or_become_memory_cells(alpha, beta, memory):
    # dE/dt = rho E to the peak; then dE/dt = -alpha E, dM/dt = k E - beta M, in small steps
    fold, tmax, cmax, step = 50.0, 8.0, 400.0, 0.01
    to_memory = memory * (alpha - beta)
    rho = math.log(fold) / tmax

    def change(day, state):
        effector, remembered = state
        if day < tmax - step / 4:
            return np.array([rho * effector, 0.0, effector])
        return np.array(
            [
                -alpha * effector,
                to_memory * effector - beta * remembered,
                effector + remembered,
            ]
        )

    state, seen = np.array([cmax / fold, 0.0, 0.0]), {}
    for i in range(3000):
        day = i * step
        if i % 500 == 0:
            seen[day] = state[0] + state[1]
        middle = day + step / 2
        one = change(middle, state[:2])
        two = change(middle, (state + step / 2 * one)[:2])
        three = change(middle, (state + step / 2 * two)[:2])
        four = change(middle, (state + step * three)[:2])
        state = state + step / 6 * (one + 2 * two + 2 * three + four)
    model = expansion_model(
        list(seen), fold_expansion=fold, tmax=tmax, cmax=cmax,
        memory_share=memory, alpha=alpha, beta=beta, until=30,
    )  # fmt: skip
    assert model.value.tolist() == pytest.approx(list(seen.values()), rel=1e-7)
    assert model.auc == pytest.approx(state[2], rel=1e-7)


@QUICK
@given(st.lists(st.floats(1e-3, 1e6), min_size=2, max_size=20))
def test_geometric_mean_by_the_standard_library(values):
    found = geometric_mean(values)
    assert found.estimate == pytest.approx(statistics.geometric_mean(values), rel=1e-10)
    variance = statistics.variance([math.log(value) for value in values])
    wanted = math.sqrt(math.expm1(variance))
    assert found.coefficient_of_variation == pytest.approx(wanted, rel=1e-8, abs=1e-7)

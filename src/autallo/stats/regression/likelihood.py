"""Log-likelihood of a sum of covariates: families, patients in blocks, Newton's method.

Families have the canonical link, so that the log-likelihood is concave and its second derivative
does not depend on the outcome.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Log-likelihood of each patient at these predictors, its slope, and its curvature (sign turned).
Family = Callable[[Floats, Floats], tuple[Floats, Floats, Floats]]

#: Newton's method ends when a step promises less than half this gain of log-likelihood, or less
#: than the second number and no less than the step before: what is left is rounding.
SMALLEST_GAIN, STALLED_GAIN = 1e-20, 1e-12
MOST_ITERATIONS = 200

#: Newton steps before the likelihood is taken to rise far: steps are made longer then.
PATIENCE = 12
MOST_HALVINGS = 60

#: Changes of the log-likelihood below this share of its size, or of its parts, are rounding.
ROUNDING, ROUNDING_OF_PARTS = 1e-13, 1e-15

#: Farthest step along one direction, in standard deviations of the predictor.
FARTHEST = 100.0

#: Numbers worked on at once: they stay in the processor's cache.
BLOCK = 16_384

#: Predictors of a logarithm of a count above this are cut: no count is that large.
LARGEST_LOG = 600.0


@dataclass(frozen=True, slots=True)
class Model:
    """What a log-likelihood is made of.

    Attributes
    ----------
    x : ndarray of float, shape (q, n)
        A row each, at right angles to the others and with a mean square of 1; or some patients'
        columns of such rows.
    outcome : ndarray of float, shape (n,)
        Logistic: 1 with the event, -1 without it. Poisson: counts.
    weight, offset, fixed : ndarray of float, shape (n,), or None
        Weights of the patients, what is added to their predictor, and to their log-likelihood.
    family : Family
        `logistic` or `poisson`.
    """

    x: Floats
    outcome: Floats
    weight: Floats | None
    offset: Floats | None
    fixed: Floats | None
    family: Family


@dataclass(frozen=True, slots=True)
class Points:
    """Log-likelihood, gradient and information at k sets of coefficients.

    Attributes
    ----------
    value : ndarray of float, shape (k,)
    gradient : ndarray of float, shape (k, q)
    information : ndarray of float, shape (k, q, q)
    """

    value: Floats
    gradient: Floats
    information: Floats


@dataclass(frozen=True, slots=True)
class Top:
    """Where Newton's method ended.

    `step` is the step it did not take any more; `settled` tells that nothing was to be gained.
    """

    beta: Floats
    value: float
    gradient: Floats
    information: Floats
    step: Floats
    iterations: int
    settled: bool


def logistic(predictor: Floats, outcome: Floats) -> tuple[Floats, Floats, Floats]:
    """Log-likelihood of a yes (1) or no (-1) whose log odds are the predictor."""
    margin = predictor * outcome
    small = np.exp(-np.abs(margin))
    share = 1 / (1 + small)
    other = small * share
    slope = np.where(margin >= 0, other, share) * outcome
    return np.minimum(margin, 0) - np.log1p(small), slope, share * other


def poisson(predictor: Floats, outcome: Floats) -> tuple[Floats, Floats, Floats]:
    """Log-likelihood, but for what is fixed, of a count whose log mean is the predictor."""
    log_mean = np.minimum(predictor, LARGEST_LOG)
    mean = np.exp(log_mean)
    return outcome * log_mean - mean, outcome - mean, mean


def perfect_poisson(outcome: Floats) -> Floats:
    """Return what makes the Poisson log-likelihood 0 where the mean is the count itself."""
    log_count = np.log(np.maximum(outcome, 1.0))
    return np.asarray(outcome - outcome * log_count, dtype=np.float64)


def predictors(model: Model, beta: Floats) -> Floats:
    """Return the predictor of each patient."""
    return beta @ model.x if model.offset is None else beta @ model.x + model.offset


def patient_slopes(model: Model, beta: Floats) -> Floats:
    """Return what each patient pulls at the predictor, times the weight."""
    slope = model.family(predictors(model, beta), model.outcome)[1]
    return slope if model.weight is None else slope * model.weight


def evaluate(model: Model, betas: Floats) -> Points:
    """Add up log-likelihood, gradient and information, at several sets of coefficients at once."""
    k, (q, n) = len(betas), model.x.shape
    length = max(BLOCK // k, 256)
    if n <= length:
        return _of_block(model, betas)
    total = Points(np.zeros(k), np.zeros((k, q)), np.zeros((k, q, q)))
    for begin in range(0, n, length):
        part = _of_block(_part(model, slice(begin, begin + length)), betas)
        total.value[:] += part.value
        total.gradient[:] += part.gradient
        total.information[:] += part.information
    return total


def maximise(model: Model, start: Floats, *, most: int = MOST_ITERATIONS) -> Top:
    """Climb by Newton's method, halving steps that go down, until a step gains nothing."""
    beta, here, last = start, evaluate(model, start[None]), np.inf
    for taken in range(most + 1):
        step = _newton_step(here)
        gain = float(here.gradient[0] @ step)
        settled = gain < SMALLEST_GAIN or last <= gain < STALLED_GAIN
        if settled or taken == most:
            break
        ahead = _climbed(model, here, beta, step)
        if ahead is None:
            break
        if taken >= PATIENCE:
            ahead = _further(model, *ahead, step)
        beta, here = ahead
        last = gain
    return Top(
        beta=beta,
        value=float(here.value[0]),
        gradient=here.gradient[0],
        information=here.information[0],
        step=step,
        iterations=taken,
        settled=settled,
    )


def restricted(model: Model, patients: Flags, basis: Floats) -> Model:
    """Return the model of these patients, with coefficients in the space of this basis only."""
    return replace(
        model,
        x=np.ascontiguousarray(basis.T @ model.x[:, patients]),
        outcome=model.outcome[patients],
        weight=None if model.weight is None else model.weight[patients],
        offset=None if model.offset is None else model.offset[patients],
        fixed=None if model.fixed is None else model.fixed[patients],
    )


def _part(model: Model, rows: slice) -> Model:
    return Model(
        x=model.x[:, rows],
        outcome=model.outcome[rows],
        weight=None if model.weight is None else model.weight[rows],
        offset=None if model.offset is None else model.offset[rows],
        fixed=None if model.fixed is None else model.fixed[rows],
        family=model.family,
    )


def _of_block(model: Model, betas: Floats) -> Points:
    value, slope, curvature = model.family(predictors(model, betas), model.outcome)
    if model.fixed is not None:
        value = value + model.fixed
    if model.weight is not None:
        value, slope, curvature = (
            value * model.weight,
            slope * model.weight,
            curvature * model.weight,
        )
    k, (q, n) = len(betas), model.x.shape
    weighted = (curvature[:, None, :] * model.x).reshape(k * q, n)
    return Points(
        value=value.sum(axis=1),
        gradient=slope @ model.x.T,
        information=(weighted @ model.x.T).reshape(k, q, q),
    )


def _climbed(
    model: Model, here: Points, beta: Floats, step: Floats
) -> tuple[Floats, Points] | None:
    """Take the step, halved until it does not go down; None if no part of it will do."""
    floor = float(here.value[0]) - _rounding(model, float(here.value[0]))
    for _ in range(MOST_HALVINGS):
        ahead = evaluate(model, (beta + step)[None])
        if ahead.value[0] >= floor:
            return beta + step, ahead
        step = step / 2
    return None


def _further(model: Model, beta: Floats, here: Points, step: Floats) -> tuple[Floats, Points]:
    """Go on in the same direction, each time as far again, while it goes up."""
    for _ in range(MOST_HALVINGS):
        ahead = evaluate(model, (beta + step)[None])
        if not ahead.value[0] > here.value[0]:
            break
        beta, here, step = beta + step, ahead, 2 * step
    return beta, here


def _rounding(model: Model, value: float) -> float:
    """Return by how much the log-likelihood may go down by rounding."""
    parts = 0.0 if model.fixed is None else float(np.abs(model.fixed).sum())
    return ROUNDING * max(1.0, abs(value)) + ROUNDING_OF_PARTS * parts


def _newton_step(here: Points) -> Floats:
    """Return Newton's step, cut where it would go too far."""
    information: Floats = here.information[0]
    gradient: Floats = here.gradient[0]
    if not gradient.size:
        return gradient
    roots, axes = np.linalg.eigh(information)
    along = gradient @ axes
    move = FARTHEST * np.sign(along)
    np.divide(along, roots, out=move, where=np.abs(along) < FARTHEST * roots)
    return np.asarray(axes @ move, dtype=np.float64)

"""Covariance of the score: the patients' own residuals, and the estimated censoring curve."""

import numpy as np

from autallo.stats.fine_gray.patients import CENSORED, INTEREST, Floats, Patients
from autallo.stats.fine_gray.pseudo_likelihood import Point, carried


def covariance_of_score(patients: Patients, point: Point) -> Floats:
    """Return the sum over the patients of squared influence on the score, shape (p, p)."""
    kept, cell = point.kept, patients.cell
    events = np.add.reduce(patients.events)
    mean_step = kept.times(kept.of(point.mean), kept.times(kept.of(events), point.step))
    carried_mean = carried(patients, mean_step, kept).reshape(len(point.mean), -1)
    of_cell = _of_cell(patients, point).reshape(len(point.mean), -1)
    surplus = patients.interest - point.expected
    influence = np.empty_like(patients.x)
    for k, row in enumerate(influence):
        low = point.origin[k]
        np.multiply(surplus, patients.x[k] - low if low else patients.x[k], out=row)
        row += kept.plain(kept.times(point.risk, carried_mean[k][cell]))
        row += of_cell[k][cell]
    return influence @ influence.T


def _of_cell(patients: Patients, point: Point) -> Floats:
    """Return the part of the influence that all patients of a cell share."""
    lean = _lean(patients, point)
    at_risk = np.where(patients.at_risk > 0, patients.at_risk, 1.0)
    jump = lean / at_risk
    paid = np.add.accumulate(jump * patients.censored / at_risk, axis=-1)
    table = np.repeat(-paid[:, :, None], patients.shape[1], axis=2)
    table[:, :, CENSORED] += jump
    table[:, :, INTEREST, patients.event_day] -= point.mean[:, None]
    return table


def _lean(patients: Patients, point: Point) -> Floats:
    """Return how far the score moves if the censoring curve of a group falls at each time.

    Shape (p, g, t): over the patients with a competing event before the time, and the events of
    their own group from it on.
    """
    kept, day = point.kept, patients.event_day
    until = np.concatenate([[0], patients.until[:-1]])
    weight = kept.of(patients.free[:, day] * patients.events)
    step = kept.times(weight, point.step)
    ahead = kept.to_end(step)[..., until]
    mean_ahead = kept.to_end(kept.times(kept.of(point.mean)[:, None], step))[..., until]
    waiting = point.waiting
    return kept.plain(kept.times(waiting[1:], ahead)) - kept.plain(
        kept.times(waiting[:1], mean_ahead)
    )

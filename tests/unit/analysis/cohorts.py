"""Small cohorts and protocols made by hand for the tests of `analysis`."""

import numpy as np
import polars as pl

from autallo.model.cohort import Cohort, FollowUp, Measured
from autallo.model.protocol import Protocol

STUDY = {"id": "s", "title": "A study", "seed": 1}


def measured(values, categories=(), left_out=None, limited=None, kind=np.int64):
    return Measured(
        values=np.array(values, dtype=kind),
        categories=tuple(categories),
        left_out=tuple(left_out or [None] * len(values)),
        limited=None if limited is None else np.array(limited, dtype=np.int8),
    )


def follow_up(days, cause, causes=("death",), left_out=None):
    return FollowUp(
        days=np.array(days, dtype=float),
        cause=np.array(cause, dtype=np.int64),
        causes=tuple(causes),
        left_out=tuple(left_out or [None] * len(days)),
    )


def cohort(groups, outcomes, **columns):
    frame = pl.DataFrame(
        {"patient_id": [f"p{i:03d}" for i in range(len(groups))], "group": list(groups), **columns}
    )
    return Cohort(frame=frame, outcomes=outcomes, flow=())


def protocol(
    outcomes, *, compare=(("a", "b"),), levels=("a", "b"), factors=None, table1=(), **parts
):
    return Protocol.model_validate(
        {
            "study": STUDY,
            "sources": {"patients": {"file": "p.csv"}},
            "groups": {"by": "arm", "levels": levels, "compare": compare},
            "outcomes": outcomes,
            "factors": factors or {},
            "table1": table1,
            **parts,
        }
    )


def streams(name):
    return np.random.Generator(np.random.Philox(key=sum(map(ord, name))))

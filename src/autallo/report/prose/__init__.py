"""Results to sentences: methods, outcomes, comparisons and limits."""

from autallo.report.prose.limits import sentence_follow_up, sentence_limits, sentence_summary
from autallo.report.prose.methods import MethodsText, sentence_methods
from autallo.report.prose.outcomes import (
    sentence_comparison,
    sentence_crossing,
    sentence_outcome,
)

__all__ = [
    "MethodsText",
    "sentence_comparison",
    "sentence_crossing",
    "sentence_follow_up",
    "sentence_limits",
    "sentence_methods",
    "sentence_outcome",
    "sentence_summary",
]

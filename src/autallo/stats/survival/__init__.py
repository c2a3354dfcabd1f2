"""Survival of one group and its limits, and what is read from it."""

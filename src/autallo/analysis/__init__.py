"""Cohort and Protocol in, every number of the study out; the arithmetic is in `stats`."""

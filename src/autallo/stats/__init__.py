"""Estimators, intervals and tests: arrays in, frozen records of numbers out.

Nothing here knows a label, a file or a study. NumPy and scipy.special are all it needs.
"""

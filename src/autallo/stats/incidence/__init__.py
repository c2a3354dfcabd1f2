"""Cumulative incidence where causes compete, and the tests and times that belong to it."""

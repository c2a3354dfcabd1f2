"""Tests of equal survival."""

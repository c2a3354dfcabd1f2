"""Patients who pass through several states, and groups that patients join later."""

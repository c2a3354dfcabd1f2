"""One proportion and two: intervals, and the exact tests that fix the group sizes."""

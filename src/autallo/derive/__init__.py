"""From the tables as read to the cohort: who is in, in which arm, and what happened to whom."""

"""From the study file and the records to a Protocol and typed Tables, with every problem found.

Nothing is corrected by guessing: what can be read two ways is asked for, what was changed by a
stated rule is counted, and no message holds the value of a patient's cell.
"""

"""The nouns that the rooms hand to each other: Protocol, Tables, Cohort, Results.

Frozen, no file is opened here, nothing is estimated here.
"""

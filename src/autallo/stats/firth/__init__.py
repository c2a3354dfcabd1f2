"""Penalised likelihood of Firth, and when it is needed: separation and monotone likelihood."""

"""Clinical criteria as pure functions, with the published rule as a table beside each."""

"""Orders of values: two groups, several groups, pairs and association."""

"""How groups differ before treatment."""

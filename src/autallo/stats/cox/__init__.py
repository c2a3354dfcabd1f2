"""The Cox model: fit, variance, predictions, residuals, checks."""

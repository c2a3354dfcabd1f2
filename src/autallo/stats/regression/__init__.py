"""Models of an outcome on covariates."""

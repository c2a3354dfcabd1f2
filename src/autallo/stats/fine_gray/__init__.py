"""Fine-Gray model: the incidence of one of several competing causes on covariates."""

# Cox model (survival package), iterated until the log-likelihood gains less than 1e-12 of itself.
source("common.R")
suppressPackageStartupMessages(library(survival))

chi_squared <- function(statistic, df) {
  list(stat = one(statistic), df = df, p = pchisq(one(statistic), df, lower.tail = FALSE))
}

cox <- function(case) {
  given <- case$args
  covariates <- unlist(given$covariates)
  needed <- c(given$time, given$event, covariates, unlist(given$complete_case_on))
  table <- complete_rows(paste0(case$dataset, ".csv"), needed)
  formula <- reformulate(covariates, sprintf("Surv(%s, %s)", given$time, given$event))
  fit <- coxph(
    formula, table, ties = given$ties, control = coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 100)
  )
  error <- sqrt(diag(fit$var))
  z <- fit$coefficients / error
  reach <- qnorm(0.975) * error
  df <- length(covariates)
  list(
    names = as.list(names(fit$coefficients)),
    n = fit$n,
    n_event = fit$nevent,
    coef = many(fit$coefficients),
    se = many(error),
    var = rows(fit$var),
    hr = many(exp(fit$coefficients)),
    z = many(z),
    p = many(pchisq(z^2, 1, lower.tail = FALSE)),
    lower = many(exp(fit$coefficients - reach)),
    upper = many(exp(fit$coefficients + reach)),
    loglik_null = fit$loglik[1],
    loglik = fit$loglik[2],
    lr = chi_squared(2 * diff(fit$loglik), df),
    score = chi_squared(fit$score, df),
    wald = chi_squared(fit$wald.test, df),
    iter = fit$iter,
    means = many(fit$means)
  )
}

answer_each_case("cox", "survival", cox, "Complete cases on the columns named in args.")

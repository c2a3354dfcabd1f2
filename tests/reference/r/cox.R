# Cox model (survival package): coefficients, variances and tests.
source("common.R")
source("coxph.R")

chi_squared <- function(statistic, df) {
  list(stat = one(statistic), df = df, p = pchisq(one(statistic), df, lower.tail = FALSE))
}

cox <- function(case) {
  fit <- case_fit(case, case_rows(case))
  error <- sqrt(diag(fit$var))
  z <- fit$coefficients / error
  reach <- qnorm(0.975) * error
  df <- length(error)
  answer <- list(
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
  if (!is.null(fit$naive.var)) answer$naive_se <- many(sqrt(diag(fit$naive.var)))
  answer
}

answer_each_case("cox", "survival", cox, "Complete cases on the columns named in args.")

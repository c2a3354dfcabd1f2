# Curves and Cox models of patients with weights: survfit and coxph with one cluster each.
source("common.R")
source("treatment_score.R")
suppressPackageStartupMessages(library(survival))

iptw_cox <- function(case) {
  given <- case$args
  table <- with_score(case)
  table$w <- weights_of(given$weights, table$treated, table$score)
  fit <- coxph(
    reformulate("treated", sprintf("Surv(%s, %s)", given$time, given$event)), table,
    weights = w, ties = given$ties, cluster = seq_len(nrow(table)),
    control = coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 100)
  )
  list(
    coef = unname(coef(fit)), robust_se = sqrt(fit$var[1]), naive_se = sqrt(fit$naive.var[1]),
    loglik = many(fit$loglik)
  )
}

iptw_km <- function(case) {
  given <- case$args
  table <- with_score(case)
  table$w <- weights_of(given$weights, table$treated, table$score)
  fit <- survfit(
    reformulate("treated", sprintf("Surv(%s, %s)", given$time, given$event)), table,
    weights = w, cluster = seq_len(nrow(table))
  )
  read <- summary(fit, times = numbers(given$times), extend = TRUE)
  list(
    strata = many(sub("treated", given$treatment, read$strata)), time = many(read$time),
    surv = many(read$surv), robust_se = many(read$std.err)
  )
}

survival_curve <- function(given, group = TRUE) {
  one <- function(name) numbers(given[[name]])[group]
  left <- if (is.null(given[["entry"]])) Surv(one("time"), one("event")) else
    Surv(one("entry"), one("time"), one("event"))
  survfit(left ~ 1, weights = one("weight"), id = seq_along(one("time")), robust = TRUE)
}

# Rows until the curve is 0, where its error has no meaning.
weighted_km <- function(case) {
  fit <- survival_curve(case$args)
  read <- summary(fit, times = fit$time)
  list(
    time = many(read$time), n_risk = many(read$n.risk), surv = many(read$surv),
    robust_se = many(ifelse(read$surv > 0, read$std.err, 0))
  )
}

incidence_curve <- function(given, group = TRUE) {
  one <- function(name) numbers(given[[name]])[group]
  state <- factor(one("cause"), 0:given$n_causes)
  survfit(
    Surv(one("time"), state) ~ 1, weights = one("weight"), id = seq_along(one("time")),
    robust = TRUE
  )
}

weighted_cif <- function(case) {
  fit <- incidence_curve(case$args)
  list(
    time = many(fit$time), pstate = rows(fit$pstate[, -1]), robust_se = rows(fit$std.err[, -1])
  )
}

scales <- list(
  plain = list(to = identity, from = identity, slope = function(p) 1 + 0 * p),
  log = list(to = log, from = exp, slope = function(p) 1 / p),
  "log-log" = list(
    to = function(p) -log(-log(p)), from = function(x) exp(-exp(-x)),
    slope = function(p) -1 / (p * log(p))
  ),
  arcsine = list(
    to = function(p) asin(sqrt(p)), from = function(x) sin(pmin(pmax(x, 0), pi / 2))^2,
    slope = function(p) 0.5 / sqrt(p * (1 - p))
  ),
  logit = list(to = qlogis, from = plogis, slope = function(p) 1 / (p * (1 - p)))
)

# First value less the second: on each scale the test, and limits by squares of distances.
compared <- function(value, error) {
  of_scale <- function(scale) {
    spread <- scale$slope(value) * error
    z <- -diff(scale$to(value)) / sqrt(sum(spread^2))
    reach <- qnorm(0.975) * spread
    below <- value - scale$from(scale$to(value) - reach)
    above <- pmin(scale$from(scale$to(value) + reach), if (identical(scale, scales$log)) 1 else Inf)
    above <- above - value
    list(
      z = z, p = 2 * pnorm(-abs(z)),
      lower = max(-diff(value) - sqrt(below[1]^2 + above[2]^2), -1),
      upper = min(-diff(value) + sqrt(above[1]^2 + below[2]^2), 1)
    )
  }
  c(list(value = many(value), std_error = sqrt(sum(error^2))), lapply(scales, of_scale))
}

survival_differs <- function(case) {
  given <- case$args
  read <- lapply(0:1, function(group) {
    summary(survival_curve(given, numbers(given$group) == group), times = given$at, extend = TRUE)
  })
  compared(sapply(read, function(one) one$surv), sapply(read, function(one) one$std.err))
}

incidence_differs <- function(case) {
  given <- case$args
  read <- lapply(0:1, function(group) {
    summary(incidence_curve(given, numbers(given$group) == group), times = given$at, extend = TRUE)
  })
  column <- 1 + given$cause_of_interest
  compared(
    sapply(read, function(one) one$pstate[1, column]),
    sapply(read, function(one) one$std.err[1, column])
  )
}

answer_each_case(
  "weighted_curves", "survival",
  function(case) {
    list(
      iptw_cox = iptw_cox, iptw_km = iptw_km, weighted_km = weighted_km,
      weighted_cif = weighted_cif, weighted_survival_difference = survival_differs,
      weighted_incidence_difference = incidence_differs
    )[[case$`function`]](case)
  },
  "Weights of a propensity score, or as given; robust variance with each patient a cluster."
)

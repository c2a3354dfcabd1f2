# Kaplan-Meier fits of the survival package, taken apart group by group.
# Sourced after common.R by the scripts that draw survival curves; prints nothing itself.

suppressPackageStartupMessages(library(survival))

# One fit for all groups together, so that times that differ by rounding are merged over all.
kaplan_meier <- function(time, event, group, ...) {
  fit <- if (is.null(group)) {
    survfit(Surv(time, event) ~ 1, ...)
  } else {
    survfit(Surv(time, event) ~ group, ...)
  }
  attr(fit, "levels") <- if (is.null(group)) "all" else levels(group)
  fit
}

# The patients of a case and, where it names one, their group as a sorted factor.
sample_of <- function(file, time, event, group) {
  table <- complete_rows(file, c(time, event, group))
  list(
    time = table[[time]],
    event = table[[event]],
    group = if (is.null(group)) NULL else factor(table[[group]])
  )
}

# Which lines of a fit (or of its summary) belong to which group.
lines_of <- function(fit, strata) {
  if (is.null(strata)) return(list(seq_along(fit$time)))
  split(seq_along(fit$time), strata)
}

each_group <- function(fit, describe) {
  strata <- if (is.null(fit$strata)) NULL else rep(seq_along(fit$strata), fit$strata)
  unname(Map(describe, attr(fit, "levels"), lines_of(fit, strata), fit$n))
}

# Every row of the fit of each group.
describe_curve <- function(fit) {
  each_group(fit, function(level, at, n) {
    list(
      level = level, n = n,
      time = many(fit$time[at]),
      n_risk = many(fit$n.risk[at]),
      n_event = many(fit$n.event[at]),
      n_censor = many(fit$n.censor[at]),
      surv = many(fit$surv[at]),
      se_surv = many((fit$surv * fit$std.err)[at]),
      cumhaz = many(fit$cumhaz[at]),
      se_cumhaz = many(fit$std.chaz[at])
    )
  })
}

# Kaplan-Meier curves, their limits, days, quantiles, and the follow-up (survival package).
source("common.R")
source("curves.R")

curve <- function(sample, given) {
  fit <- kaplan_meier(sample$time, sample$event, sample$group)
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

with_limits <- function(sample, given, event = sample$event) {
  kaplan_meier(
    sample$time, event, sample$group, conf.type = given$conf_type, conf.int = given$level
  )
}

limits <- function(sample, given) {
  fit <- with_limits(sample, given)
  each_group(fit, function(level, at, n) {
    list(
      level = level, time = many(fit$time[at]),
      lower = many(fit$lower[at]), upper = many(fit$upper[at])
    )
  })
}

days <- function(sample, given) {
  fit <- with_limits(sample, given)
  read <- summary(fit, times = numbers(given$times), extend = TRUE)
  unname(Map(function(level, at) {
    list(
      level = level,
      time = many(read$time[at]),
      surv = many(read$surv[at]),
      se = many(read$std.err[at]),
      lower = many(read$lower[at]),
      upper = many(read$upper[at]),
      n_risk = many(read$n.risk[at]),
      n_event = many(read$n.event[at]),
      n_censor = many(read$n.censor[at]),
      cumhaz = many(read$cumhaz[at]),
      se_cumhaz = many(read$std.chaz[at])
    )
  }, attr(fit, "levels"), lines_of(read, read$strata)))
}

quantiles_of <- function(fit, shares) {
  found <- lapply(quantile(fit, shares, conf.int = TRUE), matrix, ncol = length(shares))
  lapply(seq_along(attr(fit, "levels")), function(i) {
    list(
      level = attr(fit, "levels")[i],
      probs = many(shares),
      quantile = many(found$quantile[i, ]),
      lower = many(found$lower[i, ]),
      upper = many(found$upper[i, ])
    )
  })
}

quantiles <- function(sample, given) {
  quantiles_of(with_limits(sample, given), c(0.1, 0.25, 0.5, 0.75))
}

follow_up <- function(sample, given) {
  quantiles_of(with_limits(sample, given, event = 1 - sample$event), c(0.25, 0.5, 0.75))
}

functions <- list(
  km = curve, km_ci = limits, km_at = days, km_quantile = quantiles, reverse_km = follow_up
)

answer_each_case(
  "survival", "survival",
  function(case) {
    given <- case$args
    file <- paste0(case$dataset, ".csv")
    functions[[case$`function`]](sample_of(file, given$time, given$event, given$group), given)
  },
  "Complete cases on the columns named in args. null is R's NA. group null is one sample."
)

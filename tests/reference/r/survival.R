# Kaplan-Meier curves, their limits, days, quantiles, and the follow-up (survival package).
source("common.R")
source("curves.R")

curve <- function(sample, given) {
  describe_curve(kaplan_meier(sample$time, sample$event, sample$group))
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
  read_days(with_limits(sample, given), numbers(given$times))
}

read_days <- function(fit, times) {
  read <- summary(fit, times = times, extend = TRUE)
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

# The weights of a case are a formula of the row number in the data set.
weighted <- function(given, file) {
  table <- complete_rows(file, c(given$time, given$event, given$group))
  w <- eval(parse(text = given$weights), list(row = table$row))
  group <- factor(table[[given$group]])
  fit <- survfit(
    Surv(table[[given$time]], table[[given$event]]) ~ group,
    weights = w, id = seq_along(w), robust = given$robust
  )
  attr(fit, "levels") <- levels(group)
  each_group(fit, function(level, at, n) {
    list(
      level = level,
      time = many(fit$time[at]),
      n_risk = many(fit$n.risk[at]),
      n_event = many(fit$n.event[at]),
      surv = many(fit$surv[at]),
      # std.err is that of log S for Greenwood's variance and that of S for the robust one.
      se_surv = many((if (fit$logse) fit$surv * fit$std.err else fit$std.err)[at])
    )
  })
}

left_truncated <- function(given, file) {
  table <- complete_rows(file, c(given$start, given$stop, given$event, given$group))
  group <- if (is.null(given$group)) NULL else factor(table[[given$group]])
  start <- table[[given$start]]
  stop <- table[[given$stop]]
  event <- table[[given$event]]
  fit <- if (is.null(group)) {
    survfit(Surv(start, stop, event) ~ 1, start.time = given$start_at)
  } else {
    survfit(Surv(start, stop, event) ~ group, start.time = given$start_at)
  }
  attr(fit, "levels") <- if (is.null(group)) "all" else levels(group)
  read_days(fit, numbers(given$times))
}

several_rows <- function(given, file) {
  table <- read.csv(file.path("..", "data", file))
  group <- if (is.null(given$group)) NULL else factor(table[[given$group]])
  times <- Surv(table[[given$start]], table[[given$stop]], table[[given$event]])
  fit <- if (is.null(group)) {
    survfit(times ~ 1, id = table$id)
  } else {
    survfit(times ~ group)
  }
  attr(fit, "levels") <- if (is.null(group)) "all" else levels(group)
  describe_curve(fit)
}

# Patients written out in the case, who enter late and may have weights.
late_entry <- function(given, file) {
  columns <- lapply(given[c("entry", "time", "event", "weight")], numbers)
  fit <- survfit(
    Surv(columns$entry, columns$time, columns$event) ~ 1,
    weights = columns$weight, conf.type = given$conf_type, robust = FALSE
  )
  list(
    time = many(fit$time),
    n_risk = many(fit$n.risk),
    n_event = many(fit$n.event),
    n_censor = many(fit$n.censor),
    surv = many(fit$surv),
    se_surv = many(fit$surv * fit$std.err),
    lower = many(fit$lower),
    upper = many(fit$upper)
  )
}

samples <- list(
  km = curve, km_ci = limits, km_at = days, km_quantile = quantiles, reverse_km = follow_up
)
others <- list(
  km_weighted = weighted, km_left_trunc = left_truncated, km_entry = late_entry,
  km_startstop = several_rows, km_startstop_group = several_rows
)

answer_each_case(
  "survival", "survival",
  function(case) {
    given <- case$args
    file <- paste0(case$dataset, ".csv")
    other <- others[[case$`function`]]
    if (!is.null(other)) return(other(given, file))
    samples[[case$`function`]](sample_of(file, given$time, given$event, given$group), given)
  },
  "Complete cases on the columns named in args. null is R's NA. group null is one sample."
)

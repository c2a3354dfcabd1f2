# Cumulative incidence: cmprsk with its own variance, survival with the delta variance.
#
# The delta variance is computed twice: by survival (infinitesimal jackknife) and, as R package etm
# does, from the multinomial variance of the hazards (own lines below). The script stops if the two
# differ, so `cif_etm_at` and `cif_prodlim_at` hold numbers of both.
#
# survival takes weights and delayed entry too. Its jackknife with weights is ours; with delayed
# entry it differs a little from the multinomial variance, so there the script prints survival's
# curves and the multinomial variance. Weights and entries are made from the number of the row.
source("common.R")
source("curves.R")
suppressPackageStartupMessages(library(cmprsk))

Z <- qnorm(0.975)

group_of <- function(sample) {
  if (is.null(sample$group)) factor(rep("all", length(sample$time))) else sample$group
}

cmprsk_fit <- function(sample) {
  levels <- levels(group_of(sample))
  codes <- sort(setdiff(unique(sample$event), 0))
  fit <- cuminc(sample$time, sample$event, group_of(sample))
  curves <- expand.grid(level = levels, cause = codes)
  fit$Tests <- NULL
  list(fit = fit, curves = curves, name = paste(curves$level, curves$cause))
}

# cuminc draws stairs, two points at each time; the upper one is the estimate there.
steps <- function(sample, given) {
  made <- cmprsk_fit(sample)
  lapply(seq_along(made$name), function(i) {
    curve <- made$fit[[made$name[i]]]
    last <- !duplicated(curve$time, fromLast = TRUE)
    list(
      level = as.character(made$curves$level[i]), cause = made$curves$cause[i],
      time = many(curve$time[last]), est = many(curve$est[last]), var = many(curve$var[last])
    )
  })
}

cmprsk_days <- function(sample, given) {
  made <- cmprsk_fit(sample)
  read <- timepoints(made$fit, numbers(given$times))
  lapply(seq_along(made$name), function(i) {
    estimate <- read$est[made$name[i], ]
    variance <- read$var[made$name[i], ]
    stretch <- Z * sqrt(variance) / (estimate * log(estimate))
    list(
      level = as.character(made$curves$level[i]), cause = made$curves$cause[i],
      est = many(estimate), var = many(variance),
      loglog_lower = many(estimate^exp(-stretch)), loglog_upper = many(estimate^exp(stretch))
    )
  })
}

state_days <- function(sample, times, conf_type = "none") {
  state <- factor(sample$event, sort(unique(c(0, sample$event))))
  levels(state) <- c("(s0)", paste0("c", levels(state)[-1]))
  group <- group_of(sample)
  lapply(levels(group), function(level) {
    mine <- group == level
    patient <- seq_len(sum(mine))
    fit <- survfit(
      Surv(sample$time[mine], state[mine]) ~ 1, id = patient, conf.type = conf_type,
      weights = if (is.null(sample$weight)) NULL else sample$weight[mine]
    )
    # survfit forgets that the limits of "arcsin" have a column for each state.
    fit$lower <- if (!is.null(fit$lower)) matrix(fit$lower, nrow(fit$pstate))
    fit$upper <- if (!is.null(fit$upper)) matrix(fit$upper, nrow(fit$pstate))
    read <- summary(fit, times = times, extend = TRUE)
    list(level = level, states = levels(state), read = read)
  })
}

delta_days <- function(sample, given) {
  lapply(state_days(sample, numbers(given$times), given$conf_type), function(group) {
    list(
      level = group$level,
      states = as.list(group$states),
      pstate = rows(group$read$pstate),
      se = rows(group$read$std.err),
      lower = rows(group$read$lower),
      upper = rows(group$read$upper)
    )
  })
}

# Incidence of each cause by `until`, and its variance when the events of each day are a draw
# from a multinomial distribution: what an event of a cause adds at once, less what all events of
# that day take from the incidence still to come.
multinomial <- function(time, code, causes, until, entry = rep(-1, length(time))) {
  days <- sort(unique(time[code > 0 & time <= until]))
  at_risk <- vapply(days, function(day) sum(entry < day & time >= day), 0)
  count <- function(cause) vapply(days, function(day) sum(time == day & code == cause), 0)
  deaths <- matrix(vapply(causes, count, numeric(length(days))), ncol = length(causes))
  hazard <- deaths / at_risk
  free <- cumprod(1 - rowSums(hazard))
  before <- c(1, free)[seq_along(free)]
  risen <- apply(before * hazard, 2, cumsum)
  risen <- matrix(risen, ncol = length(causes))
  vapply(seq_along(causes), function(k) {
    reached <- if (length(days)) risen[length(days), k] else 0
    to_come <- ifelse(free > 0, (reached - risen[, k]) / free, 0)
    variance <- 0
    for (i in seq_along(days)) {
      gain <- (seq_along(causes) == k) - to_come[i]
      mean_gain <- sum(hazard[i, ] * gain)
      spread <- sum(hazard[i, ] * gain^2) - mean_gain^2
      variance <- variance + before[i]^2 * spread / at_risk[i]
    }
    c(reached, variance)
  }, c(0, 0))
}

both_ways <- function(sample, given) {
  times <- numbers(given$times)
  group <- group_of(sample)
  causes <- sort(setdiff(unique(sample$event), 0))
  lapply(state_days(sample, times), function(jackknife) {
    mine <- group == jackknife$level
    own <- lapply(times, function(until) {
      multinomial(sample$time[mine], sample$event[mine], causes, until)
    })
    est <- do.call(rbind, lapply(own, function(found) found[1, ]))
    var <- do.call(rbind, lapply(own, function(found) found[2, ]))
    stopifnot(
      all.equal(est, unname(jackknife$read$pstate[, -1, drop = FALSE]), tolerance = 1e-12),
      all.equal(var, unname(jackknife$read$std.err[, -1, drop = FALSE])^2, tolerance = 1e-12)
    )
    list(level = jackknife$level, est = rows(est), var = rows(var))
  })
}

# prodlim prints nothing beyond the follow-up of a group.
prodlim_days <- function(sample, given) {
  lapply(both_ways(sample, given), function(group) {
    beyond <- numbers(given$times) > max(sample$time[group_of(sample) == group$level])
    number <- function(rows) {
      read <- numbers(lapply(rows, function(row) row[[given$cause_of_interest]]))
      ifelse(beyond, NA, read)
    }
    estimate <- number(group$est)
    error <- sqrt(number(group$var))
    list(
      level = group$level, cuminc = many(estimate), se = many(error),
      lower = many(pmax(estimate - Z * error, 0)), upper = many(pmin(estimate + Z * error, 1))
    )
  })
}

weighted_days <- function(sample, given) {
  delta_days(c(sample, list(weight = 1 + (sample$row %% 3) / 2)), given)
}

late_days <- function(sample, given) {
  times <- numbers(given$times)
  entry <- ((sample$row * 7) %% 20) / 40 * sample$time
  state <- factor(sample$event, c(0, 1, 2))
  group <- group_of(sample)
  lapply(levels(group), function(level) {
    mine <- group == level
    fit <- survfit(
      Surv(entry[mine], sample$time[mine], state[mine]) ~ 1, id = seq_len(sum(mine))
    )
    read <- summary(fit, times = times, extend = TRUE)
    var <- lapply(times, function(until) {
      multinomial(sample$time[mine], sample$event[mine], 1:2, until, entry[mine])[2, ]
    })
    at_risk <- vapply(times, function(day) sum(entry[mine] < day & sample$time[mine] >= day), 0)
    list(
      level = level, est = rows(read$pstate[, -1, drop = FALSE]), var = lapply(var, many),
      at_risk = many(at_risk)
    )
  })
}

one_cause <- function(sample, given) {
  fit <- kaplan_meier(sample$time, sample$event, sample$group)
  each_group(fit, function(level, at, n) {
    list(
      level = level,
      time = many(fit$time[at]),
      n_risk = many(fit$n.risk[at]),
      n_event = many(fit$n.event[at]),
      surv = many(fit$surv[at]),
      se_surv = many((fit$surv * fit$std.err)[at])
    )
  })
}

quantities <- list(
  cuminc = steps, cuminc_at = cmprsk_days, aj_at = delta_days, cif_etm_at = both_ways,
  cif_prodlim_at = prodlim_days, aj_weighted = weighted_days, aj_delayed = late_days,
  km = one_cause
)

answer_each_case(
  "incidence", c("survival", "cmprsk"),
  function(case) {
    given <- case$input
    sample <- sample_of(given$file, given$time, given$cause, given$group)
    columns <- c(given$time, given$cause, given$group)
    sample$row <- as.integer(rownames(complete_rows(given$file, columns)))
    quantities[[case$quantity]](sample, given)
  },
  paste(
    "bmt_km is bmt of R package KMsurv, bmt28 17 v 11 evenly spaced rows of it; mgus2 is of R",
    "package survival; edge_* are made by hand. cif_etm_at was first printed by etm 1.1.1,",
    "cif_prodlim_at by prodlim 2019.11.13; both are recomputed by survival and from the multinomial",
    "variance."
  )
)

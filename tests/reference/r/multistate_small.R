# Twenty-four small sets of patients in states, with many ties: state occupation (survival package).
#
# The sets are drawn here, from one seed. Patients may return to a state, enter late, and start in
# different states. `se` comes from the influences that survival returns: its own column forgets
# the probabilities at the start, or a patient censored before the first move (see differences).
# `se_fixed` is survival's column with the probabilities at the start taken as known.
source("common.R")
suppressPackageStartupMessages(library(survival))

SEED <- 20260113
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")
UNTIL <- 12
SCALES <- c("log-log", "log", "logit", "arcsin", "plain")

one_of <- function(values, chances = rep(1, length(values))) {
  values[sample.int(length(values), 1, prob = chances)]
}

# One patient: steps of 1 to 6 days until the end of follow-up, or until the last state.
walk <- function(id, size, late, spread, return_home) {
  now <- one_of(c(0, late))
  state <- one_of(seq_len(size), c(6, rep(spread, size - 2), 0))
  end <- now + one_of(3:18)
  out <- NULL
  repeat {
    then <- now + one_of(1:6)
    if (then > end) return(rbind(out, c(id, now, end, state, 0)))
    goal <- one_of(if (return_home) setdiff(seq_len(size), state) else seq(state + 1, size))
    out <- rbind(out, c(id, now, then, state, goal))
    if (goal == size || then == end) return(out)
    now <- then
    state <- goal
  }
}

draw <- function(patients, size, late = 0, spread = 0, return_home = TRUE) {
  rows <- do.call(rbind, lapply(seq_len(patients), walk, size, late, spread, return_home))
  list(
    patient = rows[, 1], start = rows[, 2], stop = rows[, 3], from = rows[, 4], to = rows[, 5],
    n_states = size
  )
}

kinds <- list(
  "two states" = list(3, function() draw(17, 2)),
  "forward only" = list(4, function() draw(11, 4, return_home = FALSE)),
  "with return" = list(5, function() draw(28, 3)),
  "with return, late entry" = list(5, function() draw(17, 4, late = c(0, 1, 3))),
  "several states at the start" = list(4, function() draw(17, 4, spread = 2)),
  "all of it" = list(3, function() draw(28, 5, late = c(0, 2), spread = 1))
)

answer <- function(set) {
  label <- letters[seq_len(set$n_states)]
  table <- data.frame(
    id = set$patient, start = set$start, stop = set$stop, from = factor(label[set$from], label),
    to = factor(c("none", label)[set$to + 1], c("none", label))
  )
  fit <- survfit(Surv(start, stop, to) ~ 1, table, id = id, istate = from, influence = TRUE)
  stopifnot(identical(fit$states, label))
  fixed <- survfit(Surv(start, stop, to) ~ 1, table, id = id, istate = from)
  influence <- fit$influence.pstate # patient, time (the start first), state
  begin <- c(0, fit$time)
  width <- pmax(pmin(c(begin[-1], Inf), UNTIL) - begin, 0)
  areas <- apply(influence, c(1, 3), function(values) sum(values * width))
  curve <- rbind(fit$p0, fit$pstate)
  list(
    time = many(fit$time),
    n_risk = rows(fit$n.risk),
    initial = many(fit$p0),
    pstate = rows(fit$pstate),
    se = rows(sqrt(apply(influence^2, c(2, 3), sum)[-1, , drop = FALSE])),
    # Where nothing has moved yet survival leaves rounding in place of 0.
    se_fixed = rows(ifelse(fixed$std.err < 1e-7, 0, fixed$std.err)),
    limits = setNames(lapply(SCALES, function(scale) {
      # Where a probability is 0 or 1 there are no limits.
      read <- suppressWarnings(
        survival:::survfit_confint(fixed$pstate, fixed$std.err, FALSE, scale, 0.95)
      )
      shape <- dim(fixed$pstate)
      list(low = rows(array(read$lower, shape)), high = rows(array(read$upper, shape)))
    }), SCALES),
    cumhaz_names = as.list(colnames(fit$cumhaz)),
    cumhaz = rows(fit$cumhaz),
    rmean = many(colSums(curve * width)),
    rmean_se = many(sqrt(colSums(areas^2)))
  )
}

sets <- unlist(unname(Map(function(name, kind) {
  lapply(seq_len(kind[[1]]), function(number) c(list(kind = name), kind[[2]]()))
}, names(kinds), kinds)), recursive = FALSE)

cases <- lapply(seq_along(sets), function(number) {
  set <- sets[[number]]
  list(
    id = sprintf("states/%02d", number),
    kind = set$kind,
    input = c(lapply(set[c("patient", "start", "stop", "from", "to")], many), n_states = set$n_states),
    until = UNTIL,
    call = "survfit(Surv(start, stop, to) ~ 1, id = patient, istate = from, influence = TRUE)",
    rtol = 1e-10,
    why_rtol = "closed form; R prints 15 digits"
  )
})

print_answers(
  "multistate_small", "survival", lapply(sets, answer),
  "se and rmean_se: from the influences; se_fixed and limits: start taken as known.",
  seed = SEED, cases = cases
)

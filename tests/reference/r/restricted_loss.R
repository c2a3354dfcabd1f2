# Restricted mean time lost to each cause (survival): the area under its curve, and its jackknife.
#
# `survfit` prints the mean time in each state; the standard error is made from its influence of
# each patient on the curves: the areas of these, squared and summed.
source("common.R")
source("curves.R")

Z <- qnorm(0.975)

lost_by <- function(time, code, until) {
  state <- factor(code, c(0, 1, 2))
  fit <- survfit(Surv(time, state) ~ 1, id = seq_along(time), influence = TRUE)
  mean_time <- summary(fit, rmean = until)$table[, "rmean"]
  before <- fit$time < until
  width <- diff(c(fit$time[before], until))
  # The first column is the influence at time 0.
  influence <- fit$influence.pstate[, -1, , drop = FALSE][, before, , drop = FALSE]
  se <- vapply(seq_along(mean_time), function(state) {
    moved <- matrix(influence[, , state], nrow = length(time)) %*% width
    sqrt(sum(moved^2))
  }, 0)
  list(event_free = mean_time[[1]], lost = unname(mean_time[-1]), se = se[-1])
}

each_level <- function(case) {
  given <- case$input
  sample <- sample_of(given$file, given$time, given$cause, given$group)
  group <- if (is.null(sample$group)) factor(rep("all", length(sample$time))) else sample$group
  lapply(levels(group), function(level) {
    mine <- group == level
    c(list(level = level), lost_by(sample$time[mine], sample$event[mine], given$tau))
  })
}

mean_lost <- function(case) {
  lapply(each_level(case), function(group) {
    list(
      level = group$level, event_free = group$event_free,
      lost = many(group$lost), se = many(group$se)
    )
  })
}

# Second level less first; normal limits.
difference <- function(case) {
  both <- each_level(case)
  estimate <- both[[2]]$lost - both[[1]]$lost
  se <- sqrt(both[[1]]$se^2 + both[[2]]$se^2)
  list(
    estimate = many(estimate), se = many(se),
    lower = many(estimate - Z * se), upper = many(estimate + Z * se)
  )
}

quantities <- list(rmtl = mean_lost, rmtl_difference = difference)

answer_each_case(
  "restricted_loss", "survival",
  function(case) quantities[[case$quantity]](case),
  paste(
    "bmt_km is bmt of R package KMsurv, bmt28 17 v 11 evenly spaced rows of it; mgus2 is of R",
    "package survival."
  )
)

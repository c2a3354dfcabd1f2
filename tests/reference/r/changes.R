# A group that patients join later: rows before and after (`tmerge`), the score test of a Cox model
# with a covariate that turns from 0 to 1, and curves of the rows (survival package).
#
# With ties = "exact" the score test of coxph is the log-rank test with the hypergeometric variance.
# Fifteen small sets, 17 patients against 11 with many ties, are drawn here from one seed; the
# others are rows of a data set.
source("common.R")
suppressPackageStartupMessages(library(survival))

SEED <- 20260227
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")
DAYS <- 12
LANDMARKS <- c(0, 2, 4)

# Follow-up in whole days; most of the first patients change on the way, few of the others.
draw <- function(share_changed) {
  n <- 28
  time <- sample(1:DAYS, n, replace = TRUE)
  list(
    time = time,
    event = rbinom(n, 1, 0.6),
    change = vapply(time, function(last) sample(0:last, 1), 1),
    changed = rbinom(n, 1, share_changed),
    stratum = rep(0:1, c(17, 11))
  )
}

split_rows <- function(set) {
  base <- data.frame(
    id = seq_along(set$time), time = set$time, event = set$event, stratum = set$stratum,
    moment = ifelse(set$changed == 1, set$change, NA)
  )
  table <- tmerge(base, base, id = id, dead = event(time, event))
  tmerge(table, base, id = id, state = tdc(moment))
}

curve <- function(start, stop, event, landmark) {
  later <- stop > landmark
  if (!any(later)) return(NULL)
  fit <- survfit(Surv(pmax(start[later], landmark) - landmark, stop[later] - landmark, event[later]) ~ 1)
  list(
    time = many(fit$time), n_risk = many(fit$n.risk), n_event = many(fit$n.event),
    surv = many(fit$surv), se_surv = many(ifelse(fit$surv > 0, fit$surv * fit$std.err, 0))
  )
}

score_test <- function(start, stop, event, state, stratum = NULL) {
  by <- if (is.null(stratum)) Surv(start, stop, event) ~ state else {
    Surv(start, stop, event) ~ state + strata(stratum)
  }
  fit <- coxph(by, ties = "exact", control = coxph.control(iter.max = 0))
  statistic <- one(as.numeric(fit$score))
  list(statistic = statistic, p_value = pchisq(statistic, 1, lower.tail = FALSE))
}

answer <- function(set) {
  table <- split_rows(set)
  state <- table$state
  list(
    rows = list(
      id = many(table$id), start = many(table$tstart), stop = many(table$tstop),
      event = many(table$dead), changed = many(state)
    ),
    test = score_test(table$tstart, table$tstop, table$dead, state),
    stratified = score_test(table$tstart, table$tstop, table$dead, state, table$stratum),
    curves = lapply(LANDMARKS, function(landmark) {
      lapply(0:1, function(own) {
        mine <- state == own
        curve(table$tstart[mine], table$tstop[mine], table$dead[mine], landmark)
      })
    })
  )
}

of_data_set <- function(covariate) {
  table <- read.csv(file.path("..", "data", "bmt_tv.csv"))
  state <- table[[covariate]]
  list(
    test = score_test(table$start, table$stop, table$event, state),
    stratified = score_test(table$start, table$stop, table$event, state, table$mtx),
    observed = c(sum(table$event[state == 0]), sum(table$event[state == 1]))
  )
}

sets <- lapply(1:15, function(number) draw(c(0.6, 0.3, 0.9)[(number - 1) %% 3 + 1]))
covariates <- c("agvhd_td", "cgvhd_td", "plat_td")

cases <- c(
  lapply(seq_along(sets), function(number) {
    set <- sets[[number]]
    list(
      id = sprintf("changes/%02d", number), `function` = "changes", input = lapply(set, many),
      landmarks = many(LANDMARKS),
      call = "tmerge; coxph(Surv(tstart, tstop, dead) ~ state, ties = 'exact')$score; survfit",
      rtol = 1e-10, why_rtol = "closed form; R prints 15 digits"
    )
  }),
  lapply(covariates, function(covariate) list(
    id = paste0("bmt_tv/", covariate), `function` = "mantel_byar", dataset = "bmt_tv",
    args = list(start = "start", stop = "stop", event = "event", covariate = covariate, stratum = "mtx"),
    call = "coxph(Surv(start, stop, event) ~ covariate, ties = 'exact')$score",
    rtol = 1e-10, why_rtol = "closed form; R prints 15 digits"
  ))
)

print_answers(
  "changes", "survival", c(lapply(sets, answer), lapply(covariates, of_data_set)),
  "rows: changed is 1 after the day of the change. curves: by landmark, before and after.",
  seed = SEED, cases = cases
)

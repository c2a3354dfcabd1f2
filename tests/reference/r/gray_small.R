# Sixty small sets with many ties, 17 patients against 11: Gray's test (cmprsk), Kaplan-Meier,
# log-rank test and Cox model (survival).
#
# The sets are drawn here, from one seed, so that the golden file can be made anew from nothing.
source("common.R")
source("curves.R")
suppressPackageStartupMessages(library(cmprsk))

SEED <- 20261122
SIZES <- c(17, 11)
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")

# Days on a grid, and causes 0 (none), 1, 2 with these chances in the first and the second arm.
draw <- function(days, first, second) {
  cause <- function(size, chances) sample(0:2, size, replace = TRUE, prob = chances)
  list(
    time = sample(days, sum(SIZES), replace = TRUE),
    cause = c(cause(SIZES[1], first), cause(SIZES[2], second)),
    group = rep(0:1, SIZES)
  )
}

# The second arm is followed for a shorter time.
cut_short <- function(set, last) {
  beyond <- set$group == 1 & set$time > last
  set$cause[beyond] <- 0
  set$time[beyond] <- last
  set
}

kinds <- list(
  "days on a grid" = list(9, function() draw(1:12, c(4, 4, 2), c(4, 2, 4))),
  "three visits" = list(9, function() draw(1:3, c(4, 3, 3), c(3, 5, 2))),
  "first arm without a competing event" = list(9, function() draw(1:8, c(4, 6, 0), c(4, 3, 3))),
  "second arm without the event of interest" = list(9, function() draw(1:8, c(4, 3, 3), c(5, 0, 5))),
  "few events, second arm followed for a shorter time" = list(
    9, function() cut_short(draw(1:10, c(7, 2, 1), c(7, 1, 2)), last = 6)
  ),
  "nobody censored" = list(9, function() draw(1:6, c(0, 6, 4), c(0, 4, 6))),
  "second arm without any event" = list(4, function() draw(1:8, c(4, 3, 3), c(1, 0, 0))),
  "nobody with the event of interest" = list(2, function() draw(1:8, c(6, 0, 4), c(4, 0, 6)))
)

gray <- function(set) {
  tests <- cuminc(set$time, set$cause, set$group)$Tests
  if (!"1" %in% rownames(tests)) return(NA)
  list(
    stat = one(tests["1", "stat"]), df = one(tests["1", "df"]), p = one(tests["1", "pv"])
  )
}

# With one covariate of two values the likelihood rises for ever if the events are always, or
# never, in the second arm where both arms are at risk; there is none if they never both are.
shape_of_likelihood <- function(set, event) {
  seen <- lapply(unique(set$time[event]), function(day) {
    at_risk <- set$group[set$time >= day]
    died <- set$group[event & set$time == day]
    if (length(unique(at_risk)) < 2) NULL else died
  })
  died <- unique(unlist(seen))
  c("nothing to compare", "monotone", "finite")[length(died) + 1]
}

cox <- function(set, event) {
  shape <- shape_of_likelihood(set, event)
  if (shape == "nothing to compare") return(list(likelihood = shape))
  fit <- suppressWarnings(coxph(
    Surv(set$time, event) ~ set$group, ties = "efron",
    control = coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 100)
  ))
  found <- list(likelihood = shape, loglik = fit$loglik[2], score = one(fit$score))
  if (shape == "monotone") return(found)
  c(found, list(coef = one(fit$coefficients), se = sqrt(fit$var[1, 1])))
}

logrank <- function(set, event) {
  test <- suppressWarnings(survdiff(Surv(set$time, event) ~ set$group))
  df <- sum(test$exp > 0) - 1
  list(
    observed = many(test$obs),
    expected = many(test$exp),
    var = rows(test$var),
    chisq = one(test$chisq),
    p = if (df > 0) pchisq(one(test$chisq), df, lower.tail = FALSE) else NA
  )
}

curves <- function(set, event) {
  fit <- kaplan_meier(set$time, event, factor(set$group))
  each_group(fit, function(level, at, n) {
    list(
      time = many(fit$time[at]), surv = many(fit$surv[at]),
      se_surv = many((fit$surv * fit$std.err)[at])
    )
  })
}

endpoint <- function(set, event) {
  list(km = curves(set, event), logrank = logrank(set, event), cox = cox(set, event))
}

answer <- function(set) {
  list(
    gray = gray(set),
    any_event = endpoint(set, set$cause > 0),
    cause_1 = endpoint(set, set$cause == 1)
  )
}

sets <- unlist(unname(Map(function(name, kind) {
  lapply(seq_len(kind[[1]]), function(number) c(list(kind = name), kind[[2]]()))
}, names(kinds), kinds)), recursive = FALSE)

cases <- lapply(seq_along(sets), function(number) {
  set <- sets[[number]]
  list(
    id = sprintf("small/%02d", number),
    kind = set$kind,
    input = list(time = many(set$time), cause = many(set$cause), group = many(set$group)),
    call = paste(
      "cuminc(time, cause, group)$Tests[\"1\", ]; survfit, survdiff, coxph(ties = \"efron\") of",
      "Surv(time, cause > 0) and of Surv(time, cause == 1)"
    ),
    rtol = 1e-10,
    rtol_cox = 1e-7,
    why_rtol = "closed form; R prints 15 digits. The Cox model is iterated by R to eps = 1e-12"
  )
})

print_answers(
  "gray_small", c("survival", "cmprsk"), lapply(sets, answer),
  paste(
    "null where R prints nothing or not a number; a statistic of -1 is cmprsk's word for a",
    "singular covariance. any_event: the first event of any cause; cause_1: other causes censored.",
    "cox: coef and se only where the likelihood has a maximum."
  ),
  seed = SEED, cases = cases
)

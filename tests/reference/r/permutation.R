# Permutation log-rank test: coin's exact and drawn p-values, and a full count of arrangements.
source("common.R")
suppressPackageStartupMessages({
  library(survival)
  library(coin)
})

SEED <- 1

sample_of <- function(case) {
  given <- case$args
  table <- complete_rows(
    paste0(case$dataset, ".csv"), c(given$time, given$event, given$group, given$strata)
  )
  sample <- data.frame(
    time = table[[given$time]], event = table[[given$event]], group = factor(table[[given$group]])
  )
  if (!is.null(given$strata)) sample$stratum <- table[[given$strata]]
  sample
}

drawn <- function(sample, given) {
  set.seed(given$seed)
  p_value <- pvalue(logrank_test(
    Surv(time, event) ~ group, sample, distribution = approximate(nresample = given$nresample)
  ))
  list(p = one(as.numeric(p_value)), conf_int99 = many(attr(p_value, "conf.int")))
}

exact_by_coin <- function(sample, given) {
  test <- logrank_test(
    Surv(time, event) ~ group, sample,
    distribution = exact(algorithm = "split-up"), type = given$type, ties.method = given$ties,
    alternative = given$alternative
  )
  list(
    z = one(as.numeric(statistic(test))),
    p = one(as.numeric(pvalue(test))),
    midp = NA,
    linear = many(statistic(test, "linear")),
    expectation = many(expectation(test)),
    variance = one(as.numeric(variance(test))),
    scores = many(test@statistic@ytrans)
  )
}

# Event less cumulative hazard (Nelson and Aalen) of all patients together.
martingale_scores <- function(sample) {
  days <- sort(unique(sample$time[sample$event == 1]))
  hazard <- vapply(days, function(day) {
    sum(sample$time == day & sample$event == 1) / sum(sample$time >= day)
  }, 0)
  sample$event - vapply(sample$time, function(time) sum(hazard[days <= time]), 0)
}

# Sums of every choice of so many scores.
sums_of <- function(scores, size) {
  if (size == 0) 0 else colSums(matrix(combn(scores, size), nrow = size))
}

# Every arrangement is a choice from the first half of the patients and one from the second.
every_arrangement <- function(sample, given, scores = martingale_scores(sample)) {
  first <- sample$group == levels(sample$group)[1]
  size <- min(sum(first), sum(!first))
  sign <- if (sum(first) == size) 1 else -1
  observed <- sum(scores[first])
  half <- seq_len(length(scores) %/% 2)
  near <- 1e-9 * (1 + abs(observed))
  counts <- numeric(4)
  for (left in max(0, size - length(scores) + length(half)):min(size, length(half))) {
    mine <- sums_of(scores[half], left)
    others <- sums_of(scores[-half], size - left)
    for (some in split(mine, ceiling(seq_along(mine) / 500))) {
      sums <- sign * outer(some, others, "+")
      counts <- counts + c(
        sum(abs(sums) >= abs(observed) - near),
        sum(sums <= observed + near),
        sum(sums >= observed - near),
        sum(abs(sums - observed) <= near)
      )
    }
  }
  n <- length(scores)
  all <- choose(n, size)
  share <- counts / all
  list(
    statistic = observed,
    variance = sum(first) * sum(!first) / (n * (n - 1)) * sum((scores - mean(scores))^2),
    p_two_sided = share[1], p_less = share[2], p_greater = share[3], p_point = share[4],
    permutations = all
  )
}

# The same with coin's scores, which have the other sign.
with_scores_of_coin <- function(sample, given) {
  time <- Surv(sample$time, sample$event)
  scores <- logrank_trafo(time, ties.method = given$ties, type = given$type)
  every_arrangement(sample, given, as.numeric(scores))[
    c("statistic", "p_two_sided", "p_less", "p_greater", "p_point", "permutations")
  ]
}

# The same for each stratum, and the strata put together: scores within the stratum.
within_strata <- function(sample, given) {
  sums <- 0
  observed <- 0
  for (own in split(sample, sample$stratum)) {
    scores <- martingale_scores(own)
    second <- own$group == levels(sample$group)[2]
    sums <- as.vector(outer(sums, sums_of(scores, sum(second)), "+"))
    observed <- observed + sum(scores[second])
  }
  near <- 1e-9
  list(
    statistic = observed,
    p_two_sided = mean(abs(sums) >= abs(observed) - near),
    smallest_p = mean(abs(sums) >= max(abs(sums)) - near),
    permutations = length(sums)
  )
}

# coin's sums and permutation variance; for more than two groups its quadratic form.
permutation_moments <- function(sample, given) {
  test <- logrank_test(
    Surv(time, event) ~ group, sample, type = given$type, ties.method = given$ties
  )
  if (nlevels(sample$group) > 2) return(list(chisq = one(as.numeric(statistic(test)))))
  list(linear = many(statistic(test, "linear")), variance = one(as.numeric(variance(test))))
}

functions <- list(
  logrank_mc_perm = drawn, logrank_exact_perm = exact_by_coin,
  logrank_exact_perm_OE = every_arrangement, logrank_exact_perm_strata = within_strata,
  logrank_coin_asymptotic = permutation_moments,
  logrank_exact_perm_bruteforce = with_scores_of_coin
)

answer_each_case(
  "permutation", c("survival", "coin"),
  function(case) functions[[case$`function`]](sample_of(case), case$args),
  paste(
    "coin scores with ties.method \"mid-ranks\": event less Nelson-Aalen of all patients together;",
    "coin's statistic is that of the first level. edge_float_ties is left out: coin does not merge",
    "times that differ by rounding. logrank_exact_perm_OE was first counted by a Python program and",
    "is counted here again, every arrangement one by one. The weights of coin: \"Peto-Peto\" is the",
    "Kaplan-Meier estimate just before the time, \"Prentice-Marek\" ours of Peto and Peto;",
    "\"Andersen-Borgan-Gill-Keiding\" is left out: coin takes the estimate just before the time."
  ),
  seed = SEED
)

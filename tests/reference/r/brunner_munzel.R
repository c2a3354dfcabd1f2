# Brunner-Munzel test: the formulas of Brunner and Munzel (2000) in ranks, and every arrangement.
source("common.R")
source("groups.R")

# p_hat is the probability that the second group is larger; the statistic has its sign.
by_ranks <- function(x, y) {
  n <- length(x)
  m <- length(y)
  joint <- rank(c(x, y))
  first <- joint[seq_len(n)]
  second <- joint[n + seq_len(m)]
  p_hat <- (mean(second) - (m + 1) / 2) / n
  part_x <- sum((first - rank(x) - mean(first) + (n + 1) / 2)^2) / (n - 1) / m
  part_y <- sum((second - rank(y) - mean(second) + (m + 1) / 2)^2) / (m - 1) / n
  se <- sqrt((part_x + part_y) / (n * m))
  list(
    p_hat = p_hat, se = se, statistic = (p_hat - 1 / 2) / se,
    df = (part_x + part_y)^2 / (part_x^2 / (n - 1) + part_y^2 / (m - 1))
  )
}

approximated <- function(x, y) {
  found <- by_ranks(x, y)
  reach <- qt(0.975, found$df) * found$se
  list(
    statistic = found$statistic,
    df = found$df,
    p_value = 2 * pt(abs(found$statistic), found$df, lower.tail = FALSE),
    p_hat = found$p_hat,
    interval = many(c(found$p_hat - reach, found$p_hat + reach))
  )
}

# Groups that lie apart have a variance of 0 and an infinite statistic.
enumerated <- function(x, y) {
  pooled <- c(x, y)
  statistics <- combn(length(pooled), length(x), function(chosen) {
    found <- by_ranks(pooled[chosen], pooled[-chosen])
    if (found$p_hat == 1 / 2) 0 else abs(found$statistic)
  })
  observed <- abs(by_ranks(x, y)$statistic)
  list(
    arrangements = length(statistics),
    p_value = mean(statistics >= observed * (1 - 1e-9)),
    smallest_p = mean(statistics >= max(statistics) * (1 - 1e-9))
  )
}

functions <- list(brunner_munzel = approximated, brunner_munzel_enumerated = enumerated)

answer_each_case(
  "brunner_munzel", "stats",
  function(case) {
    groups <- groups_of(case)
    functions[[case$`function`]](groups$x, groups$y)
  },
  "No package of R is used: formulas written out. p_hat is P(first < second) + P(equal) / 2."
)

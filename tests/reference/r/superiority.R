# Probability of superiority of the first group: pair by pair, with its two intervals.
source("common.R")
source("groups.R")

logit_interval <- function(estimate, placed_x, placed_y, level) {
  n <- length(placed_x)
  m <- length(placed_y)
  parts <- c(var(placed_x) / n, var(placed_y) / m)
  df <- sum(parts)^2 / sum(parts^2 / (c(n, m) - 1))
  reach <- qt((1 + level) / 2, df) * sqrt(sum(parts)) / (estimate * (1 - estimate))
  plogis(qlogis(estimate) + c(-reach, reach))
}

# Method 5 of Newcombe (2006): both sample sizes less one are replaced by their mean.
pseudo_score_interval <- function(estimate, n, m, level) {
  z <- qnorm((1 + level) / 2)
  mean_size <- (n + m) / 2 - 1
  distance <- function(theta) {
    more <- mean_size * ((1 - theta) / (2 - theta) + theta / (1 + theta))
    abs(theta - estimate) - z * sqrt(theta * (1 - theta) * (1 + more) / (n * m))
  }
  limit <- function(from, to) uniroot(distance, c(from, to), tol = 1e-15, maxiter = 10000)$root
  c(limit(0 + 1e-12, estimate), limit(estimate, 1 - 1e-12))
}

answer <- function(case) {
  groups <- groups_of(case)
  level <- case$args$level
  wins <- outer(groups$x, groups$y, ">") + outer(groups$x, groups$y, "==") / 2
  estimate <- mean(wins)
  list(
    estimate = estimate,
    logit = many(logit_interval(estimate, rowMeans(wins), colMeans(wins), level)),
    pseudo_score = many(pseudo_score_interval(estimate, nrow(wins), ncol(wins), level))
  )
}

answer_each_case(
  "superiority", "stats", answer,
  "No package of R is used: formulas written out. The first group is the larger one."
)

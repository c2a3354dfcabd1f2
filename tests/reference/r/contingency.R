# Fisher's exact test of a 2 x 2 table: as fisher.test prints it, and solved to full precision.
#
# fisher.test stops its root searches at 1.2e-4. Where a case says "own", odds ratio and limits are
# found here from the conditional distribution itself, on the scale of the log odds ratio. "sides"
# are the one-sided p-values of fisher.test, with the probability of the table, the two-sided mid-P
# (half of all tables as probable as the observed one) and the mid-P limits, found here.
source("common.R")

as_printed <- function(table, level) {
  test <- fisher.test(table, conf.level = level)
  list(
    p_value = one(test$p.value),
    odds_ratio = one(test$estimate),
    interval = many(test$conf.int)
  )
}

# Log probabilities of the upper left count, all margins fixed, were the odds ratio 1.
null_log_weights <- function(table) {
  exposed <- sum(table[1, ])
  unexposed <- sum(table[2, ])
  outcomes <- sum(table[, 1])
  support <- max(0, outcomes - unexposed):min(exposed, outcomes)
  list(support = support, weight = dhyper(support, exposed, unexposed, outcomes, log = TRUE))
}

tilted <- function(null, log_odds_ratio) {
  exponent <- null$weight + log_odds_ratio * null$support
  share <- exp(exponent - max(exponent))
  share / sum(share)
}

# The root of a function that rises or falls all the way.
root <- function(f) {
  uniroot(f, c(-10, 10), extendInt = "yes", tol = 1e-14, maxiter = 10000)$root
}

solved <- function(table, level) {
  null <- null_log_weights(table)
  seen <- table[1, 1]
  lowest <- min(null$support)
  highest <- max(null$support)
  alpha <- (1 - level) / 2
  by_chance <- tilted(null, 0)
  as_rare <- by_chance <= by_chance[null$support == seen] * (1 + 1e-7)
  mean_at <- function(b) sum(null$support * tilted(null, b)) - seen
  above_at <- function(b) log(sum(tilted(null, b)[null$support >= seen])) - log(alpha)
  below_at <- function(b) log(sum(tilted(null, b)[null$support <= seen])) - log(alpha)
  estimate <- if (seen == lowest) 0 else if (seen == highest) Inf else exp(root(mean_at))
  low <- if (seen == lowest) 0 else exp(root(above_at))
  high <- if (seen == highest) Inf else exp(root(below_at))
  list(
    p_value = min(1, sum(by_chance[as_rare])),
    odds_ratio = one(estimate),
    interval = many(c(low, high))
  )
}

sides <- function(table, level) {
  null <- null_log_weights(table)
  seen <- table[1, 1]
  alpha <- (1 - level) / 2
  by_chance <- tilted(null, 0)
  observed <- by_chance[null$support == seen]
  near <- abs(by_chance / observed - 1) < 1e-7
  beyond <- function(b, outside) {
    share <- tilted(null, b)
    log(sum(share[outside]) + share[null$support == seen] / 2) - log(alpha)
  }
  low <- if (seen == min(null$support)) 0 else
    exp(root(function(b) beyond(b, null$support > seen)))
  high <- if (seen == max(null$support)) Inf else
    exp(root(function(b) beyond(b, null$support < seen)))
  list(
    p_less = one(fisher.test(table, alternative = "less")$p.value),
    p_greater = one(fisher.test(table, alternative = "greater")$p.value),
    probability = observed,
    mid_p = sum(by_chance[by_chance < observed & !near]) + sum(by_chance[near]) / 2,
    interval = many(c(low, high))
  )
}

fisher <- function(case) {
  table <- matrix(numbers(case$table), 2, byrow = TRUE)
  if (startsWith(case$call, "sides")) sides(table, case$level)
  else if (startsWith(case$call, "own")) solved(table, case$level)
  else as_printed(table, case$level)
}

answer_each_case(
  "contingency", "stats", fisher,
  "Rows are groups, columns are with and without the outcome. Two-sided."
)

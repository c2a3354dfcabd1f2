# Pairs with a finding at first and at second: McNemar, exact, mid-P, and the odds ratio of pairs.
source("common.R")

# The odds at which so many of the pairs, half of the observed number, or all of it, leave `alpha`.
limits <- function(lost, gained, alpha, weight) {
  pairs <- lost + gained
  tail <- function(b, upper) {
    share <- dbinom(0:pairs, pairs, plogis(b))
    outside <- if (upper) 0:pairs > lost else 0:pairs < lost
    log(sum(share[outside]) + weight * share[lost + 1]) - log(alpha)
  }
  root <- function(upper) {
    exp(uniroot(
      function(b) tail(b, upper), c(-5, 5), extendInt = "yes", tol = 1e-14, maxiter = 10000
    )$root)
  }
  many(c(if (lost == 0) 0 else root(TRUE), if (gained == 0) Inf else root(FALSE)))
}

pairs_test <- function(case) {
  table <- do.call(rbind, lapply(case$table, numbers))
  lost <- table[1, 2]
  gained <- table[2, 1]
  plain <- mcnemar.test(table, correct = FALSE)
  corrected <- mcnemar.test(table, correct = TRUE)
  p <- function(alternative) binom.test(lost, lost + gained, alternative = alternative)$p.value
  share <- dbinom(0:(lost + gained), lost + gained, 0.5)
  near <- abs(share / share[lost + 1] - 1) < 1e-7
  chance <- as.numeric(binom.test(lost, lost + gained)$conf.int)
  list(
    statistic = one(plain$statistic), p_asymptotic = one(plain$p.value),
    statistic_corrected = one(corrected$statistic), p_corrected = one(corrected$p.value),
    p_value = p("two.sided"), p_less = p("less"), p_greater = p("greater"),
    mid_p = sum(share[share < share[lost + 1] & !near]) + sum(share[near]) / 2,
    odds_ratio = one(lost / gained), interval = many(chance / (1 - chance)),
    interval_mid_p = limits(lost, gained, 0.025, 0.5)
  )
}

answer_each_case(
  "mcnemar", "stats", pairs_test,
  "Rows are yes and no at first, columns at second. mid-P and its limits are found here."
)

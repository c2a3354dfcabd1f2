# Signed-rank test and pseudo-median: wilcox.test, exactRankTests, coin, and every choice of signs.
source("common.R")
suppressPackageStartupMessages({
  library(coin)
  library(exactRankTests)
})

# Differences of values with few decimals, without their rounding.
differences_of <- function(given) {
  x <- numbers(given$x)
  if (is.null(given$y)) x else round(x - numbers(given$y), 9)
}

walsh_averages <- function(d) {
  pairs <- outer(d, d, "+") / 2
  pairs[upper.tri(pairs, diag = TRUE)]
}

# Limits by testing a shift between each two Walsh averages against all choices of signs.
interval_by_signs <- function(d, level) {
  steps <- sort(unique(round(walsh_averages(d), 9)))
  signs <- as.matrix(expand.grid(rep(list(0:1), length(d))))
  tails <- function(shift) {
    ranks <- rank(round(abs(d - shift), 9))
    own <- sum(ranks[d > shift])
    all <- as.vector(signs %*% ranks)
    c(mean(all >= own), mean(all <= own))
  }
  shifts <- c(steps[1] - 1, (head(steps, -1) + tail(steps, -1)) / 2, tail(steps, 1) + 1)
  kept <- vapply(shifts, tails, c(0, 0)) > (1 - level) / 2 + 1e-12
  ends <- c(-Inf, steps, Inf)
  c(ends[which(kept[1, ])[1]], ends[max(which(kept[2, ])) + 1])
}

with_ties <- function(given) {
  d <- differences_of(given)
  nonzero <- d[d != 0]
  coin_test <- function(zeros) {
    wilcoxsign_test(
      value ~ time | patient, distribution = exact(), zero.method = zeros,
      data = data.frame(
        value = c(d, 0 * d), time = factor(rep(c("after", "before"), each = length(d))),
        patient = factor(rep(seq_along(d), 2))
      )
    )
  }
  plain <- wilcox.test(nonzero, exact = FALSE, correct = FALSE)
  list(
    statistic = one(plain$statistic),
    asymptotic_p = one(plain$p.value),
    exact_p = one(wilcox.exact(nonzero)$p.value),
    coin_wilcoxon_p = one(as.numeric(pvalue(coin_test("Wilcoxon")))),
    coin_pratt_p = one(as.numeric(pvalue(coin_test("Pratt")))),
    coin_pratt_z = one(as.numeric(statistic(coin_test("Pratt")))),
    estimate_nonzero = median(walsh_averages(nonzero)),
    exactRankTests_interval = many(wilcox.exact(nonzero, conf.int = TRUE)$conf.int),
    interval_nonzero = many(interval_by_signs(nonzero, 0.95)),
    interval = many(interval_by_signs(d, 0.95)),
    estimate = median(walsh_averages(d))
  )
}

untied <- function(given) {
  d <- numbers(given$x)
  test <- wilcox.test(d, exact = TRUE, conf.int = TRUE, conf.level = given$level)
  p_value <- function(side) one(wilcox.test(d, exact = TRUE, alternative = side)$p.value)
  list(
    statistic = one(test$statistic), p_value = one(test$p.value),
    p_less = p_value("less"), p_greater = p_value("greater"),
    estimate = one(test$estimate), interval = many(test$conf.int)
  )
}

functions <- list(wilcoxon_signed_rank = with_ties, signed_rank_untied = untied)

answer_each_case(
  "signed_rank", c("coin", "exactRankTests", "stats"),
  function(case) functions[[case$`function`]](case$args),
  paste(
    "Where there are ties `interval` is counted here, choice by choice of the signs;",
    "exactRankTests inverts other steps. `_nonzero`: differences of 0 left out before."
  )
)

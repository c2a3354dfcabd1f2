# Rank-sum test and Hodges-Lehmann shift: coin where the groups are small, wilcox.test where large.
source("common.R")
suppressPackageStartupMessages({
  library(coin)
  library(exactRankTests)
})

stacked <- function(x, y) {
  group <- factor(rep(c("first", "second"), c(length(x), length(y))))
  data.frame(value = c(x, y), group = group)
}

statistic_of <- function(x, y) sum(rank(c(x, y))[seq_along(x)]) - length(x) * (length(x) + 1) / 2

exact_test <- function(x, y) {
  p_value <- function(alternative) {
    one(as.numeric(pvalue(wilcox_test(
      value ~ group, stacked(x, y), distribution = exact(), alternative = alternative
    ))))
  }
  list(
    p_value = p_value("two.sided"),
    statistic = statistic_of(x, y),
    exactRankTests_p = one(wilcox.exact(x, y, exact = TRUE)$p.value),
    p_less = p_value("less"),
    p_greater = p_value("greater")
  )
}

asymptotic_test <- function(x, y) {
  test <- wilcox.test(x, y, exact = FALSE, correct = FALSE)
  statistic <- one(test$statistic)
  corrected <- function(side) {
    one(wilcox.test(x, y, exact = FALSE, correct = TRUE, alternative = side)$p.value)
  }
  list(
    statistic = statistic,
    p_value = one(test$p.value),
    p_continuity = corrected("two.sided"),
    p_continuity_less = corrected("less"),
    p_continuity_greater = corrected("greater"),
    superiority = statistic / (length(x) * length(y))
  )
}

exact_shift <- function(x, y) {
  fit <- confint(wilcox_test(
    value ~ group, stacked(x, y), distribution = exact(), conf.int = TRUE
  ))
  list(
    estimate = one(fit$estimate),
    interval = many(fit$conf.int),
    exactRankTests_interval = many(wilcox.exact(x, y, exact = TRUE, conf.int = TRUE)$conf.int)
  )
}

# R's own estimate is a root search too; the shift in the record is the median of all differences.
asymptotic_shift <- function(x, y) {
  test <- wilcox.test(x, y, exact = FALSE, correct = FALSE, conf.int = TRUE)
  list(estimate = median(outer(x, y, "-")), interval = many(test$conf.int))
}

# The two groups of a case: written out, or columns of a data set.
groups_of <- function(case) {
  if (is.null(case$args)) return(list(x = numbers(case$x), y = numbers(case$y)))
  given <- case$args
  table <- complete_rows(paste0(case$dataset, ".csv"), c(given$value, given$group))
  values <- split(table[[given$value]], table[[given$group]])
  list(x = values[[as.character(given$first)]], y = values[[as.character(given$second)]])
}

answer <- function(case) {
  groups <- groups_of(case)
  kinds[[case$kind]](groups$x, groups$y)
}

kinds <- list(
  exact = exact_test, asymptotic = asymptotic_test,
  shift_exact = exact_shift, shift_asymptotic = asymptotic_shift
)

answer_each_case(
  "ranks", c("coin", "exactRankTests", "stats"),
  answer,
  "x is the first group. exactRankTests numbers are kept to show where it differs."
)

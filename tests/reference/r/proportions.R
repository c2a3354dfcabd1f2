# Exact (Clopper-Pearson) interval of a proportion.
source("common.R")

exact_interval <- function(case) {
  test <- binom.test(case$events, case$n, conf.level = case$level)
  list(estimate = one(test$estimate), interval = many(test$conf.int))
}

answer_each_case("proportions", "stats", exact_interval, "Two-sided Clopper-Pearson intervals.")

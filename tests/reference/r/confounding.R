# Standardised difference of two means.
source("common.R")

standardised_difference <- function(case) {
  x <- numbers(case$x)
  y <- numbers(case$y)
  list(estimate = (mean(x) - mean(y)) / sqrt((var(x) + var(y)) / 2))
}

answer_each_case(
  "confounding", "stats", standardised_difference,
  "Standardised difference with the average of the two variances."
)

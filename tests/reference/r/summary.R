# Description of a continuous variable.
source("common.R")

description <- function(case) {
  x <- numbers(case$x)
  list(
    n = length(x), mean = mean(x), sd = one(sd(x)), low = min(x), high = max(x),
    quartiles = many(quantile(x, c(0.25, 0.5, 0.75), type = 7))
  )
}

answer_each_case("summary", "stats", description, "One group per case.")

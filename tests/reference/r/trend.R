# Trend of a share over ordered categories: prop.trend.test and coin.
source("common.R")
suppressPackageStartupMessages(library(coin))

trend <- function(case) {
  first <- numbers(case$table[[1]])
  size <- first + numbers(case$table[[2]])
  scores <- numbers(case$scores)
  test <- prop.trend.test(first, size, score = scores)
  patients <- sum(size)
  gap <- sum(scores * first) - sum(first) / patients * sum(scores * size)
  list(
    chi_squared = one(test$statistic), p_asymptotic = one(test$p.value),
    statistic = sign(gap) * sqrt(one(test$statistic))
  )
}

counted <- function(case) {
  first <- numbers(case$table[[1]])
  second <- numbers(case$table[[2]])
  scores <- numbers(case$scores)
  patients <- data.frame(
    score = c(rep(scores, first), rep(scores, second)),
    row = factor(rep(c("first", "second"), c(sum(first), sum(second))))
  )
  test <- function(alternative) {
    independence_test(
      score ~ row, patients, distribution = exact(algorithm = "shift"), alternative = alternative
    )
  }
  p <- function(alternative) one(as.numeric(pvalue(test(alternative))))
  list(
    p_value = p("two.sided"), p_less = p("less"), p_greater = p("greater"),
    mid_p = one(as.numeric(midpvalue(test("two.sided"))))
  )
}

functions <- list(cochran_armitage = trend, cochran_armitage_exact = counted)

answer_each_case(
  "trend", c("stats", "coin"), function(case) functions[[case$`function`]](case),
  "The first row is the group whose trend is tested; prop.trend.test has the variance of 1 / n."
)

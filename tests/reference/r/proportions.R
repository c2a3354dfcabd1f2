# Intervals of a proportion, and how rarely they cover at worst.
#
# Every method is written as its lower limit; the upper limit is that of the other outcome, mirrored.
source("common.R")

halve <- function(holds, low, high) {
  for (i in 1:200) {
    middle <- (low + high) / 2
    if (holds(middle)) high <- middle else low <- middle
  }
  high
}

at_least <- function(x, n, p) pbinom(x - 1, n, p, lower.tail = FALSE)

# The upper tail, and all counts on the other side whose lower tail is smaller.
acceptability <- function(x, n, p) {
  upper <- at_least(x, n, p)
  upper + pbinom(qbinom(upper, n, p) - 1, n, p)
}

# The first accepted proportion of 100 000 up to the one where half of the chance lies above.
blaker_low <- function(x, n, tail) {
  from <- qbeta(tail, x, n - x + 1)
  grid <- seq(from, qbeta(0.5, x, n - x + 1), length.out = 100001)
  first <- which(acceptability(x, n, grid[-1]) > 2 * tail)[1] + 1
  halve(function(p) acceptability(x, n, p) > 2 * tail, grid[first - 1], grid[first])
}

low_limit <- list(
  "clopper-pearson" = function(x, n, tail) qbeta(tail, x, n - x + 1),
  "wilson" = function(x, n, tail) {
    suppressWarnings(prop.test(x, n, conf.level = 1 - 2 * tail, correct = FALSE))$conf.int[1]
  },
  "jeffreys" = function(x, n, tail) qbeta(tail, x + 1 / 2, n - x + 1 / 2),
  "mid-p" = function(x, n, tail) {
    halve(function(p) at_least(x + 1, n, p) + dbinom(x, n, p) / 2 > tail, 0, 1)
  },
  "blaker" = blaker_low
)

interval <- function(x, n, level, method) {
  limit <- low_limit[[method]]
  tail <- (1 - level) / 2
  c(if (x > 0) limit(x, n, tail) else 0, if (x < n) 1 - limit(n - x, n, tail) else 1)
}

# Just outside of every limit: between them coverage has no lower point.
least_coverage <- function(n, level, method) {
  limits <- sapply(0:n, function(x) interval(x, n, level, method))
  outside <- c(limits[1, ] * (1 - 1e-9), limits[2, ] * (1 + 1e-9))
  outside <- outside[outside > 0 & outside < 1]
  min(sapply(outside, function(p) {
    sum(dbinom(0:n, n, p)[limits[1, ] <= p & p <= limits[2, ]])
  }))
}

answer <- function(case) {
  given <- case$args
  if (case[["function"]] == "least_coverage") {
    return(list(coverage = least_coverage(given$n, given$level, given$method)))
  }
  if (case[["function"]] == "one_sided_limit") {
    test <- binom.test(given$events, given$n, 0.5, given$alternative, given$level)
    return(list(interval = many(test$conf.int)))
  }
  if (given$method == "clopper-pearson") {
    limits <- binom.test(given$events, given$n, conf.level = given$level)$conf.int
  } else {
    limits <- interval(given$events, given$n, given$level, given$method)
  }
  list(estimate = given$events / given$n, interval = many(limits))
}

answer_each_case(
  "proportions", "stats", answer,
  "Two-sided intervals; binom.test, prop.test and qbeta, mid-P and Blaker by bisection."
)

# Intervals of the difference and the ratio of two risks, rows are groups, columns with and without.
#
# The most likely risks under a difference or a ratio are found by bisection of the slope of the log
# likelihood, a limit by bisection of the score.
source("common.R")

halve <- function(holds, low, high, times = 70) {
  for (i in seq_len(times)) {
    middle <- (low + high) / 2
    if (holds(middle)) high <- middle else low <- middle
  }
  (low + high) / 2
}

# Slope of the log likelihood by the second risk; `first` is the first risk and `by` its slope.
slope <- function(counts, first, second, by) {
  pull <- function(count, distance) if (count == 0) 0 else count / distance
  by * (pull(counts[1], first) - pull(counts[2], 1 - first)) +
    pull(counts[3], second) - pull(counts[4], 1 - second)
}

difference_score <- function(counts, d) {
  sizes <- c(counts[1] + counts[2], counts[3] + counts[4])
  falls <- function(p) slope(counts, p + d, p, 1) < 0
  second <- halve(falls, max(0, -d), min(1, 1 - d))
  first <- second + d
  variance <- first * (1 - first) / sizes[1] + second * (1 - second) / sizes[2]
  (counts[1] / sizes[1] - counts[3] / sizes[2] - d) / sqrt(variance)
}

ratio_score <- function(counts, r) {
  sizes <- c(counts[1] + counts[2], counts[3] + counts[4])
  falls <- function(p) slope(counts, r * p, p, r) < 0
  second <- halve(falls, 0, min(1, 1 / r))
  first <- r * second
  variance <- first * (1 - first) / sizes[1] + r^2 * second * (1 - second) / sizes[2]
  apart <- counts[1] / sizes[1] - r * counts[3] / sizes[2]
  if (apart == 0) 0 else apart / sqrt(variance)
}

swapped <- function(counts) counts[c(3, 4, 1, 2)]

quantile_of <- function(counts, level, corrected) {
  total <- sum(counts)
  qnorm((1 + level) / 2) * if (corrected) sqrt(total / (total - 1)) else 1
}

low_difference <- function(counts, z) {
  estimate <- counts[1] / (counts[1] + counts[2]) - counts[3] / (counts[3] + counts[4])
  if (estimate == -1) return(-1)
  halve(function(d) difference_score(counts, d) < z, -1, estimate)
}

low_ratio <- function(counts, z) {
  if (counts[1] == 0) return(0)
  exp(halve(function(log_r) ratio_score(counts, exp(log_r)) < z, -20, 20))
}

newcombe <- function(counts, level) {
  wilson <- function(x, n) {
    suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int
  }
  sizes <- c(counts[1] + counts[2], counts[3] + counts[4])
  p <- c(counts[1], counts[3]) / sizes
  one <- wilson(counts[1], sizes[1])
  two <- wilson(counts[3], sizes[2])
  d <- p[1] - p[2]
  c(d - sqrt((p[1] - one[1])^2 + (two[2] - p[2])^2), d + sqrt((one[2] - p[1])^2 + (p[2] - two[1])^2))
}

katz <- function(counts, level) {
  n <- c(counts[1] + counts[2], counts[3] + counts[4])
  error <- sqrt(1 / counts[1] - 1 / n[1] + 1 / counts[3] - 1 / n[2])
  ratio <- (counts[1] / n[1]) / (counts[3] / n[2])
  ratio * exp(c(-1, 1) * qnorm((1 + level) / 2) * error)
}

answer <- function(case) {
  counts <- numbers(case$args$table)
  level <- case$args$level
  method <- case$args$method
  p <- c(counts[1] / (counts[1] + counts[2]), counts[3] / (counts[3] + counts[4]))
  z <- quantile_of(counts, level, method == "miettinen-nurminen")
  if (case[["function"]] == "risk_ratio") {
    limits <- if (method == "katz") katz(counts, level) else
      c(low_ratio(counts, z), 1 / low_ratio(swapped(counts), z))
    return(list(estimate = one(p[1] / p[2]), interval = many(limits)))
  }
  limits <- if (method == "newcombe") newcombe(counts, level) else
    c(low_difference(counts, z), -low_difference(swapped(counts), z))
  list(estimate = p[1] - p[2], interval = many(limits))
}

answer_each_case("risks", "stats", answer, "Rows are groups, columns are with and without.")

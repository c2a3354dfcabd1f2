# Permutation tests of several statistics: every arrangement of the labels, listed in R.
source("common.R")

SEED <- 20261205
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")

statistics <- list(
  mean_difference = function(x, g) mean(x[g == 1]) - mean(x[g == 0]),
  median_difference = function(x, g) median(x[g == 1]) - median(x[g == 0]),
  log_variance_ratio = function(x, g) log(var(x[g == 1]) / var(x[g == 0])),
  between_squares = function(x, g) sum(tapply(x, g, function(v) length(v) * (mean(v) - mean(x))^2))
)

# All different orders of some labels, a row each.
orders <- function(labels) {
  if (length(labels) == 1) return(matrix(labels))
  do.call(rbind, lapply(unique(labels), function(first) {
    cbind(first, orders(labels[-match(first, labels)]))
  }))
}

# All ways to deal the labels within the strata.
arrangements <- function(labels, stratum) {
  parts <- split(seq_along(labels), stratum)
  dealt <- list(labels)
  for (own in parts) {
    ways <- orders(labels[own])
    dealt <- unlist(lapply(dealt, function(before) {
      lapply(seq_len(nrow(ways)), function(i) replace(before, own, ways[i, ]))
    }), recursive = FALSE)
  }
  dealt
}

answer <- function(name, x, labels, stratum) {
  statistic <- statistics[[name]]
  dealt <- vapply(arrangements(labels, stratum), function(g) statistic(x, g), 1)
  here <- statistic(x, labels)
  slack <- 1e-9
  less <- mean(dealt <= here + slack)
  greater <- mean(dealt >= here - slack)
  list(
    stat = here, less = less, greater = greater, two_sided = min(1, 2 * less, 2 * greater),
    smallest_less = mean(dealt <= min(dealt) + slack),
    smallest_greater = mean(dealt >= max(dealt) - slack),
    arrangements = length(dealt)
  )
}

drawn <- function(number, name, sizes, strata) {
  labels <- sample(rep(seq_along(sizes) - 1, sizes))
  n <- length(labels)
  x <- sample(1:12, n, replace = TRUE)
  stratum <- if (strata) rep(0:1, length.out = n) else rep(0, n)
  input <- list(values = many(x), labels = many(labels))
  if (strata) input$stratum <- many(stratum)
  list(
    case = list(
      id = sprintf("permutation/%02d", number), "function" = "permutation_test", statistic = name,
      input = input, call = "every arrangement", rtol = 1e-10
    ),
    answer = answer(name, x, labels, stratum)
  )
}

found <- Map(
  drawn, 1:9,
  c("mean_difference", "mean_difference", "median_difference", "log_variance_ratio", "between_squares",
    "mean_difference", "median_difference", "between_squares", "mean_difference"),
  list(c(4, 3), c(6, 5), c(5, 4), c(5, 5), c(3, 3, 2), c(5, 4), c(6, 4), c(3, 2, 3), c(2, 7)),
  c(FALSE, FALSE, FALSE, FALSE, FALSE, TRUE, TRUE, TRUE, FALSE)
)

print_answers(
  "any_permutation", character(0), lapply(found, `[[`, "answer"),
  "less, greater: share of the arrangements with a statistic at most, or at least, as large.",
  seed = SEED, cases = lapply(found, `[[`, "case")
)

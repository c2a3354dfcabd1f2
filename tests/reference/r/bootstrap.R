# Percentile and BCa limits from draws made here, with and without strata, written out.
#
# A case holds the statistic of each draw and of the patients without each one, so that the limits
# can be compared number by number.
source("common.R")

SEED <- 20261206
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")

statistics <- list(
  mean = function(x, g) mean(x),
  correlation = function(x, g) cor(x, seq_along(x)),
  mean_difference = function(x, g) mean(x[g == 1]) - mean(x[g == 0]),
  log_ratio = function(x, g) log(mean(x[g == 1]) / mean(x[g == 0]))
)

limits <- function(here, draws, without, stratum, level) {
  draws <- sort(draws)
  share <- (sum(draws < here - 1e-9) + sum(draws <= here + 1e-9)) / 2 / length(draws)
  z0 <- qnorm(share)
  influence <- unsplit(lapply(split(without, stratum), function(v) {
    m <- length(v)
    (m - 1) * (mean(v) - v) / m
  }), stratum)
  a <- sum(influence^3) / (6 * sum(influence^2)^1.5)
  tails <- c((1 - level) / 2, (1 + level) / 2)
  z <- z0 + qnorm(tails)
  # beyond the smallest or largest draw there is no limit
  ends <- function(shares) {
    inside <- shares * (length(draws) + 1) >= 1 & shares * (length(draws) + 1) <= length(draws)
    ifelse(inside, quantile(draws, shares, type = 6, names = FALSE), NA)
  }
  list(
    percentile = many(ends(tails)), bca = many(ends(pnorm(z0 + z / (1 - a * z)))),
    z0 = z0, a = a, se = sd(draws), bias = mean(draws) - here
  )
}

drawn <- function(number, name, n_draws, level) {
  two <- name %in% c("mean_difference", "log_ratio")
  group <- if (two) rep(0:1, c(17, 11)) else rep(0, 28)
  x <- sample(c(1, 2, 3, 3, 5, 8, 13, 30), 28, replace = TRUE) + group
  of_rows <- function(rows) statistics[[name]](x[rows], group[rows])
  again <- function() unsplit(lapply(split(1:28, group), function(own) sample(own, replace = TRUE)), group)
  draws <- replicate(n_draws, of_rows(again()))
  without <- vapply(1:28, function(row) of_rows(setdiff(1:28, row)), 1)
  here <- of_rows(1:28)
  list(
    case = list(
      id = sprintf("bootstrap/%02d", number), "function" = "bootstrap", statistic = name, level = level,
      input = list(
        estimate = here, draws = many(signif(draws, 14)), without = many(signif(without, 14)),
        stratum = many(group)
      ),
      call = "quantile(type = 6) at the shares of Efron 1987", rtol = 1e-9,
      why_rtol = "draws are stored with 14 digits"
    ),
    answer = limits(here, signif(draws, 14), signif(without, 14), group, level)
  )
}

found <- Map(
  drawn, 1:6, c("mean", "correlation", "mean_difference", "log_ratio", "mean", "log_ratio"),
  c(199, 399, 199, 399, 299, 299), c(0.95, 0.95, 0.95, 0.95, 0.9, 0.8)
)

print_answers(
  "bootstrap", character(0), lapply(found, `[[`, "answer"),
  "z0 counts draws equal to the estimate one half.",
  seed = SEED, cases = lapply(found, `[[`, "case")
)

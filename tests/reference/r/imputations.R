# Rubin's rules, with the degrees of freedom of Barnard and Rubin, and the D1 test, written out.
source("common.R")

SEED <- 20261204
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")

pooled <- function(estimates, variances, complete) {
  m <- length(estimates)
  within <- mean(variances)
  between <- var(estimates)
  total <- within + (m + 1) / m * between
  lambda <- (m + 1) / m * between / total
  increase <- lambda / (1 - lambda)
  old <- (m - 1) / lambda^2
  df <- if (is.null(complete)) old else {
    observed <- (complete + 1) / (complete + 3) * complete * (1 - lambda)
    old * observed / (old + observed)
  }
  t <- mean(estimates) / sqrt(total)
  missing <- (increase + 2 / (df + 3)) / (increase + 1)
  list(
    estimate = mean(estimates), se = sqrt(total), df = df, t = t,
    p_value = 2 * pt(-abs(t), df),
    lower = mean(estimates) - qt(0.975, df) * sqrt(total),
    upper = mean(estimates) + qt(0.975, df) * sqrt(total),
    within = within, between = between, total = total,
    increase = increase, missing = missing, efficiency = 1 / (1 + missing / m)
  )
}

d1 <- function(estimates, covariances, null) {
  m <- nrow(estimates)
  k <- ncol(estimates)
  within <- Reduce(`+`, covariances) / m
  increase <- (1 + 1 / m) * sum(diag(cov(estimates) %*% solve(within))) / k
  gap <- colMeans(estimates) - null
  statistic <- drop(gap %*% solve(within, gap)) / (k * (1 + increase))
  t <- k * (m - 1)
  df <- if (t > 4) 4 + (t - 4) * (1 + (1 - 2 / t) / increase)^2 else t * (1 + 1 / k) * (1 + 1 / increase)^2 / 2
  list(
    stat = statistic, df = k, df_error = df, increase = increase,
    p_value = pf(statistic, k, df, lower.tail = FALSE)
  )
}

one_number <- function(number, m, complete, spread) {
  estimates <- round(rnorm(m, 0.7, spread), 3)
  variances <- round(runif(m, 0.05, 0.2), 4)
  input <- list(estimates = many(estimates), variances = many(variances))
  if (!is.null(complete)) input$complete_df <- complete
  list(
    case = list(
      id = sprintf("pooled/%02d", number), "function" = "pool_imputations", input = input,
      call = "Rubin 1987 and Barnard and Rubin 1999, written out", rtol = 1e-10
    ),
    answer = pooled(estimates, variances, complete)
  )
}

several <- function(number, m, k, spread) {
  estimates <- matrix(round(rnorm(m * k, 0.4, spread), 3), m)
  covariances <- lapply(seq_len(m), function(i) {
    root <- matrix(round(rnorm(k * k, 0, 0.2), 3), k)
    crossprod(root) + diag(0.05, k)
  })
  null <- if (number %% 2) rep(0, k) else rep(0.25, k)
  list(
    case = list(
      id = sprintf("several/%02d", number), "function" = "pooled_test",
      input = list(estimates = rows(estimates), covariances = lapply(covariances, rows), null = many(null)),
      call = "Li, Raghunathan and Rubin 1991, written out", rtol = 1e-10
    ),
    answer = d1(estimates, covariances, null)
  )
}

found <- c(
  Map(one_number, 1:9, c(2, 3, 5, 5, 10, 20, 20, 50, 5), list(NULL, 25, NULL, 26, 8, NULL, 300, 1, 1e6),
      c(0.1, 0.3, 0.2, 0.01, 0.3, 1, 0.1, 0.2, 3)),
  Map(several, 1:7, c(2, 3, 5, 5, 20, 2, 5), c(1, 2, 2, 1, 4, 4, 5), c(0.1, 0.2, 0.05, 0.2, 0.3, 0.1, 1))
)

print_answers(
  "imputations", character(0), lapply(found, `[[`, "answer"), "Level 0.95.",
  seed = SEED, cases = lapply(found, `[[`, "case")
)

# Tables of two groups by yes and no over strata: Mantel-Haenszel, Breslow-Day, and exact.
#
# mantelhaen.test finds the exact odds ratio and its limits by uniroot with its default tolerance.
# They are found here again, from the convolution of the strata, on the log scale ("own").
source("common.R")

as_array <- function(case) {
  cells <- unlist(lapply(case$tables, function(table) {
    c(table[[1]][[1]], table[[2]][[1]], table[[1]][[2]], table[[2]][[2]])
  }))
  array(cells, c(2, 2, length(case$tables)))
}

informative <- function(tables) {
  used <- apply(tables, 3, function(t) all(rowSums(t) > 0, colSums(t) > 0))
  tables[, , used, drop = FALSE]
}

common_odds_ratio <- function(tables) {
  n <- apply(tables, 3, sum)
  sum(tables[1, 1, ] * tables[2, 2, ] / n) / sum(tables[1, 2, ] * tables[2, 1, ] / n)
}

mantel_haenszel <- function(case) {
  plain <- mantelhaen.test(as_array(case), correct = FALSE)
  corrected <- mantelhaen.test(as_array(case), correct = TRUE)
  list(
    statistic = one(plain$statistic), p_value = one(plain$p.value),
    statistic_corrected = one(corrected$statistic), p_corrected = one(corrected$p.value),
    odds_ratio = one(corrected$estimate), interval = many(corrected$conf.int)
  )
}

# The first cell that has this odds ratio with the margins of its table.
fitted_cell <- function(table, odds_ratio) {
  row <- sum(table[1, ])
  column <- sum(table[, 1])
  other <- sum(table[2, ])
  low <- max(0, column - other)
  high <- min(row, column)
  gap <- function(share) {
    a <- low + (high - low) * plogis(share)
    log(a) + log(other - column + a) - log(row - a) - log(column - a) - log(odds_ratio)
  }
  share <- uniroot(gap, c(-30, 30), tol = 1e-14, maxiter = 10000)$root
  low + (high - low) * plogis(share)
}

breslow_day <- function(case) {
  tables <- informative(as_array(case))
  odds_ratio <- common_odds_ratio(tables)
  fitted <- apply(tables, 3, fitted_cell, odds_ratio = odds_ratio)
  row <- apply(tables, 3, function(t) sum(t[1, ]))
  column <- apply(tables, 3, function(t) sum(t[, 1]))
  other <- apply(tables, 3, function(t) sum(t[2, ]))
  variance <- 1 / (1 / fitted + 1 / (row - fitted) + 1 / (column - fitted) +
    1 / (other - column + fitted))
  gap <- tables[1, 1, ] - fitted
  plain <- sum(gap^2 / variance)
  tarone <- plain - sum(gap)^2 / sum(variance)
  df <- dim(tables)[3] - 1
  tail <- function(statistic) pchisq(statistic, df, lower.tail = FALSE)
  list(
    statistic = plain, p_value = tail(plain), tarone = tarone, p_tarone = tail(tarone),
    df = df, strata = dim(tables)[3]
  )
}

p_by_r <- function(tables, alternative) {
  one(mantelhaen.test(tables, exact = TRUE, alternative = alternative)$p.value)
}

exact <- function(case) {
  tables <- as_array(case)
  list(
    p_value = p_by_r(tables, "two.sided"),
    p_less = p_by_r(tables, "less"),
    p_greater = p_by_r(tables, "greater")
  )
}

# Probabilities of the sum of first cells, were all odds ratios 1, and the smallest sum.
convolution <- function(tables) {
  share <- 1
  lowest <- 0
  for (i in seq_len(dim(tables)[3])) {
    row <- sum(tables[1, , i])
    other <- sum(tables[2, , i])
    column <- sum(tables[, 1, i])
    support <- max(0, column - other):min(row, column)
    lowest <- lowest + support[1]
    mine <- dhyper(support, row, other, column)
    made <- numeric(length(share) + length(mine) - 1)
    for (j in seq_along(mine)) {
      at <- j:(j + length(share) - 1)
      made[at] <- made[at] + share * mine[j]
    }
    share <- made
  }
  list(support = lowest + seq_along(share) - 1, share = share)
}

solved <- function(case) {
  tables <- as_array(case)
  null <- convolution(tables)
  seen <- sum(tables[1, 1, ])
  alpha <- (1 - case$level) / 2
  at_odds <- function(b) {
    exponent <- log(null$share) + b * null$support
    share <- exp(exponent - max(exponent))
    share / sum(share)
  }
  root <- function(f) {
    exp(uniroot(f, c(-5, 5), extendInt = "yes", tol = 1e-14, maxiter = 10000)$root)
  }
  first <- seen == min(null$support)
  last <- seen == max(null$support)
  limits <- function(weight) {
    tail <- function(b, outside) {
      share <- at_odds(b)
      log(sum(share[outside]) + weight * share[null$support == seen]) - log(alpha)
    }
    many(c(
      if (first) 0 else root(function(b) tail(b, null$support > seen)),
      if (last) Inf else root(function(b) tail(b, null$support < seen))
    ))
  }
  estimate <- if (first) 0 else if (last) Inf else
    root(function(b) sum(null$support * at_odds(b)) - seen)
  observed <- null$share[null$support == seen]
  near <- abs(null$share / observed - 1) < 1e-7
  list(
    odds_ratio = one(estimate), interval = limits(1), interval_mid_p = limits(0.5),
    mid_p = sum(null$share[null$share < observed & !near]) + sum(null$share[near]) / 2
  )
}

functions <- list(
  mantel_haenszel = mantel_haenszel, breslow_day = breslow_day, mantel_haenszel_exact = exact,
  mantel_haenszel_exact_own = solved
)

answer_each_case(
  "stratified_tables", "stats", function(case) functions[[case$`function`]](case),
  paste(
    "Rows are groups, columns are with and without the outcome. null is R's NaN: no stratum informs,",
    "or the odds ratio is 0 or infinite. Breslow-Day is solved here; strata without information are",
    "left out."
  )
)

# Fragility of a Fisher p-value, and the smallest p-value of a design, by trying what there is.
suppressPackageStartupMessages(suppressWarnings(library(exactRankTests)))
source("common.R")

p_of <- function(counts) fisher.test(matrix(counts, 2, byrow = TRUE))$p.value

changed <- function(counts, group, events) {
  size <- sum(counts[group, ])
  counts[group, ] <- c(events, size - events)
  counts
}

# Walk in one direction and return the number of steps until p is on the other side, or NA.
steps_until <- function(counts, group, step, alpha) {
  now <- fisher.test(counts)$p.value < alpha
  number <- 0
  while (TRUE) {
    number <- number + 1
    events <- counts[group, 1] + step * number
    if (events < 0 || events > sum(counts[group, ])) return(NA)
    if ((fisher.test(changed(counts, group, events))$p.value < alpha) != now) return(number)
  }
}

fragility <- function(given) {
  counts <- matrix(numbers(given$table), 2, byrow = TRUE)
  sizes <- rowSums(counts)
  group <- order(counts[, 1], -sizes)[1]
  risk <- counts[, 1] / sizes
  nearer <- if (risk[group] <= risk[3 - group]) 1 else -1
  p <- fisher.test(counts)$p.value
  tried <- if (p < given$alpha) nearer else c(-nearer, nearer)
  for (step in tried) {
    number <- steps_until(counts, group, step, given$alpha)
    if (!is.na(number)) {
      after <- changed(counts, group, counts[group, 1] + step * number)
      return(list(changes = number, p = p, p_after = fisher.test(after)$p.value,
                  table_after = rows(after)))
    }
  }
  list(changes = NA, p = p, p_after = NA, table_after = NA)
}

# Every event on a day of its own: a score is the event less the cumulative hazard.
smallest_logrank <- function(n_x, n_y) {
  total <- n_x + n_y
  score <- 1 - cumsum(1 / (total:1))
  sums <- abs(combn(total, n_x, function(chosen) sum(score[chosen])))
  mean(sums >= max(sums) - 1e-9)
}

# Without ties; and all values of the smaller group tied above all those of the larger one.
smallest_rank_sum <- function(n, m) {
  untied <- wilcox.test(seq_len(n), n + seq_len(m), exact = TRUE)$p.value
  tied <- wilcox.exact(rep(2, min(n, m)), rep(1, max(n, m)), exact = TRUE)$p.value
  min(untied, tied)
}

smallest <- function(given) {
  n <- given$n_x
  m <- given$n_y
  if (given$method == "logrank") return(smallest_logrank(n, m))
  if (given$method == "mann-whitney") return(smallest_rank_sum(n, m))
  totals <- if (is.null(given$events)) 0:(n + m) else given$events
  min(sapply(totals, function(k) {
    min(sapply(max(0, k - m):min(n, k), function(x) p_of(c(x, n - x, k - x, m - k + x))))
  }))
}

answer <- function(case) {
  if (case[["function"]] == "fragility_index") return(fragility(case$args))
  list(p = smallest(case$args))
}

answer_each_case("fragility", c("stats", "exactRankTests"), answer,
                 "fisher.test, wilcox.test and wilcox.exact; log-rank by listing.")

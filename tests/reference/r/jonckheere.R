# Jonckheere-Terpstra test: counts pair by pair, the variance given the ties, every arrangement.
source("common.R")
source("groups.R")

count_of <- function(values, group) {
  codes <- sort(unique(group))
  total <- 0
  for (first in codes) for (second in codes[codes > first]) {
    x <- values[group == first]
    y <- values[group == second]
    total <- total + sum(outer(x, y, "<")) + sum(outer(x, y, "==")) / 2
  }
  total
}

# Lehmann (1975), Nonparametrics, with ties.
variance_of <- function(values, group) {
  n <- length(values)
  sizes <- as.numeric(table(group))
  ties <- as.numeric(table(values))
  five <- function(k) sum(k * (k - 1) * (2 * k + 5))
  three <- function(k) sum(k * (k - 1) * (k - 2))
  two <- function(k) sum(k * (k - 1))
  (n * (n - 1) * (2 * n + 5) - five(sizes) - five(ties)) / 72 +
    three(sizes) * three(ties) / (36 * n * (n - 1) * (n - 2)) +
    two(sizes) * two(ties) / (8 * n * (n - 1))
}

approximated <- function(sample) {
  j <- count_of(sample$values, sample$group)
  sizes <- as.numeric(table(sample$group))
  variance <- variance_of(sample$values, sample$group)
  score <- (j - (sum(sizes)^2 - sum(sizes^2)) / 4) / sqrt(variance)
  list(
    statistic = j, variance = variance, score = score,
    p_value = 2 * pnorm(-abs(score)),
    p_rising = pnorm(score, lower.tail = FALSE),
    p_falling = pnorm(score)
  )
}

enumerated <- function(sample) {
  all <- vapply(every_grouping(sample$group), function(group) count_of(sample$values, group), 0)
  observed <- count_of(sample$values, sample$group)
  middle <- mean(all)
  list(
    arrangements = length(all),
    statistic = observed,
    variance = mean((all - middle)^2),
    p_value = mean(abs(all - middle) >= abs(observed - middle) - 1e-9),
    p_rising = mean(all >= observed),
    p_falling = mean(all <= observed),
    smallest_p = mean(abs(all - middle) >= max(abs(all - middle)) - 1e-9)
  )
}

functions <- list(jonckheere = approximated, jonckheere_enumerated = enumerated)

answer_each_case(
  "jonckheere", "stats",
  function(case) functions[[case$`function`]](sample_of(case)),
  paste(
    "No package of R is used: formulas written out; the variance of the enumerated cases is that",
    "of all arrangements, which confirms the formula."
  )
)

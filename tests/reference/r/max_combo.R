# Max-combo test: the four sums and their covariance time by time, p from mvtnorm, and every
# arrangement of small groups.
source("common.R")
suppressPackageStartupMessages(library(mvtnorm))

SEED <- 1
PAIRS <- list(c(0, 0), c(0, 1), c(1, 0), c(1, 1))

strata_of <- function(case) {
  given <- case$args
  names <- c(given$time, given$event, given$group, given$strata)
  table <- complete_rows(paste0(case$dataset, ".csv"), names)
  sample <- data.frame(
    time = table[[given$time]], event = table[[given$event]] == 1,
    second = table[[given$group]] == max(table[[given$group]])
  )
  split(sample, if (is.null(given$strata)) rep(1, nrow(sample)) else table[[given$strata]])
}

# One row for each event time of one stratum: events, at risk, and the curve just before.
steps_of <- function(own) {
  days <- sort(unique(own$time[own$event]))
  table <- data.frame(
    day = days,
    n = vapply(days, function(day) sum(own$time >= day), 0),
    n1 = vapply(days, function(day) sum(own$time >= day & own$second), 0),
    d = vapply(days, function(day) sum(own$time == day & own$event), 0),
    d1 = vapply(days, function(day) sum(own$time == day & own$event & own$second), 0)
  )
  table$before <- c(1, cumprod(1 - table$d / table$n))[seq_along(days)]
  table
}

weights_of <- function(steps) {
  vapply(PAIRS, function(p) steps$before^p[1] * (1 - steps$before)^p[2], numeric(nrow(steps)))
}

normal <- function(case) {
  excess <- numeric(4)
  covariance <- matrix(0, 4, 4)
  for (own in strata_of(case)) {
    steps <- steps_of(own)
    weights <- matrix(weights_of(steps), ncol = 4)
    share <- steps$n1 / steps$n
    v <- ifelse(steps$n > 1, steps$d * (steps$n - steps$d) / pmax(steps$n - 1, 1), 0)
    excess <- excess + colSums(weights * (steps$d1 - steps$d * share))
    covariance <- covariance + t(weights) %*% (weights * v * share * (1 - share))
  }
  z <- excess / sqrt(diag(covariance))
  list(z = many(z), covariance = rows(covariance), statistic = max(abs(z)),
       p_value = beyond(max(abs(z)), cov2cor(covariance)))
}

# The four have rank three, and so no density: drawn points, of one seed.
beyond <- function(bound, correlation) {
  set.seed(SEED)
  inside <- pmvnorm(
    lower = rep(-bound, ncol(correlation)), upper = rep(bound, ncol(correlation)),
    corr = correlation, algorithm = GenzBretz(maxpts = 5e6, abseps = 1e-7, releps = 0)
  )
  1 - as.numeric(inside)
}

# Three variables, without draws: inclusion and exclusion of the eight corners.
three <- function(case) {
  correlation <- do.call(rbind, lapply(case$args$correlation, numbers))
  bound <- case$args$bound
  inside <- 0
  for (corner in 0:7) {
    sign <- ifelse(bitwAnd(corner, c(1, 2, 4)) > 0, -1, 1)
    below <- pmvnorm(
      lower = rep(-Inf, 3), upper = sign * bound, corr = correlation,
      algorithm = TVPACK(abseps = 1e-14)
    )
    inside <- inside + prod(sign) * as.numeric(below)
  }
  list(p_value = 1 - inside)
}

arranged <- function(case) {
  own <- strata_of(case)[[1]]
  steps <- steps_of(own)
  weights <- matrix(weights_of(steps), ncol = 4)
  scores <- t(vapply(seq_len(nrow(own)), function(i) {
    before <- steps$day <= own$time[i]
    here <- steps$day == own$time[i] & own$event[i]
    colSums(weights * here) - colSums(weights * before * steps$d / steps$n)
  }, numeric(4)))
  n <- nrow(own)
  size <- sum(own$second)
  variance <- size * (n - size) / (n * (n - 1)) * colSums(scores^2)
  used <- variance > 1e-14
  largest <- function(chosen) {
    max(abs(colSums(scores[chosen, used, drop = FALSE])) / sqrt(variance[used]))
  }
  observed <- largest(which(own$second))
  every <- combn(n, size, largest)
  list(statistic = observed, p_value = mean(every >= observed - 1e-9),
       smallest_p = mean(every >= max(every) - 1e-9))
}

functions <- list(max_combo_normal = normal, normal_maximum = three, max_combo_exact = arranged)

answer_each_case(
  "max_combo", "mvtnorm", function(case) functions[[case$`function`]](case),
  paste(
    "Everything is written out in R from the definitions, but for the normal probabilities:",
    "mvtnorm's pmvnorm, by drawn points for four tests (abseps 1e-7) and by TVPACK for three.",
    "mvtnorm is a part of what coin needs."
  ),
  seed = SEED
)

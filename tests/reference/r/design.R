# Power, sample size and detectable differences: base R where it has them, else formulas, numerical
# integration, a list of all outcomes, or (log-rank) a simulation.
source("common.R")
suppressPackageStartupMessages(library(survival))

SLACK <- 1e-11

# ---- two risks ----

tail_of <- function(side) if (side == "two-sided") 2 else 1

fisher_p <- function(x, y, n, m, side) {
  k <- x + y
  support <- max(0, k - m):min(n, k)
  chance <- dhyper(support, n, m, k)
  if (side == "two-sided") return(sum(chance[chance <= dhyper(x, n, m, k) * (1 + SLACK)]))
  sum(chance[if (side == "less") support <= x else support >= x])
}

pooled_z <- function(x, y, n, m) {
  p <- (x + y) / (n + m)
  ifelse(p == 0 | p == 1, 0, (x / n - y / m) / sqrt(p * (1 - p) * (1 / n + 1 / m)))
}

# The probability of each table (rows) at each common risk (columns).
at_common <- function(tables, n, m, risks) {
  outer(seq_len(nrow(tables)), risks, function(i, p) {
    dbinom(tables$x[i], n, p) * dbinom(tables$y[i], m, p)
  })
}

largest <- function(inside, tables, n, m) {
  if (!any(inside)) return(0)
  chance <- function(p) sum((dbinom(tables$x, n, p) * dbinom(tables$y, m, p))[inside])
  grid <- seq(0, 1, length.out = 1001)
  value <- colSums(at_common(tables, n, m, grid)[inside, , drop = FALSE])
  refined <- sapply(order(-value)[1:6], function(i) {
    range <- grid[c(max(1, i - 1), min(1001, i + 1))]
    optimize(chance, range, maximum = TRUE, tol = 1e-12)$objective
  })
  max(value, refined)
}

rejected <- function(tables, n, m, alpha, test, side) {
  z <- pooled_z(tables$x, tables$y, n, m)
  toward <- switch(side, "two-sided" = abs(z), less = -z, greater = z)
  if (test == "chi-squared") return(tail_of(side) * pnorm(-toward) <= alpha & z != 0)
  p <- mapply(fisher_p, tables$x, tables$y, MoreArgs = list(n = n, m = m, side = side))
  if (test == "fisher") return(p <= alpha * (1 + SLACK))
  statistic <- if (test == "boschloo") p else -toward
  # The last cut of this order whose tables no common risk makes more probable than the level.
  cuts <- sort(unique(round(statistic, 11)))
  within <- function(k) statistic <= cuts[k] + SLACK * 2
  low <- 0
  high <- length(cuts)
  while (high - low > 1) {
    middle <- (low + high) %/% 2
    if (largest(within(middle), tables, n, m) > alpha * (1 + SLACK)) high <- middle
    else low <- middle
  }
  inside <- if (low) within(low) else rep(FALSE, nrow(tables))
  inside
}

risk_power <- function(inside, tables, n, m, p, q) {
  sum((dbinom(tables$x, n, p) * dbinom(tables$y, m, q))[inside])
}

normal_power <- function(n, m, p, q, alpha, side, correction = 0) {
  mean <- (n * p + m * q) / (n + m)
  toward <- switch(side, "two-sided" = abs(p - q), less = q - p, greater = p - q)
  bound <- qnorm(alpha / tail_of(side), lower.tail = FALSE) *
    sqrt(mean * (1 - mean) * (1 / n + 1 / m))
  pnorm((toward - correction - bound) / sqrt(p * (1 - p) / n + q * (1 - q) / m))
}

exact_power <- function(a) {
  tables <- expand.grid(x = 0:a$n_x, y = 0:a$n_y)
  inside <- rejected(tables, a$n_x, a$n_y, a$alpha, a$test, a$alternative)
  half <- (1 / a$n_x + 1 / a$n_y) / 2
  normal <- function(c) {
    normal_power(a$n_x, a$n_y, a$risk_x, a$risk_y, a$alpha, a$alternative, c)
  }
  list(
    power = risk_power(inside, tables, a$n_x, a$n_y, a$risk_x, a$risk_y),
    size = largest(inside, tables, a$n_x, a$n_y),
    normal_power = normal(0),
    corrected_normal_power = normal(half)
  )
}

first_and_lasting <- function(enough) {
  missed <- which(!enough)
  last <- if (length(missed)) max(missed) else 0
  list(
    first = if (any(enough)) min(which(enough)) else NA,
    lasting = if (last < length(enough)) last + 1 else NA
  )
}

exact_sample_size <- function(a) {
  power <- sapply(seq_len(a$largest), function(n) {
    tables <- expand.grid(x = 0:n, y = 0:n)
    inside <- rejected(tables, n, n, a$alpha, a$test, a$alternative)
    risk_power(inside, tables, n, n, a$risk_x, a$risk_y)
  })
  found <- first_and_lasting(power >= a$power)
  side <- tail_of(a$alternative)
  n <- power.prop.test(
    p1 = a$risk_x, p2 = a$risk_y, power = a$power, sig.level = a$alpha,
    alternative = if (side == 2) "two.sided" else "one.sided", tol = 1e-12
  )$n
  apart <- abs(a$risk_x - a$risk_y)
  c(found, list(
    power_at_first = if (is.na(found$first)) NA else power[found$first],
    normal = n,
    corrected = n / 4 * (1 + sqrt(1 + 4 / (n * apart)))^2
  ))
}

detectable_risk <- function(a) {
  tables <- expand.grid(x = 0:a$n_x, y = 0:a$n_y)
  inside <- rejected(tables, a$n_x, a$n_y, a$alpha, a$test, a$alternative)
  power <- function(p) risk_power(inside, tables, a$n_x, a$n_y, p, a$risk_y)
  end <- if (a$direction == "higher") 1 else 0
  if (power(end) < a$power) return(list(risk_x = NA, furthest_power = power(end)))
  grid <- seq(end, a$risk_y, length.out = 2001)
  i <- which(sapply(grid, power) < a$power)[1]
  root <- uniroot(function(p) power(p) - a$power, sort(grid[c(i - 1, i)]), tol = 1e-15)$root
  list(risk_x = root, furthest_power = power(end))
}

power_prop <- function(a) {
  test <- function(strict) {
    power.prop.test(
      n = a$n_per_group, p1 = a$p1, p2 = a$p2, sig.level = a$alpha, strict = strict
    )$power
  }
  list(power = test(FALSE), power_strict = test(TRUE))
}

power_prop_n <- function(a) {
  test <- function(...) {
    power.prop.test(
      p1 = a$p1, p2 = a$p2, power = a$power, sig.level = a$alpha, tol = 1e-12, ...
    )$n
  }
  list(
    n_per_group = test(), n_strict = test(strict = TRUE),
    n_one_sided = test(alternative = "one.sided")
  )
}

# ---- ranks ----

noether <- function(a) {
  share <- a$n_x / (a$n_x + a$n_y)
  both <- a$n_x + a$n_y
  score <- qnorm(1 - a$alpha / 2) + qnorm(a$power)
  list(
    power = pnorm(sqrt(12 * share * (1 - share) * both) * abs(a$superiority - 0.5) -
      qnorm(1 - a$alpha / 2)),
    n_both = score^2 / (12 * share * (1 - share) * (a$superiority - 0.5)^2),
    detectable = 0.5 + score / sqrt(12 * share * (1 - share) * both)
  )
}

spread_over <- function(patients, grades) {
  if (grades == 1) return(matrix(patients, 1, 1))
  do.call(rbind, lapply(0:patients, function(k) cbind(k, spread_over(patients - k, grades - 1))))
}

# Every outcome of both groups with its probability; p from all outcomes with the same ties.
grades_of <- function(n, m, p, q, alpha, side) {
  one <- spread_over(n, length(p))
  other <- spread_over(m, length(q))
  i <- rep(seq_len(nrow(one)), nrow(other))
  j <- rep(seq_len(nrow(other)), each = nrow(one))
  a <- one[i, , drop = FALSE]
  b <- other[j, , drop = FALSE]
  both <- a + b
  ties <- apply(both, 1, paste, collapse = " ")
  below <- t(apply(both, 1, cumsum)) - both
  ranks <- rowSums(a * (below + (both + 1) / 2))
  far <- ranks - n * (n + m + 1) / 2
  far <- switch(side, "two-sided" = abs(far), less = -far, greater = far)
  share <- exp(rowSums(lchoose(both, a)) - lchoose(n + m, n))
  sequence <- order(ties, -far)
  group <- ties[sequence]
  value <- far[sequence]
  running <- ave(share[sequence], group, FUN = cumsum)
  p_value <- ave(running, group, value, FUN = max)
  chance <- function(counts, p) apply(counts, 1, dmultinom, prob = p)
  mean <- (n * p + m * q) / (n + m)
  hit <- sequence[p_value <= alpha * (1 + SLACK)]
  list(
    power = sum((chance(one, p)[i] * chance(other, q)[j])[hit]),
    size = sum((chance(one, mean)[i] * chance(other, mean)[j])[hit]),
    smallest_p = min(p_value)
  )
}

grades <- function(a) {
  grades_of(
    a$n_x, a$n_y, numbers(a$chances_x), numbers(a$chances_y), a$alpha, a$alternative
  )
}

grades_sample_size <- function(a) {
  power <- sapply(seq_len(a$largest), function(n) {
    grades_of(n, n, numbers(a$chances_x), numbers(a$chances_y), a$alpha, a$alternative)$power
  })
  c(first_and_lasting(power >= a$power), list(power_at_largest = power[a$largest]))
}

# Only complete separation is significant: the chance that the smallest x is above all y.
separated <- function(shift, n, m, ratio) {
  integrate(
    function(y) m * dnorm(y) * pnorm(y)^(m - 1) * pnorm((y - shift) / ratio, lower.tail = FALSE)^n,
    -Inf, Inf, rel.tol = 1e-11
  )$value
}

shift <- function(a) {
  list(
    power = separated(a$shift, a$n_x, a$n_y, a$spread_ratio),
    size = 1 / choose(a$n_x + a$n_y, a$n_x),
    detectable = uniroot(
      function(s) separated(s, a$n_x, a$n_y, a$spread_ratio) - a$power, c(0, 20), tol = 1e-12
    )$root
  )
}

# ---- log-rank ----

survival_events <- function(a) {
  score <- qnorm(1 - a$alpha / 2) + qnorm(a$power)
  schoenfeld <- function(share) score^2 / (share * (1 - share) * log(a$hr)^2)
  list(
    schoenfeld_1to1 = schoenfeld(1 / 2),
    schoenfeld_17_11 = schoenfeld(17 / 28),
    freedman_1to1 = score^2 * ((1 + a$hr) / (1 - a$hr))^2,
    freedman_17_11 = score^2 * (1 + a$hr * 17 / 11)^2 / (17 / 11 * (1 - a$hr)^2),
    power_schoenfeld_60ev = pnorm(sqrt(60 / 4) * abs(log(a$hr)) - qnorm(1 - a$alpha / 2)),
    min_detectable_hr_60ev = exp(-score / sqrt(60 / 4))
  )
}

# The chance that the event of a patient is seen, by integration over time and over recruitment.
chance_seen <- function(hazard, until, follow_up, accrual, dropout) {
  starts <- c(0, until)
  rate <- function(t) hazard[findInterval(t, starts)]
  cumulative <- function(t) {
    sapply(t, function(end) sum(hazard * pmax(0, pmin(c(until, Inf), end) - starts)))
  }
  seen <- function(end) {
    cuts <- c(starts[starts < end], end)
    sum(sapply(seq_len(length(cuts) - 1), function(i) {
      integrate(
        function(t) hazard[i] * exp(-cumulative(t) - dropout * t), cuts[i], cuts[i + 1],
        rel.tol = 1e-12
      )$value
    }))
  }
  if (accrual == 0) return(seen(follow_up))
  last <- follow_up + accrual
  cuts <- c(follow_up, until[until > follow_up & until < last], last)
  sum(sapply(seq_len(length(cuts) - 1), function(i) {
    integrate(function(t) sapply(t, seen), cuts[i], cuts[i + 1], rel.tol = 1e-11)$value
  })) / accrual
}

survival_n <- function(a) {
  control <- log(2) / a$median_control
  chance <- function(h) chance_seen(h, numeric(0), a$followup, a$accrual, 0)
  mean <- (chance(control) + chance(control * a$hr)) / 2
  score <- qnorm(1 - a$alpha_two_sided / 2) + qnorm(a$power)
  events <- c(
    4 * score^2 / log(a$hr)^2, score^2 * ((1 + a$hr) / (1 - a$hr))^2
  )
  list(
    events_schoenfeld = events[1], n_schoenfeld = events[1] / mean,
    events_freedman = events[2], n_freedman = events[2] / mean
  )
}

design_chances <- function(a) {
  chance <- function(h) {
    chance_seen(numbers(h), numbers(a$until), a$follow_up, a$accrual, a$dropout)
  }
  list(chance_x = chance(a$hazard_x), chance_y = chance(a$hazard_y))
}

detectable_hazard <- function(a) {
  share <- a$n_x / (a$n_x + a$n_y)
  chance <- function(h) chance_seen(h, numeric(0), a$follow_up, a$accrual, 0)
  power <- function(log_ratio) {
    events <- a$n_x * chance(exp(log_ratio) * a$hazard_y) + a$n_y * chance(a$hazard_y)
    pnorm(sqrt(events * share * (1 - share)) * abs(log_ratio) - qnorm(1 - a$alpha / 2))
  }
  solve <- function(range) exp(uniroot(function(s) power(s) - a$power, range, tol = 1e-12)$root)
  list(below = solve(c(-5, -0.01)), above = solve(c(0.01, 5)))
}

simulated <- function(a) {
  group <- rep(1:0, c(a$n_x, a$n_y))
  rates <- rep(c(a$hazard_x, a$hazard_y), c(a$n_x, a$n_y))
  hits <- replicate(a$draws, {
    death <- rexp(length(group), rates)
    end <- a$follow_up + a$accrual * runif(length(group))
    chisq <- survdiff(Surv(pmin(death, end), death <= end) ~ group)$chisq
    pchisq(chisq, 1, lower.tail = FALSE) <= a$alpha
  })
  list(power = mean(hits), standard_error = sd(hits) / sqrt(a$draws))
}

answers <- list(
  power_prop = power_prop, power_prop_n = power_prop_n, survival_events = survival_events,
  survival_n_rpact = survival_n, exact_power = exact_power,
  exact_sample_size = exact_sample_size, detectable_risk = detectable_risk, noether = noether,
  grades = grades, grades_sample_size = grades_sample_size, shift = shift,
  design_chances = design_chances, detectable_hazard = detectable_hazard,
  simulated_logrank = simulated
)

set.seed(11)
answer_each_case(
  "design", c("stats", "survival"), function(case) answers[[case$`function`]](case$args),
  paste(
    "Base R power.prop.test; exact power by listing all tables; formulas; integrate and uniroot.",
    "pwr and rpact are not needed: the answers of rpact are those of the formula here."
  ),
  seed = 11
)

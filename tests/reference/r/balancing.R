# Balancing weights, entropy balancing, effective sizes and what is left of imbalance.
source("common.R")
source("weighting.R")

SEED <- 20261204
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")

# Cut at percentiles: of everybody, or of the group whose weights are not all 1.
cut_at <- function(w, among, share) {
  ends <- quantile(w[among], c(share, 1 - share), names = FALSE)
  ifelse(among, pmin(pmax(w, ends[1]), ends[2]), w)
}

weighted_variance <- function(x, w) {
  m <- sum(w * x) / sum(w)
  sum(w) * sum(w * (x - m)^2) / (sum(w)^2 - sum(w^2))
}

difference <- function(x, treated, w) {
  spread <- sqrt((var(x[treated == 1]) + var(x[treated == 0])) / 2)
  (weighted.mean(x[treated == 1], w[treated == 1]) -
    weighted.mean(x[treated == 0], w[treated == 0])) / spread
}

ratio <- function(x, treated, w) {
  weighted_variance(x[treated == 1], w[treated == 1]) /
    weighted_variance(x[treated == 0], w[treated == 0])
}

# Balance to rounding has no digits to compare.
rounding_is_0 <- function(values) ifelse(abs(values) < 1e-9, 0, values)

described <- function(w, data) {
  columns <- asplit(data$x, 2)
  list(
    head = many(head(w, 12)), last = many(tail(w, 12)),
    sum = groups_of(w, data$treated, sum), ess = groups_of(w, data$treated, effective),
    largest_share = groups_of(w, data$treated, function(v) max(v) / sum(v)),
    after = many(rounding_is_0(vapply(columns, difference, 0, treated = data$treated, w = w))),
    variance_ratio = many(vapply(columns, ratio, 0, treated = data$treated, w = w))
  )
}

# Minimum of the dual by optim, then the balance itself solved with a differenced slope. Nothing
# where the target is out of reach, or on the edge of what can be reached: there is no minimum.
entropy <- function(data, aim) {
  target <- colMeans(data$x[data$treated == aim, , drop = FALSE])
  away <- sweep(data$x[data$treated != aim, , drop = FALSE], 2, target)
  away <- sweep(away, 2, apply(data$x, 2, sd), "/")
  part <- function(b) {
    power <- as.vector(away %*% b)
    exp(power - max(power)) / sum(exp(power - max(power)))
  }
  dual <- function(b) {
    power <- as.vector(away %*% b)
    max(power) + log(sum(exp(power - max(power))))
  }
  left <- function(b) colSums(part(b) * away)
  b <- optim(rep(0, ncol(away)), dual, left, method = "BFGS", control = list(reltol = 1e-15))$par
  if (max(part(b)) > 0.999 || max(abs(left(b))) > 1e-2 || min(part(b)) < 1e-12) return(NULL)
  for (round in 1:100) {
    if (max(abs(left(b))) < 1e-15) break
    slope <- vapply(seq_along(b), function(k) {
      step <- replace(rep(0, length(b)), k, 1e-5)
      (left(b + step) - left(b - step)) / 2e-5
    }, b)
    step <- solve(slope, left(b))
    while (max(abs(step)) > 1e-14 && sum(left(b - step)^2) > sum(left(b)^2)) step <- step / 2
    b <- b - step
  }
  stopifnot(max(abs(left(b))) < 1e-14)
  w <- rep(1, length(data$treated))
  w[data$treated != aim] <- part(b) * sum(data$treated == aim)
  w
}

hedges <- function(df) exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2)

before <- function(x, treated) {
  d <- difference(x, treated, rep(1, length(x)))
  sizes <- c(sum(treated == 1), sum(treated == 0))
  margin <- function(d) qnorm(0.975) * sqrt(sum(1 / sizes) + d^2 / (2 * sum(sizes)))
  g <- d * hedges(sum(sizes) - 2)
  list(
    estimate = d, low = d - margin(d), high = d + margin(d), corrected = g,
    corrected_low = g - margin(g), corrected_high = g + margin(g),
    variance_ratio = var(x[treated == 1]) / var(x[treated == 0])
  )
}

answer <- function(data) {
  treated <- data$treated
  weights <- raw_weights(fitted(propensity(data)), treated)
  weights$everybody_cut <- cut_at(weights$everybody, rep(TRUE, length(treated)), 0.05)
  weights$treated_cut <- cut_at(weights$treated, treated == 0, 0.05)
  weights$untreated_cut <- cut_at(weights$untreated, treated == 1, 0.1)
  weights$entropy_treated <- entropy(data, 1)
  weights$entropy_untreated <- entropy(data, 0)
  list(
    n = length(treated),
    before = lapply(asplit(data$x, 2), before, treated = treated),
    weights = lapply(Filter(Negate(is.null), weights), described, data = data)
  )
}

why <- "closed forms; scores and the entropy are iterated to rounding on either side"

on_dataset <- function(name) {
  list(
    case = list(
      id = paste0(name, "/regression/006"), "function" = "smd_weighted", dataset = name,
      args = arguments_of(name), rtol = 1e-8, why_rtol = why
    ),
    answer = answer(of_dataset(name))
  )
}

drawn <- function(i) {
  repeat {
    data <- small_groups()
    if (min(table(factor(data$treated, 0:1), factor(data$x[, "mark"], 0:1))) > 0) break
  }
  list(
    case = list(
      id = sprintf("balancing/small/%02d", i), "function" = "smd_weighted",
      input = list(treated = many(data$treated), covariates = rows(data$x)), rtol = 1e-8,
      why_rtol = why
    ),
    answer = answer(data)
  )
}

found <- c(lapply(names(WEIGHTED), on_dataset), lapply(1:10, drawn))
print_answers(
  "balancing", "stats", lapply(found, `[[`, "answer"),
  paste(
    "Weights from glm, percentiles by quantile type 7, entropy balancing by optim.",
    "In each pair the untreated come first; differences are treated less untreated."
  ),
  seed = SEED, cases = lapply(found, `[[`, "case")
)

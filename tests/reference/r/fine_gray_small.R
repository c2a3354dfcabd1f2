# Sixty small sets with many ties, 17 patients against 11: Fine-Gray model (cmprsk::crr).
#
# The sets are drawn here, from one seed, so that the golden file can be made anew from nothing.
source("common.R")
suppressPackageStartupMessages(library(cmprsk))

SEED <- 19990607
SIZES <- c(17, 11)
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")

# Days on a grid, and causes 0 (none), 1, 2 with these chances in the first and the second arm.
draw <- function(days, first, second) {
  cause <- function(size, chances) sample(0:2, size, replace = TRUE, prob = chances)
  list(
    time = sample(days, sum(SIZES), replace = TRUE),
    cause = c(cause(SIZES[1], first), cause(SIZES[2], second)),
    arm = rep(0:1, SIZES),
    age = sample(20:70, sum(SIZES), replace = TRUE)
  )
}

# The second arm is followed for a shorter time.
cut_short <- function(set, last) {
  beyond <- set$arm == 1 & set$time > last
  set$cause[beyond] <- 0
  set$time[beyond] <- last
  set
}

ARM <- "arm"
BOTH <- c("arm", "age")

# Number of sets, covariates, whether censoring is estimated by arm, and how a set is drawn.
kinds <- list(
  "days on a grid, arm" = list(8, ARM, FALSE, function() draw(1:12, c(4, 4, 2), c(4, 2, 4))),
  "days on a grid, arm and age" = list(
    8, BOTH, FALSE, function() draw(1:12, c(4, 4, 2), c(4, 2, 4))
  ),
  "three visits" = list(6, BOTH, FALSE, function() draw(1:3, c(4, 3, 3), c(3, 5, 2))),
  "first arm without a competing event" = list(
    7, ARM, FALSE, function() draw(1:8, c(4, 6, 0), c(4, 3, 3))
  ),
  "second arm without a competing event, censoring by arm" = list(
    4, BOTH, TRUE, function() draw(1:8, c(4, 3, 3), c(4, 6, 0))
  ),
  "second arm without the event of interest" = list(
    5, BOTH, FALSE, function() draw(1:8, c(4, 3, 3), c(5, 0, 5))
  ),
  "second arm followed for a shorter time, censoring by arm" = list(
    8, BOTH, TRUE, function() cut_short(draw(1:10, c(4, 3, 3), c(4, 3, 3)), last = 6)
  ),
  "second arm followed for a shorter time" = list(
    4, ARM, FALSE, function() cut_short(draw(1:10, c(4, 3, 3), c(4, 3, 3)), last = 6)
  ),
  "rows at time 0" = list(6, BOTH, FALSE, function() draw(0:6, c(4, 3, 3), c(4, 3, 3))),
  "nobody censored" = list(4, BOTH, FALSE, function() draw(1:6, c(0, 6, 4), c(0, 4, 6)))
)

PROFILES <- list(arm = rbind(0, 1), both = rbind(c(0, 30), c(1, 60)))

# crr is iterated to a moderate tolerance, which its search along the step can always reach; one
# Newton step more, from its own score and information, then leaves rounding only.
model <- function(set, start, steps, gtol = 1e-7) {
  x <- do.call(cbind, set[set$covariates])
  given <- list(set$time, set$cause, x, init = start, maxiter = steps, gtol = gtol)
  if (set$by_arm) given$cengroup <- set$arm
  suppressWarnings(do.call(crr, given))
}

# The likelihood has no maximum if all events of interest are in one arm: then crr ends on the way
# up, where only the log-likelihood, and coefficient and standard error of age, mean something.
answer <- function(set) {
  shape <- if (length(unique(set$arm[set$cause == 1])) < 2) "monotone" else "finite"
  rough <- model(set, rep(0, length(set$covariates)), 40)
  if (shape == "monotone") {
    rough <- model(set, rep(0, length(set$covariates)), 60, gtol = 1e-10)
    return(list(
      likelihood = shape,
      arm = if (all(set$arm[set$cause == 1] == 0)) "-Inf" else "Inf",
      age = many(rough$coef[-1]),
      se_age = many(sqrt(diag(rough$var))[-1]),
      loglik = rough$loglik,
      loglik_null = rough$loglik.null
    ))
  }
  fit <- model(set, rough$coef + solve(rough$inf, rough$score), 0)
  profiles <- if (length(set$covariates) == 1) PROFILES$arm else PROFILES$both
  list(
    likelihood = shape,
    coef = many(fit$coef),
    se = many(sqrt(diag(fit$var))),
    var = rows(fit$var),
    inf = rows(fit$inf),
    loglik = fit$loglik,
    loglik_null = fit$loglik.null,
    z = many(fit$coef / sqrt(diag(fit$var))),
    res = rows(as.matrix(fit$res)),
    time = many(fit$uftime),
    jump = many(fit$bfitj),
    predicted = rows(t(unclass(predict(fit, profiles))[, -1, drop = FALSE]))
  )
}

sets <- unlist(unname(Map(function(name, kind) {
  lapply(seq_len(kind[[1]]), function(number) {
    c(list(kind = name, covariates = kind[[2]], by_arm = kind[[3]]), kind[[4]]())
  })
}, names(kinds), kinds)), recursive = FALSE)

cases <- lapply(seq_along(sets), function(number) {
  set <- sets[[number]]
  list(
    id = sprintf("fine_gray/small/%02d", number),
    kind = set$kind,
    covariates = as.list(set$covariates),
    censoring_by_arm = set$by_arm,
    input = list(
      time = many(set$time), cause = many(set$cause), arm = many(set$arm), age = many(set$age)
    ),
    profiles = rows(if (length(set$covariates) == 1) PROFILES$arm else PROFILES$both),
    call = "crr(time, cause, cbind(...), cengroup = arm or none), predict(fit, profiles)",
    rtol = 1e-9,
    why_rtol = "iterated, then one Newton step more; R prints 15 digits"
  )
})

print_answers(
  "fine_gray_small", "cmprsk", lapply(sets, answer),
  paste(
    "17 patients against 11. coef to predicted only where the likelihood has a maximum; predicted",
    "is by profile at each time of an event of interest."
  ),
  seed = SEED, cases = cases
)

# What logistic.R and poisson.R share: glm iterated to the end, tests, sandwich, and profile limits
# found by holding one coefficient (as an offset) and solving for the deviance.

control <- glm.control(epsilon = 1e-14, maxit = 300)
width <- qnorm(0.975)

refit <- function(x, y, family, weight, offset) {
  if (ncol(x) == 0) {
    eta <- offset
    return(list(deviance = sum(family$dev.resids(y, family$linkinv(eta), weight))))
  }
  suppressWarnings(glm.fit(x, y, weights = weight, offset = offset, family = family, control = control))
}

# Rise of the deviance above its minimum where coefficient j has this value.
rise <- function(model, j, value) {
  rest <- model$x[, -j, drop = FALSE]
  held <- refit(rest, model$y, model$family, model$weight, model$offset + value * model$x[, j])
  held$deviance - model$lowest
}

profile_limit <- function(model, j, inside, step) {
  target <- width^2
  outside <- inside + step
  while (rise(model, j, outside) < target) {
    inside <- outside
    step <- 2 * step
    outside <- inside + step
  }
  uniroot(
    function(value) rise(model, j, value) - target, sort(c(inside, outside)),
    tol = 1e-13 * max(1, abs(outside)), maxiter = 1000
  )$root
}

# Sandwich of the scores, of patients or summed over clusters; and the factor of HC1.
sandwich_errors <- function(model, fit, cluster) {
  mean <- fit$fitted.values
  information <- crossprod(model$x * sqrt(model$weight * model$family$variance(mean)))
  scores <- model$x * (model$weight * (model$y - mean))
  n <- nrow(model$x)
  q <- ncol(model$x)
  factor <- n / (n - q)
  if (!is.null(cluster)) {
    scores <- rowsum(scores, cluster)
    m <- nrow(scores)
    factor <- m / (m - 1) * (n - 1) / (n - q)
  }
  bread <- solve(information)
  hc0 <- bread %*% crossprod(scores) %*% bread
  list(HC0 = many(sqrt(diag(hc0))), HC1 = many(sqrt(diag(hc0) * factor)))
}

score_test <- function(model) {
  null <- refit(model$x[, 1, drop = FALSE], model$y, model$family, model$weight, model$offset)
  mean <- null$fitted.values
  pull <- crossprod(model$x, model$weight * (model$y - mean))
  information <- crossprod(model$x * sqrt(model$weight * model$family$variance(mean)))
  one(drop(crossprod(pull, solve(information, pull))))
}

chi_squared <- function(statistic, df) {
  list(stat = one(statistic), df = df, p = pchisq(one(statistic), df, lower.tail = FALSE))
}

# A likelihood without a maximum shows by fitted values at the edge.
endless <- function(model, fit) {
  mean <- fit$fitted.values
  edge <- if (model$family$family == "binomial") pmin(mean, 1 - mean) else mean
  any(edge < 1e-8 & model$weight > 0)
}

described <- function(y, x, family, weight = NULL, offset = NULL, cluster = NULL, sides = NULL) {
  n <- length(y)
  model <- list(
    x = cbind("(Intercept)" = 1, x), y = y, family = family,
    weight = if (is.null(weight)) rep(1, n) else weight,
    offset = if (is.null(offset)) rep(0, n) else offset
  )
  fit <- refit(model$x, y, family, model$weight, model$offset)
  model$lowest <- fit$deviance
  null <- refit(model$x[, 1, drop = FALSE], y, family, model$weight, model$offset)
  p <- ncol(x)
  log_likelihood <- function(fit) {
    mean <- fit$fitted.values
    each <- if (family$family == "binomial") dbinom(y, 1, mean, log = TRUE) else dpois(y, mean, log = TRUE)
    sum(model$weight * each)
  }
  found <- list(
    endless = endless(model, fit),
    n = n,
    deviance = one(fit$deviance),
    deviance_null = one(null$deviance),
    loglik = one(log_likelihood(fit)),
    loglik_null = one(log_likelihood(null)),
    lr = chi_squared(null$deviance - fit$deviance, p),
    score = chi_squared(score_test(model), p)
  )
  if (found$endless) {
    # sides: for each coefficient, -1 or 1 for the side on which its limit is finite, else 0
    found$limit <- lapply(seq_along(sides), function(j) {
      if (sides[[j]] == 0) NA else one(profile_limit(model, j, -4 * sides[[j]], sides[[j]]))
    })
    return(found)
  }
  mean <- fit$fitted.values
  covariance <- solve(crossprod(model$x * sqrt(model$weight * family$variance(mean))))
  error <- sqrt(diag(covariance))
  slope <- fit$coefficients[-1]
  c(found, list(
    coef = many(fit$coefficients),
    se = many(error),
    var = rows(covariance),
    wald = chi_squared(drop(slope %*% solve(covariance[-1, -1, drop = FALSE], slope)), p),
    robust = sandwich_errors(model, fit, cluster),
    lower = lapply(seq_along(error), function(j) one(profile_limit(model, j, fit$coefficients[[j]], -2 * error[[j]]))),
    upper = lapply(seq_along(error), function(j) one(profile_limit(model, j, fit$coefficients[[j]], 2 * error[[j]]))),
    lr_p = lapply(seq_along(error), function(j) pchisq(rise(model, j, 0), 1, lower.tail = FALSE)),
    fitted = many(head(mean, 5))
  ))
}

# Two arms of 17 and 11, with an age.
arms <- function() {
  list(group = rep(0:1, c(17, 11)), age = sample(c(31, 44, 48, 52, 55, 60, 67), 28, replace = TRUE))
}

why <- paste(
  "glm iterated to a relative change of the deviance of 1e-14; coefficients in units of their",
  "standard error; limits by uniroot on refits"
)

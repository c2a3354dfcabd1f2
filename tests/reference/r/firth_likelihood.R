# Penalised likelihood of Firth, straight from its definition: what firth.R and firth_small.R share.
#
# A model is a function of the coefficients that returns the log-likelihood, its first derivative,
# the information and the derivatives of the information.

# One row for each event: who is at risk, less the share of the tied events that Efron takes off.
cox_model <- function(time, event, x, ties, entry = NULL) {
  if (is.null(entry)) entry <- rep(-1, length(time))
  rows <- list()
  for (at in sort(unique(time[event == 1]))) {
    here <- as.numeric(time >= at & entry < at)
    tied <- time == at & event == 1
    for (k in seq_len(sum(tied))) {
      taken <- if (ties == "efron") (k - 1) / sum(tied) else 0
      rows[[length(rows) + 1]] <- here - taken * tied
    }
  }
  presence <- do.call(rbind, rows)
  x <- sweep(x, 2, colMeans(x))
  observed <- colSums(x[event == 1, , drop = FALSE])
  p <- ncol(x)
  pairs <- x[, rep(seq_len(p), p), drop = FALSE] * x[, rep(seq_len(p), each = p), drop = FALSE]
  function(b) {
    eta <- as.vector(x %*% b)
    top <- max(eta)
    share <- sweep(presence, 2, exp(eta - top), "*")
    total <- rowSums(share)
    share <- share / total
    mean <- share %*% x
    second <- share %*% pairs
    everyone <- colSums(share)
    information <- crossprod(x, everyone * x) - crossprod(mean)
    slopes <- lapply(seq_len(p), function(r) {
      # sums over the events of E(jkr) - E(jk) E(r) - E(jr) E(k) - E(kr) E(j) + 2 E(j) E(k) E(r)
      with_r <- second[, (r - 1) * p + seq_len(p), drop = FALSE]
      across <- crossprod(with_r, mean)
      crossprod(x, everyone * x[, r] * x) - matrix(colSums(second * mean[, r]), p) -
        across - t(across) + 2 * crossprod(mean, mean[, r] * mean)
    })
    list(
      value = sum(observed * b) - sum(log(total)) - top * length(total),
      score = observed - colSums(mean),
      information = information,
      slopes = slopes
    )
  }
}

logistic_model <- function(event, x) {
  design <- cbind(1, x)
  function(b) {
    eta <- as.vector(design %*% b)
    chance <- plogis(eta)
    weight <- chance * plogis(-eta)
    list(
      value = sum(plogis(ifelse(event == 1, eta, -eta), log.p = TRUE)),
      score = colSums((event - chance) * design),
      information = crossprod(design, weight * design),
      slopes = lapply(seq_along(b), function(r) {
        crossprod(design, weight * (1 - 2 * chance) * design[, r] * design)
      })
    )
  }
}

penalised <- function(model, b) {
  found <- model(b)
  inverse <- solve(found$information)
  found$value_penalised <- found$value + as.numeric(determinant(found$information)$modulus) / 2
  found$score_penalised <- found$score +
    vapply(found$slopes, function(slope) sum(inverse * slope) / 2, 0)
  found
}

# Scoring with halved steps comes near, then Newton steps with the score differenced numerically
# leave rounding; the coefficients not free stay.
ascend <- function(model, b, free) {
  now <- penalised(model, b)
  if (!length(free)) return(c(now, list(b = b)))
  for (round in 1:500) {
    step <- rep(0, length(b))
    step[free] <- solve(now$information[free, free], now$score_penalised[free])
    if (sum(step * (now$information %*% step)) < 1e-6) break
    repeat {
      ahead <- tryCatch(penalised(model, b + step), error = function(e) NULL)
      if (!is.null(ahead) && isTRUE(ahead$value_penalised > now$value_penalised)) break
      step <- step / 2
      if (max(abs(step)) < 1e-15) stop("no way up")
    }
    b <- b + step
    now <- ahead
  }
  width <- 1e-4 / sqrt(diag(now$information))
  for (round in 1:20) {
    bend <- vapply(free, function(k) {
      away <- replace(rep(0, length(b)), k, width[k])
      (penalised(model, b - away)$score_penalised - penalised(model, b + away)$score_penalised)[free] /
        (2 * width[k])
    }, rep(0, length(free)))
    step <- rep(0, length(b))
    step[free] <- solve(bend, now$score_penalised[free])
    b <- b + step
    now <- penalised(model, b)
    if (sum(step * (now$information %*% step)) < 1e-24) break
  }
  c(now, list(b = b))
}

# optim must find nothing higher.
confirm <- function(model, top) {
  scale <- sqrt(diag(solve(top$information)))
  lower <- function(u) -tryCatch(penalised(model, top$b + scale * u)$value_penalised, error = function(e) -1e10)
  for (away in list(rep(0.5, length(scale)), rep(-0.5, length(scale)))) {
    other <- optim(away, lower, method = "BFGS", control = list(reltol = 1e-12))
    if (-other$value > top$value_penalised + 1e-8) stop("optim found a higher maximum")
  }
}

profile_limits <- function(model, top, place, level) {
  target <- top$value_penalised - qchisq(level, 1) / 2
  others <- setdiff(seq_along(top$b), place)
  spread <- sqrt(solve(top$information)[place, place])
  last <- top$b
  excess <- function(u) {
    start <- last
    start[place] <- top$b[place] + u * spread
    held <- ascend(model, start, others)
    last <<- held$b
    held$value_penalised - target
  }
  vapply(c(-1, 1), function(side) {
    last <<- top$b
    far <- side
    while (excess(far) > 0) far <- far + side
    ends <- sort(c(far, if (abs(far) > 1) far - side else 0))
    top$b[place] + spread * uniroot(excess, ends, tol = 1e-13, maxiter = 200)$root
  }, 0)
}

firth <- function(model, names, tested, profiles = TRUE, level = 0.95) {
  p <- length(names)
  zero <- rep(0, p)
  top <- ascend(model, zero, seq_len(p))
  if (profiles) confirm(model, top)
  null <- ascend(model, zero, setdiff(seq_len(p), tested))
  variance <- solve(top$information)
  error <- sqrt(diag(variance))
  ratio <- 2 * (top$value_penalised - null$value_penalised)
  wald <- sum(top$b[tested] * solve(variance[tested, tested], top$b[tested]))
  answer <- list(
    names = as.list(names),
    coef = many(top$b),
    se = many(error),
    var = rows(variance),
    z_p = many(pchisq((top$b / error)^2, 1, lower.tail = FALSE)),
    penalised = top$value_penalised,
    penalised_null = null$value_penalised,
    loglik = top$value,
    ratio = ratio,
    ratio_p = pchisq(ratio, length(tested), lower.tail = FALSE),
    wald = wald,
    wald_p = pchisq(wald, length(tested), lower.tail = FALSE)
  )
  if (!profiles) return(answer)
  limits <- vapply(seq_len(p), function(k) profile_limits(model, top, k, level), c(0, 0))
  falls <- vapply(seq_len(p), function(k) {
    start <- top$b
    start[k] <- 0
    2 * (top$value_penalised - ascend(model, start, setdiff(seq_len(p), k))$value_penalised)
  }, 0)
  c(answer, list(
    low = many(limits[1, ]),
    high = many(limits[2, ]),
    statistic = many(falls),
    p_value = many(pchisq(falls, 1, lower.tail = FALSE))
  ))
}

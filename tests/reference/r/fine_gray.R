# Fine-Gray model (cmprsk::crr): coefficients, sandwich, baseline, prediction, residuals, censoring
# by group; and the same model by weighting (survival::finegray and coxph) beside it.
source("common.R")
suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
})

needed <- function(given) {
  c(given$time, given$code, unlist(given$covariates), given$cengroup)
}

matrix_of <- function(table, given) as.matrix(table[, unlist(given$covariates), drop = FALSE])

# crr stops when its score is small; two Newton steps more, from its own score and information,
# leave rounding only.
fitted <- function(table, given) {
  given_to_crr <- list(
    table[[given$time]], table[[given$code]], matrix_of(table, given), failcode = given$cause,
    gtol = 1e-8
  )
  if (!is.null(given$cengroup)) given_to_crr$cengroup <- table[[given$cengroup]]
  fit <- do.call(crr, given_to_crr)
  for (step in 1:2) {
    closer <- unname(fit$coef + solve(fit$inf, fit$score))
    fit <- do.call(crr, c(given_to_crr, list(init = closer, maxiter = 0)))
  }
  fit
}

quantities <- list(
  crr = function(table, given) {
    fit <- fitted(table, given)
    error <- sqrt(diag(fit$var))
    reach <- qnorm(0.975) * error
    list(
      names = as.list(names(fit$coef)),
      n = fit$n,
      coef = many(fit$coef),
      var = rows(fit$var),
      se = many(error),
      invinf = rows(fit$invinf),
      se_naive = many(sqrt(diag(fit$invinf))),
      shr = many(exp(fit$coef)),
      lower = many(exp(fit$coef - reach)),
      upper = many(exp(fit$coef + reach)),
      p = many(2 * pnorm(-abs(fit$coef / error))),
      loglik = fit$loglik,
      loglik_null = fit$loglik.null,
      converged = fit$converged
    )
  },
  crr_baseline = function(table, given) {
    fit <- fitted(table, given)
    list(time = many(fit$uftime), jump = many(fit$bfitj))
  },
  crr_predict = function(table, given) {
    curves <- predict(fitted(table, given), do.call(rbind, lapply(given$newdata, numbers)))
    curves <- rbind(0, unclass(curves))
    at <- findInterval(numbers(given$times), curves[, 1])
    rows(t(curves[at, -1, drop = FALSE]))
  },
  crr_residuals = function(table, given) rows(fitted(table, given)$res),
  crr_cengroup = function(table, given) {
    fit <- fitted(table, given)
    list(coef = many(fit$coef), se = many(sqrt(diag(fit$var))), loglik = fit$loglik)
  },
  finegray = function(table, given) {
    table$state <- factor(table[[given$code]], 0:2, c("none", "one", "two"))
    table$patient <- seq_len(nrow(table))
    covariates <- unlist(given$covariates)
    outcome <- sprintf("Surv(%s, state)", given$time)
    weighted <- finegray(
      reformulate(c(covariates, "patient"), outcome), data = table,
      etype = c("one", "two")[given$cause]
    )
    fit <- suppressWarnings(coxph(
      reformulate(covariates, "Surv(fgstart, fgstop, fgstatus)"), weighted, weights = fgwt,
      cluster = patient, ties = given$ties, control = coxph.control(eps = 1e-12, iter.max = 100)
    ))
    list(
      coef = many(fit$coefficients),
      naive_se = many(sqrt(diag(fit$naive.var))),
      robust_se = many(sqrt(diag(fit$var))),
      loglik = many(fit$loglik),
      n_rows = nrow(weighted)
    )
  }
)

answer_each_case(
  "fine_gray", c("survival", "cmprsk"),
  function(case) {
    given <- case$args
    table <- complete_rows(paste0(case$dataset, ".csv"), needed(given))
    quantities[[case$`function`]](table, given)
  },
  paste(
    "Complete cases on the columns named in args. bmt_km is bmt of R package KMsurv, bmt28 17 v 11",
    "evenly spaced rows of it; mgus2 is of R package survival."
  )
)

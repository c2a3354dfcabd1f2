# What a Cox model predicts (survival package): hazards, survival, linear predictors; and how models
# compare: nested likelihoods, information criteria.
source("common.R")
source("coxph.R")

FIRST <- 10

baseline <- function(case, fit, table) {
  hazard <- basehaz(fit, centered = case$args$centered)
  list(time = many(hazard$time), cumhaz = many(hazard$hazard))
}

curves_at <- function(fit, profiles, times, type) {
  curve <- survfit(fit, newdata = profiles, conf.type = type)
  at <- summary(curve, times = times)
  by_profile <- function(values) rows(t(as.matrix(values)))
  list(
    surv = by_profile(at$surv), se = by_profile(at$std.err), lower = by_profile(at$lower),
    upper = by_profile(at$upper), cumhaz = by_profile(at$cumhaz)
  )
}

survival_of <- function(case, fit, table) {
  profiles <- as.data.frame(do.call(rbind, lapply(case$args$newdata, numbers)))
  names(profiles) <- unlist(case$args$covariates)
  answer <- curves_at(fit, profiles, numbers(case$args$times), case$args$conf_type)
  answer[names(case$expected)]
}

predictor <- function(case, fit, table) {
  zero <- predict(fit, type = "lp", reference = "zero", se.fit = TRUE)
  list(
    lp_zero = many(head(zero$fit, FIRST)),
    se = many(head(zero$se.fit, FIRST)),
    lp_centered = many(head(predict(fit, type = "lp"), FIRST)),
    expected = many(head(predict(fit, type = "expected"), FIRST))
  )
}

nested <- function(case, fit, table) {
  covariates <- setdiff(unlist(case$args$covariates), case$args$dropped)
  smaller <- case_fit(case, table, covariates)
  test <- anova(smaller, fit)
  list(
    loglik0 = test$loglik[1], loglik1 = test$loglik[2], chisq = test$Chisq[2], df = test$Df[2],
    p = test[["Pr(>|Chi|)"]][2]
  )
}

criteria <- function(case, fit, table) {
  list(aic = AIC(fit), bic_nevent = BIC(fit), df = length(coef(fit)))
}

adjusted <- function(case, fit, table) {
  times <- numbers(case$args$times)
  lapply(case$expected, function(answer) {
    everybody <- table[, unlist(case$args$covariates), drop = FALSE]
    everybody[[case$args$exposure]] <- answer$level
    each <- summary(survfit(fit, newdata = everybody), times = times)$surv
    list(level = answer$level, surv = many(rowMeans(each)))
  })
}

ANSWERS <- list(
  cox_basehaz = baseline, cox_predict_surv = survival_of, cox_predict_lp = predictor,
  cox_lr_nested = nested, cox_aic = criteria, cox_adjusted_surv = adjusted
)

predicted <- function(case) {
  table <- case_rows(case)
  ANSWERS[[case$`function`]](case, case_fit(case, table), table)
}

answer_each_case(
  "cox_prediction", "survival", predicted, "Complete cases on the columns named in args."
)

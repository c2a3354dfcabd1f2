# Log-rank test (survival package).
source("common.R")
suppressPackageStartupMessages(library(survival))

logrank <- function(case) {
  given <- case$args
  table <- complete_rows(paste0(case$dataset, ".csv"), c(given$time, given$event, given$group))
  group <- factor(table[[given$group]])
  test <- survdiff(Surv(table[[given$time]], table[[given$event]]) ~ group, rho = given$rho)
  df <- sum(test$exp > 0) - 1
  tail <- function(log) if (df > 0) pchisq(test$chisq, df, lower.tail = FALSE, log.p = log) else NA
  list(
    levels = as.list(levels(group)),
    n = many(test$n),
    observed = many(test$obs),
    expected = many(test$exp),
    var = rows(test$var),
    chisq = one(test$chisq),
    df = df,
    p = tail(FALSE),
    log_p = tail(TRUE)
  )
}

answer_each_case(
  "logrank", "survival", logrank,
  "Complete cases on the columns named in args; levels in sorted order."
)

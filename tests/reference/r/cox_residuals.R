# Residuals of the Cox model (survival package), in the order of the rows, or of the event times.
source("common.R")
source("coxph.R")

residuals_of <- function(case) {
  table <- case_rows(case)
  fit <- case_fit(case, table)
  first <- case$args$rows
  head_of <- function(type) {
    values <- residuals(fit, type)
    if (is.matrix(values)) rows(head(values, first)) else many(head(values, first))
  }
  kinds <- c("martingale", "deviance", "score", "dfbeta", "dfbetas", "schoenfeld", "scaledsch")
  lapply(setNames(kinds, kinds), head_of)
}

answer_each_case(
  "cox_residuals", "survival", residuals_of,
  "Complete cases on the columns named in args; the first rows."
)

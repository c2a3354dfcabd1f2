# Test of proportional hazards (survival package): the score test of version 3 and later.
source("common.R")
source("coxph.R")

zph <- function(case) {
  table <- cox.zph(case_fit(case, case_rows(case)), transform = case$args$transform)$table
  list(
    names = as.list(rownames(table)),
    chisq = many(table[, "chisq"]),
    df = many(table[, "df"]),
    p = many(table[, "p"])
  )
}

answer_each_case("cox_zph", "survival", zph, "Complete cases on the columns named in args.")

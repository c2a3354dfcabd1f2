# Concordance of the linear predictor of a Cox model (survival package).
source("common.R")
source("coxph.R")

concordant <- function(case) {
  fit <- case_fit(case, case_rows(case))
  found <- concordance(fit, timewt = case$args$timewt)
  counts <- if (is.matrix(found$count)) colSums(found$count) else found$count
  list(
    concordance = one(found$concordance),
    var = one(found$var),
    se = sqrt(one(found$var)),
    counts = lapply(as.list(counts), one)
  )
}

answer_each_case("concordance", "survival", concordant, "Complete cases on the columns named in args.")

# Cumulative hazards with their standard errors (survival package, survfit with ctype 1 and 2).
source("common.R")
source("curves.R")

of_dataset <- function(given, dataset) {
  sample <- sample_of(paste0(dataset, ".csv"), given$time, given$event, given$group)
  describe_curve(
    kaplan_meier(sample$time, sample$event, sample$group, stype = 2, ctype = given$ctype)
  )
}

# Patients written out in the case, who may enter late and have weights.
of_rows <- function(given) {
  columns <- lapply(given[c("entry", "time", "event", "weight")], numbers)
  fit <- survfit(
    Surv(columns$entry, columns$time, columns$event) ~ 1,
    weights = columns$weight, stype = 2, ctype = given$ctype, robust = FALSE
  )
  attr(fit, "levels") <- "all"
  describe_curve(fit)
}

answer_each_case(
  "nelson_aalen", "survival",
  function(case) {
    if (is.null(case$dataset)) of_rows(case$args) else of_dataset(case$args, case$dataset)
  },
  "Complete cases on the columns named in args. null is R's NA. group null is one sample."
)

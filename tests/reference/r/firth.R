# Cox model and logistic regression with Firth's penalty, on the shared data sets.
source("common.R")
source("firth_likelihood.R")

data_of <- function(case, columns) {
  if (!is.null(case$args$data)) return(as.data.frame(lapply(case$args$data, numbers)))
  complete_rows(paste0(case$dataset, ".csv"), columns)
}

# The profiles of the largest data set are left out.
answer <- function(case) {
  given <- case$args
  covariates <- unlist(given$covariates)
  table <- data_of(case, c(given$time, given$event, given$outcome, covariates))
  x <- as.matrix(table[, covariates, drop = FALSE])
  profiles <- case$dataset != "mgus2"
  if (case$`function` == "firth_cox") {
    model <- cox_model(table[[given$time]], table[[given$event]], x, given$ties)
    fit <- firth(model, covariates, seq_along(covariates), profiles)
    return(c(list(n = nrow(x), n_event = sum(table[[given$event]])), fit))
  }
  model <- logistic_model(table[[given$outcome]], x)
  names <- c("intercept", covariates)
  c(list(n = nrow(x)), firth(model, names, seq_along(names)[-1], profiles))
}

answer_each_case("firth", "jsonlite", answer, paste(
  "Complete cases on the columns named in args. Standard errors without the penalty; tests keep",
  "the whole penalty."
))

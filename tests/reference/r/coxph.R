# What the scripts on the Cox model share: the rows of a case, and its fit.
suppressPackageStartupMessages(library(survival))

# The complete rows of a case, with the weights of the case (of the row in the whole file) as `w`.
case_rows <- function(case) {
  given <- case$args
  cluster <- if (identical(given[["cluster"]], "row")) NULL else given[["cluster"]]
  columns <- c("time", "start", "stop", "event", "covariates", "strata", "complete_case_on")
  needed <- c(unlist(given[intersect(columns, names(given))]), cluster)
  file <- paste0(case$dataset, ".csv")
  table <- read.csv(file.path("..", "data", file), na.strings = c("NA", ""))
  row <- seq_len(nrow(table))
  table$w <- if (is.null(given[["weights"]])) 1 else eval(parse(text = given[["weights"]]))
  table[complete.cases(table[, needed, drop = FALSE]), , drop = FALSE]
}

# The fit, iterated until the log-likelihood gains less than 1e-12 of itself.
case_fit <- function(case, table, covariates = unlist(case$args$covariates)) {
  given <- case$args
  times <- if (is.null(given[["start"]])) given[["time"]] else c(given[["start"]], given[["stop"]])
  left <- sprintf("Surv(%s)", paste(c(times, given[["event"]]), collapse = ", "))
  right <- c(covariates, if (!is.null(given[["strata"]])) sprintf("strata(%s)", given[["strata"]]))
  rest <- list(
    formula = reformulate(right, left), data = table, ties = given[["ties"]], x = TRUE,
    model = TRUE,
    control = coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 100)
  )
  if (!is.null(given[["weights"]])) rest$weights <- table$w
  by_row <- isTRUE(given[["robust"]]) || identical(given[["cluster"]], "row")
  if (by_row) rest$cluster <- seq_len(nrow(table))
  if (!by_row && !is.null(given[["cluster"]])) rest$cluster <- table[[given[["cluster"]]]]
  do.call(coxph, rest)
}

# Time one regression in R: `Rscript regressions.R METHOD FOLDER PLACE ...` prints a line of JSON
# for each PLACE, as regression_rivals.py does.
suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
  library(jsonlite)
})
given <- commandArgs(trailingOnly = TRUE)
method <- given[1]
folder <- given[2]
budget <- 3
say <- function(answer) {
  cat(toJSON(answer, auto_unbox = TRUE, digits = NA), "\n", sep = "")
  flush(stdout())
}
say(list(version = paste0(R.version$major, ".", R.version$minor, " (survival ",
                          packageVersion("survival"), ", cmprsk ", packageVersion("cmprsk"), ")")))
best <- function(call) {
  shortest <- system.time(call())[["elapsed"]]
  if (shortest > budget) return(shortest)
  repeats <- if (shortest < 0.05) 50 else 1 # the clock counts in milliseconds
  spent <- 0
  for (run in 1:5) {
    taken <- system.time(for (once in seq_len(repeats)) call())[["elapsed"]] / repeats
    shortest <- min(shortest, taken)
    spent <- spent + taken * repeats
    if (spent > budget) break
  }
  shortest
}
for (place in given[-(1:2)]) {
  size <- as.integer(strsplit(readLines(file.path(folder, place, "shape.txt")), " ")[[1]])
  part <- function(name, count) readBin(file.path(folder, place, paste0(name, ".bin")), "double", count)
  time <- part("time", size[1]); event <- part("event", size[1]); cause <- part("cause", size[1])
  x <- matrix(part("x", size[1] * size[2]), size[1])
  fit <- NULL
  call <- if (method == "cox") function() {
    fit <<- coxph(Surv(time, event) ~ x, ties = "efron")
  } else function() {
    fit <<- crr(time, cause, x)
  }
  taken <- best(call)
  error <- sqrt(diag(fit$var))
  say(list(place = place, seconds = taken, coefficient = unname(fit$coef), std_error = unname(error)))
}

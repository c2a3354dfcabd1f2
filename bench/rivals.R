# Time the same calls in R: `Rscript rivals.R FOLDER` prints JSON, as rivals.py does.
suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
  library(jsonlite)
})
options(digits = 15)
folder <- commandArgs(trailingOnly = TRUE)[1]
budget <- 3
best <- function(call) {
  shortest <- Inf
  spent <- 0
  first <- system.time(call())[["elapsed"]]
  if (first > budget) return(first)
  repeats <- if (first < 0.05) 50 else 1 # the clock counts in milliseconds
  for (run in 1:5) {
    taken <- system.time(for (once in seq_len(repeats)) call())[["elapsed"]] / repeats
    shortest <- min(shortest, taken)
    spent <- spent + taken
    if (spent > budget) break
  }
  shortest
}
seconds <- list()
left_out <- character()
for (place in fromJSON(file.path(folder, "sets.json"))) {
  n <- as.integer(sub(".*-", "", place))
  part <- function(name) readBin(file.path(folder, place, paste0(name, ".bin")), "double", n)
  time <- part("time"); event <- part("event"); cause <- part("cause"); group <- part("group")
  calls <- list(
    kaplan_meier = function() survfit(Surv(time, event) ~ 1, conf.type = "log-log"),
    logrank = function() survdiff(Surv(time, event) ~ group),
    incidence = function() cuminc(time, cause),
    gray = function() cuminc(time, cause, group)
  )
  kind <- sub("-.*", "", place)
  for (method in names(calls)) {
    name <- paste(kind, method)
    if (name %in% left_out) next
    taken <- best(calls[[method]])
    seconds[[paste0(place, "/", method)]] <- taken
    if (taken > 12) left_out <- c(left_out, name)
  }
}
version <- paste0(R.version$major, ".", R.version$minor, " (survival ",
                  packageVersion("survival"), ", cmprsk ", packageVersion("cmprsk"), ")")
cat(toJSON(list(version = version, seconds = seconds), auto_unbox = TRUE, digits = NA), "\n")

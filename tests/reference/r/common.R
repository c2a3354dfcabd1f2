# What the scripts of this folder share: read the cases of a golden file, print answers to them.
#
# Every script is run from this folder (`Rscript proportions.R`), reads the golden file of its own
# name one folder up, and prints one JSON object: how it was made (`_generated`) and, case by case
# and in their order, what R says. compare.py runs them all and compares. Nothing here writes.

suppressPackageStartupMessages(library(jsonlite))
options(digits = 15, warn = 1, stringsAsFactors = FALSE)

# A vector is always an array, of one number too; a matrix is an array of its rows.
many <- function(values) lapply(unname(as.vector(values)), one)
rows <- function(matrix) lapply(seq_len(nrow(matrix)), function(i) many(matrix[i, ]))

# A number as JSON can hold it: infinities by name, and not a number as nothing.
one <- function(value) {
  if (is.numeric(value) && is.infinite(value)) return(if (value > 0) "Inf" else "-Inf")
  if (is.numeric(value) && is.nan(value)) return(NA_real_)
  unname(value)
}

numbers <- function(values) as.numeric(unlist(values))

golden_cases <- function(name) {
  fromJSON(file.path("..", paste0(name, ".json")), simplifyVector = FALSE)$cases
}

# The patients who have a value in each of the named columns.
complete_rows <- function(file, columns) {
  table <- read.csv(file.path("..", "data", file), na.strings = c("NA", ""))
  table[complete.cases(table[, columns, drop = FALSE]), , drop = FALSE]
}

print_answers <- function(name, packages, answers, note, seed = NULL, cases = NULL) {
  versions <- lapply(packages, function(package) as.character(packageVersion(package)))
  head <- list(
    do_not_edit = TRUE,
    script = paste0("tests/reference/r/", name, ".R"),
    r_version = paste(R.version$major, R.version$minor, sep = "."),
    packages = setNames(versions, packages),
    seed = seed,
    note = note
  )
  printed <- list("_generated" = head, answers = answers)
  if (!is.null(cases)) printed$cases <- cases
  cat(toJSON(printed, digits = NA, auto_unbox = TRUE, na = "null", null = "null"), "\n")
}

# The whole of most scripts: answer each case of the golden file of this name.
answer_each_case <- function(name, packages, answer, note, seed = NULL) {
  print_answers(name, packages, lapply(golden_cases(name), answer), note, seed)
}

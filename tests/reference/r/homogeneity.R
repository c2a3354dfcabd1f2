# Zelen's exact test of one odds ratio: the probability of every set of tables with dhyper.
source("common.R")

answer <- function(case) {
  cells <- lapply(case$tables, function(table) as.numeric(unlist(table)))
  informs <- vapply(cells, function(x) {
    all(c(x[1] + x[2], x[3] + x[4], x[1] + x[3], x[2] + x[4]) > 0)
  }, TRUE)
  cells <- cells[informs]
  ranges <- lapply(cells, function(x) max(0, x[1] + x[3] - x[3] - x[4]):min(x[1] + x[2], x[1] + x[3]))
  sets <- as.matrix(expand.grid(ranges))
  first <- vapply(cells, function(x) x[1], 0)
  sets <- sets[rowSums(sets) == sum(first), , drop = FALSE]
  chance <- apply(sets, 1, function(set) sum(mapply(function(at, x) {
    dhyper(at, x[1] + x[2], x[3] + x[4], x[1] + x[3], log = TRUE)
  }, set, cells)))
  mine <- sum(mapply(function(at, x) {
    dhyper(at, x[1] + x[2], x[3] + x[4], x[1] + x[3], log = TRUE)
  }, first, cells))
  weight <- exp(chance - max(chance))
  list(
    p_value = one(sum(weight[chance <= mine + 1e-9]) / sum(weight)),
    smallest_p = one(sum(weight[chance <= min(chance) + 1e-9]) / sum(weight)),
    sets = nrow(sets)
  )
}

answer_each_case("homogeneity", c("jsonlite"), answer,
                 "Sum of the probabilities (dhyper) of the sets with the observed total.")

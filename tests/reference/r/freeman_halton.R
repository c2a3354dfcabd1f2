# Fisher's exact test of tables larger than 2 x 2 (Freeman and Halton).
source("common.R")

by_network <- function(case) {
  table <- do.call(rbind, lapply(case$table, numbers))
  list(p_value = one(fisher.test(table, workspace = 2e7)$p.value))
}

answer_each_case(
  "freeman_halton", "stats", by_network,
  "Fisher's exact test for r x c tables by the network algorithm of R."
)

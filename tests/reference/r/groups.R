# The groups of a case of a test of ranks, and every way to deal its values to them.
# Sourced after common.R; prints nothing itself.

# The two groups of a case: written out, or columns of a data set.
groups_of <- function(case) {
  given <- case$args
  if (is.null(case$dataset)) return(list(x = numbers(given$x), y = numbers(given$y)))
  table <- complete_rows(paste0(case$dataset, ".csv"), c(given$value, given$group))
  values <- split(table[[given$value]], table[[given$group]])
  list(x = values[[as.character(given$first)]], y = values[[as.character(given$second)]])
}

# Values and group codes of a case: written out, or columns of a data set, levels as listed.
sample_of <- function(case) {
  given <- case$args
  if (is.null(case$dataset)) {
    return(list(values = numbers(given$values), group = numbers(given$group)))
  }
  table <- complete_rows(paste0(case$dataset, ".csv"), c(given$value, given$group))
  table <- table[as.character(table[[given$group]]) %in% unlist(given$levels), ]
  codes <- match(as.character(table[[given$group]]), unlist(given$levels)) - 1
  list(values = table[[given$value]], group = codes)
}

# Every way to deal the values to groups of these sizes, by choosing group after group.
every_grouping <- function(group) {
  sizes <- table(group)
  groupings <- list(rep(NA, length(group)))
  for (level in names(sizes)) {
    groupings <- unlist(lapply(groupings, function(done) {
      free <- which(is.na(done))
      lapply(combn(length(free), sizes[[level]], simplify = FALSE), function(chosen) {
        done[free[chosen]] <- as.numeric(level)
        done
      })
    }), recursive = FALSE)
  }
  groupings
}

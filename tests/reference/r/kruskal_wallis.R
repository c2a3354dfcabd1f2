# Kruskal-Wallis test: kruskal.test, and every way to deal the values.
source("common.R")

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

approximated <- function(sample) {
  test <- kruskal.test(sample$values, factor(sample$group))
  list(
    statistic = one(test$statistic), df = one(test$parameter), p_value = one(test$p.value)
  )
}

enumerated <- function(sample) {
  h <- function(group) one(kruskal.test(sample$values, factor(group))$statistic)
  all <- vapply(every_grouping(sample$group), h, 0)
  observed <- h(sample$group)
  list(
    arrangements = length(all),
    statistic = observed,
    p_value = mean(all >= observed - 1e-9),
    smallest_p = mean(all >= max(all) - 1e-9)
  )
}

functions <- list(kruskal = approximated, kruskal_enumerated = enumerated)

answer_each_case(
  "kruskal_wallis", "stats",
  function(case) functions[[case$`function`]](sample_of(case)),
  "kruskal.test, also for the statistic of each arrangement."
)

# Kruskal-Wallis test: kruskal.test, and every way to deal the values.
source("common.R")
source("groups.R")

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

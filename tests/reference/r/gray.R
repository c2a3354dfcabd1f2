# Gray's test (cmprsk), of all groups together, of each pair, and stratified.
source("common.R")
suppressPackageStartupMessages(library(cmprsk))

gray <- function(table, given) {
  cuminc(table[[given$time]], table[[given$cause]], table[[given$group]], rho = given$rho)$Tests
}

all_groups <- function(table, given) {
  tests <- gray(table, given)
  list(
    levels = many(sort(unique(table[[given$group]]))),
    causes = many(as.numeric(rownames(tests))),
    stat = many(tests[, "stat"]),
    df = many(tests[, "df"]),
    p = many(pchisq(tests[, "stat"], tests[, "df"], lower.tail = FALSE))
  )
}

each_pair <- function(table, given) {
  levels <- sort(unique(table[[given$group]]))
  pairs <- combn(levels, 2, simplify = FALSE)
  statistic <- vapply(pairs, function(pair) {
    gray(table[table[[given$group]] %in% pair, ], given)["1", "stat"]
  }, 0)
  list(
    levels = many(levels),
    pairs = lapply(pairs, many),
    cause = 1,
    stat = many(statistic),
    p = many(pchisq(statistic, 1, lower.tail = FALSE))
  )
}

stratified <- function(table, given) {
  tests <- cuminc(
    table[[given$time]], table[[given$cause]], table[[given$group]],
    strata = table[[given$strata]], rho = given$rho
  )$Tests
  list(
    levels = many(sort(unique(table[[given$group]]))),
    causes = many(as.numeric(rownames(tests))),
    stat = many(tests[, "stat"]),
    df = many(tests[, "df"]),
    p = many(pchisq(tests[, "stat"], tests[, "df"], lower.tail = FALSE))
  )
}

quantities <- list(
  gray = all_groups, gray_pairwise = each_pair, gray_stratified = stratified
)

answer_each_case(
  "gray", "cmprsk",
  function(case) {
    given <- case$input
    table <- complete_rows(given$file, c(given$time, given$cause, given$group, given$strata))
    quantities[[case$quantity]](table, given)
  },
  paste(
    "bmt_km is bmt of R package KMsurv, bmt28 17 v 11 evenly spaced rows of it;",
    "mgus2 is of R package survival."
  )
)

# Families of tests: p.adjust, every arrangement counted, and coin's step-down max-T from draws.
source("common.R")
suppressPackageStartupMessages(library(coin))

SEED <- 1

adjusted <- function(given) {
  p_values <- vapply(given$p, function(p) if (is.null(p)) NA_real_ else as.numeric(p), 0)
  methods <- c(
    holm = "holm", hochberg = "hochberg", benjamini_hochberg = "BH", bonferroni = "bonferroni"
  )
  lapply(methods, function(method) many(p.adjust(p_values, method)))
}

# The scores of a case: literal columns, or midranks of columns of a data set.
sample_of <- function(case) {
  given <- case$args
  if (is.null(case$dataset)) {
    return(list(scores = sapply(given$scores, numbers), group = numbers(given$group)))
  }
  columns <- unlist(given$rank)
  table <- complete_rows(paste0(case$dataset, ".csv"), c(columns, given$group))
  list(scores = sapply(table[columns], rank), group = as.integer(factor(table[[given$group]])) - 1)
}

# Every way to deal the patients to the groups, a row of group codes each.
every_dealing <- function(group) {
  deal <- function(free, codes) {
    if (length(codes) == 1) {
      dealt <- rep(NA_real_, length(group))
      dealt[free] <- codes
      return(list(dealt))
    }
    size <- sum(group == codes[1])
    chosen <- combn(length(free), size, simplify = FALSE)
    unlist(lapply(chosen, function(taken) {
      lapply(deal(free[-taken], codes[-1]), function(dealt) {
        dealt[free[taken]] <- codes[1]
        dealt
      })
    }), recursive = FALSE)
  }
  do.call(rbind, deal(seq_along(group), sort(unique(group))))
}

# Quadratic form of the centred sums, a row for each dealing, a column for each outcome.
statistics <- function(scores, dealings) {
  n <- nrow(scores)
  centred <- scale(scores, scale = FALSE)
  total <- 0
  for (code in unique(dealings[1, ])) {
    total <- total + ((dealings == code) %*% centred)^2 / sum(dealings[1, ] == code)
  }
  sweep(total, 2, colSums(centred^2), "/") * (n - 1)
}

every_arrangement <- function(case) {
  sample <- sample_of(case)
  all <- statistics(sample$scores, every_dealing(sample$group))
  observed <- as.vector(statistics(sample$scores, matrix(sample$group, nrow = 1)))
  reached <- function(columns, j) {
    mean(apply(all[, columns, drop = FALSE], 1, max) >= observed[j] - 1e-9 * (1 + observed[j]))
  }
  order <- order(-observed)
  down <- numeric(length(observed))
  least <- 0
  for (place in seq_along(order)) {
    least <- max(least, reached(order[place:length(order)], order[place]))
    down[order[place]] <- least
  }
  list(
    quadratic = many(observed),
    p_value = many(vapply(seq_along(observed), function(j) reached(j, j), 0)),
    single_step = many(vapply(seq_along(observed), function(j) reached(seq_along(observed), j), 0)),
    step_down = many(down),
    arrangements = nrow(all)
  )
}

drawn <- function(case) {
  sample <- sample_of(case)
  data <- data.frame(sample$scores, group = factor(sample$group, levels = c(1, 0)))
  outcomes <- paste(setdiff(names(data), "group"), collapse = " + ")
  set.seed(case$args$seed)
  test <- independence_test(
    as.formula(paste(outcomes, "~ group")), data,
    teststat = "maximum", distribution = approximate(nresample = case$args$nresample)
  )
  adjusted_by <- function(method) many(pvalue(test, method = method))
  list(
    standardised = many(statistic(test, type = "standardized")),
    p_value = adjusted_by("unadjusted"),
    single_step = adjusted_by("single-step"),
    step_down = adjusted_by("step-down")
  )
}

functions <- list(
  p_adjust = function(case) adjusted(case$args),
  max_t_exact = every_arrangement, max_t_coin = drawn
)

answer_each_case(
  "multiplicity", "coin",
  function(case) functions[[case$`function`]](case),
  paste(
    "p.adjust leaves missing p-values out of the family, as we do. max_t_exact counts every",
    "arrangement; statistics within 1e-9 are equal. max_t_coin draws; coin's statistic is that of",
    "the first level, here group 1."
  ),
  seed = SEED
)

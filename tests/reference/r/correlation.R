# Rank correlations: cor.test, its exact forms where there are no ties, and every arrangement.
source("common.R")

fisher_interval <- function(estimate, variance) {
  if (variance <= 0 || abs(estimate) == 1) return(list(NA, NA))
  many(tanh(atanh(estimate) + c(-1, 1) * qnorm(0.975) * sqrt(variance)))
}

estimates_of <- function(x, y) {
  n <- length(x)
  spearman <- cor(x, y, method = "spearman")
  kendall <- cor(x, y, method = "kendall")
  list(
    n = n, spearman = spearman, kendall = kendall,
    spearman_interval = fisher_interval(spearman, (1 + spearman^2 / 2) / (n - 3)),
    kendall_interval = fisher_interval(kendall, 0.437 / (n - 4))
  )
}

p_value <- function(x, y, method, exact) {
  one(cor.test(x, y, method = method, exact = exact, continuity = FALSE)$p.value)
}

approximated <- function(x, y) {
  found <- estimates_of(x, y)
  list(
    n = found$n,
    spearman = found$spearman, spearman_p = p_value(x, y, "spearman", FALSE),
    kendall = found$kendall, kendall_p = p_value(x, y, "kendall", FALSE),
    spearman_interval = found$spearman_interval, kendall_interval = found$kendall_interval
  )
}

exact_kendall <- function(x, y) {
  list(kendall = cor(x, y, method = "kendall"), kendall_p = p_value(x, y, "kendall", TRUE))
}

# cor.test counts all arrangements for Spearman up to 9 patients.
exact_both <- function(x, y) {
  c(exact_kendall(x, y), list(
    spearman = cor(x, y, method = "spearman"), spearman_p = p_value(x, y, "spearman", TRUE)
  ))
}

every_order <- function(values) {
  if (length(values) == 1) return(list(values))
  unlist(lapply(seq_along(values), function(first) {
    lapply(every_order(values[-first]), function(rest) c(values[first], rest))
  }), recursive = FALSE)
}

enumerated <- function(x, y) {
  share <- function(method) {
    all <- vapply(every_order(y), function(order) cor(x, order, method = method), 0)
    mean(abs(all) >= abs(cor(x, y, method = method)) - 1e-9)
  }
  list(
    spearman = cor(x, y, method = "spearman"), spearman_p = share("spearman"),
    kendall = cor(x, y, method = "kendall"), kendall_p = share("kendall")
  )
}

functions <- list(
  correlation = approximated, correlation_exact = exact_both, kendall_exact = exact_kendall,
  correlation_enumerated = enumerated
)

measurements_of <- function(case) {
  given <- case$args
  if (is.null(case$dataset)) return(list(x = numbers(given$x), y = numbers(given$y)))
  table <- complete_rows(paste0(case$dataset, ".csv"), c(given$x, given$y))
  list(x = table[[given$x]], y = table[[given$y]])
}

answer_each_case(
  "correlation", "stats",
  function(case) {
    pair <- measurements_of(case)
    functions[[case$`function`]](pair$x, pair$y)
  },
  "Intervals are formulas written out (Bonett and Wright 2000)."
)

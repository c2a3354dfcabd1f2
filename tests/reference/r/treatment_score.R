# What the scripts on propensity scores share: the patients of a case, their scores and weights.

# Score of a logistic regression iterated to the end, beside the complete rows.
with_score <- function(case) {
  given <- case$args
  columns <- unlist(c(given[c("treatment", "covariates")], given[["time"]], given[["event"]]))
  table <- complete_rows(paste0(case$dataset, ".csv"), columns)
  fit <- glm(
    reformulate(unlist(given$covariates), given$treatment), binomial, table,
    control = glm.control(epsilon = 1e-15, maxit = 100)
  )
  table$treated <- table[[given$treatment]]
  table$score <- unname(fitted(fit))
  table
}

# Weights by what they balance to: everybody, the treated, or those who could have had either.
weights_of <- function(kind, treated, score) {
  ate <- treated / score + (1 - treated) / (1 - score)
  share <- mean(treated)
  switch(kind,
    ate = ate,
    att = treated + (1 - treated) * score / (1 - score),
    stabilized = ate * (treated * share + (1 - treated) * (1 - share)),
    overlap = treated * (1 - score) + (1 - treated) * score,
    matching = ate * pmin(score, 1 - score)
  )
}

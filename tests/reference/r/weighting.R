# Propensity score and weights: what propensity.R and balancing.R share.

WEIGHTED <- list(
  bmt_km = list(treated = "mtx", covariates = c("age", "fab", "male"), follow = c("t2", "dfs")),
  lung = list(
    treated = "female", covariates = c("age", "karno", "wt_loss"), follow = c("time", "event")
  ),
  mgus2 = list(
    treated = "male", covariates = c("age", "hgb", "mspike"), follow = c("futime", "death")
  ),
  veteran = list(
    treated = "trt2", covariates = c("age", "karno", "diagtime"), follow = c("time", "event")
  )
)

# Patients of a data set without a gap in these columns or in their follow-up.
of_dataset <- function(name) {
  given <- WEIGHTED[[name]]
  table <- complete_rows(
    paste0(name, ".csv"), c(given$treated, given$covariates, given$follow)
  )
  list(treated = table[[given$treated]], x = as.matrix(table[given$covariates]))
}

arguments_of <- function(name) {
  given <- WEIGHTED[[name]]
  list(
    treated = given$treated, covariates = as.list(given$covariates),
    complete_case_on = as.list(given$follow)
  )
}

# 17 patients against 11, ages tied, and a mark of yes or no.
small_groups <- function(chances = c(0.4, 0.6)) {
  treated <- rep(0:1, c(17, 11))
  age <- sample(c(31, 44, 48, 52, 55, 60, 67), 28, replace = TRUE)
  list(treated = treated, x = cbind(age = age, mark = rbinom(28, 1, chances[treated + 1])))
}

closely <- glm.control(epsilon = 1e-14, maxit = 100)

propensity <- function(data) {
  glm(data$treated ~ data$x, family = binomial, control = closely)
}

groups_of <- function(values, treated, f) many(vapply(0:1, function(g) f(values[treated == g]), 0))

effective <- function(w) sum(w)^2 / sum(w^2)

raw_weights <- function(e, treated) {
  share <- mean(treated)
  everybody <- ifelse(treated == 1, 1 / e, 1 / (1 - e))
  list(
    everybody = everybody,
    stabilised = everybody * ifelse(treated == 1, share, 1 - share),
    treated = ifelse(treated == 1, 1, e / (1 - e)),
    untreated = ifelse(treated == 1, (1 - e) / e, 1),
    overlap = ifelse(treated == 1, 1 - e, e)
  )
}

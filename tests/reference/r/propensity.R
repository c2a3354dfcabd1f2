# Propensity score: glm; Firth's penalised likelihood where the groups are separated.
#
# The small sets are drawn here, from one seed.
source("common.R")
source("firth_likelihood.R")
source("weighting.R")

SEED <- 20261203
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")

concordance <- function(score, treated) {
  score <- signif(score, 12)
  gap <- outer(score[treated == 1], score[treated == 0], "-")
  mean((gap > 0) + (gap == 0) / 2)
}

described <- function(coefficient, score, data) {
  list(
    n = length(score), coefficient = many(coefficient), head = many(head(score, 12)),
    mean = groups_of(score, data$treated, mean), concordance = concordance(score, data$treated)
  )
}

plain <- function(data) {
  fit <- propensity(data)
  described(coef(fit), fitted(fit), data)
}

# The intercept is moved until the probabilities add up to the treated.
separated <- function(data) {
  top <- ascend(logistic_model(data$treated, data$x), rep(0, 1 + ncol(data$x)), 1:(1 + ncol(data$x)))
  slopes <- as.vector(data$x %*% top$b[-1])
  excess <- function(a) sum(plogis(a + slopes)) - sum(data$treated)
  moved <- uniroot(excess, top$b[1] + c(-30, 30), tol = 1e-14, maxiter = 1000)$root
  described(c(moved, top$b[-1]), plogis(moved + slopes), data)
}

case_of <- function(id, kind, extra, rtol) {
  c(list(id = id, "function" = "propensity", kind = kind), extra, list(rtol = rtol))
}

inputs <- function(data) list(input = list(treated = many(data$treated), covariates = rows(data$x)))

on_dataset <- function(name) {
  extra <- list(dataset = name, args = arguments_of(name))
  list(
    case = case_of(paste0(name, "/regression/005"), "plain", extra, 1e-8),
    answer = plain(of_dataset(name))
  )
}

drawn <- function(i) {
  data <- small_groups()
  list(
    case = case_of(sprintf("propensity/small/%02d", i), "plain", inputs(data), 1e-8),
    answer = plain(data)
  )
}

# Nobody, or everybody, of the treated has the mark; or the age tells all of them apart.
apart <- function(i) {
  data <- small_groups(list(c(0.5, 0), c(0.5, 1))[[1 + i %% 2]])
  if (i > 8) data$x[, "age"] <- data$x[, "age"] + 40 * data$treated
  list(
    case = case_of(sprintf("propensity/apart/%02d", i), "separated", inputs(data), 1e-7),
    answer = separated(data)
  )
}

found <- c(lapply(names(WEIGHTED), on_dataset), lapply(1:8, drawn), lapply(1:10, apart))
print_answers(
  "propensity", "stats", lapply(found, `[[`, "answer"),
  "Fitted probabilities of glm; separated groups: the penalised likelihood of Firth, intercept moved.",
  seed = SEED, cases = lapply(found, `[[`, "case")
)

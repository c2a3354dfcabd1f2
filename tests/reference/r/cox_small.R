# Small sets with many ties, 17 patients against 11, with delayed entry, strata, weights and clusters
# by themselves and together: all that the survival package makes of a Cox model.
#
# The sets are drawn here, from one seed, so that the golden file can be made anew from nothing.
source("common.R")
suppressPackageStartupMessages(library(survival))

SEED <- 20270311
SIZES <- c(17, 11)
LARGEST <- 4
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")

KINDS <- list(
  "plain" = character(),
  "entry" = "entry",
  "weights" = "weight",
  "strata" = "stratum",
  "clusters" = "cluster",
  "entry and strata" = c("entry", "stratum"),
  "entry, strata and weights" = c("entry", "stratum", "weight"),
  "entry, strata, weights and clusters" = c("entry", "stratum", "weight", "cluster")
)
EACH <- 2
PROFILES <- data.frame(group = c(0, 1), age = c(40, 55))

draw <- function(parts) {
  n <- sum(SIZES)
  set <- list(
    time = sample(3:14, n, replace = TRUE),
    event = sample(0:1, n, replace = TRUE, prob = c(1, 2)),
    group = rep(0:1, SIZES),
    age = round(rnorm(n, 50, 10))
  )
  if ("entry" %in% parts) set$entry <- pmax(0, pmin(sample(-4:8, n, replace = TRUE), set$time - 1))
  if ("weight" %in% parts) set$weight <- sample(c(0.5, 1, 1.25, 3), n, replace = TRUE)
  if ("stratum" %in% parts) set$stratum <- sample(rep_len(0:2, n))
  if ("cluster" %in% parts) set$cluster <- sample(rep_len(0:6, n))
  set
}

fit <- function(set, ties) {
  table <- as.data.frame(set)
  left <- if (is.null(set$entry)) "Surv(time, event)" else "Surv(entry, time, event)"
  right <- c("group", "age", if (!is.null(set$stratum)) "strata(stratum)")
  rest <- list(
    formula = reformulate(right, left), data = table, ties = ties, x = TRUE, model = TRUE,
    control = coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100)
  )
  if (!is.null(set$weight)) rest$weights <- set$weight
  if (!is.null(set$cluster)) rest$cluster <- set$cluster
  if (is.null(set$cluster) && !is.null(set$weight)) rest$cluster <- seq_len(nrow(table))
  do.call(coxph, rest)
}

usable <- function(set) {
  found <- tryCatch(list(fit(set, "efron"), fit(set, "breslow")), warning = function(w) NULL)
  !is.null(found) && all(abs(coef(found[[1]]) * c(1, 10)) < LARGEST)
}

draw_usable <- function(parts) {
  repeat {
    set <- draw(parts)
    if (usable(set)) return(set)
  }
}

zph <- function(found, transform) {
  table <- cox.zph(found, transform = transform)$table
  many(table[, "chisq"])
}

of_rows <- function(found, set) {
  list(
    martingale = many(residuals(found, "martingale")),
    deviance = many(residuals(found, "deviance")),
    score_residual = rows(residuals(found, "score")),
    dfbeta = rows(residuals(found, "dfbeta")),
    schoenfeld = rows(as.matrix(residuals(found, "schoenfeld"))),
    scaled = rows(as.matrix(residuals(found, "scaledsch"))),
    zph = list(
      km = zph(found, "km"), rank = zph(found, "rank"), identity = zph(found, "identity"),
      log = zph(found, "log")
    )
  )
}

# Curves of the first stratum, at the times at which somebody leaves it.
curves <- function(found, set) {
  profiles <- PROFILES
  if (!is.null(set$stratum)) profiles$stratum <- 0
  each <- lapply(seq_len(nrow(profiles)), function(i) {
    survfit(found, newdata = profiles[i, , drop = FALSE], conf.type = "log-log")
  })
  hazard <- basehaz(found, centered = FALSE)
  list(
    time = many(each[[1]]$time),
    survival = lapply(each, function(curve) many(curve$surv)),
    std_error = lapply(each, function(curve) many(curve$surv * curve$std.err)),
    low = lapply(each, function(curve) many(curve$lower)),
    high = lapply(each, function(curve) many(curve$upper)),
    hazard_time = many(hazard$time),
    hazard = many(hazard$hazard)
  )
}

concordant <- function(found, set) {
  # survival 3.5-3 stops R altogether with entries and any other weight
  weights <- if (is.null(set$entry)) c("n", "S", "S/G", "n/G2", "I") else "n"
  lapply(setNames(weights, weights), function(weight) {
    one_of <- concordance(found, timewt = weight)
    total <- if (is.matrix(one_of$count)) colSums(one_of$count) else one_of$count
    list(concordance = one(one_of$concordance), var = one(one_of$var), counts = many(total))
  })
}

answer <- function(case) {
  set <- lapply(case$input, numbers)
  found <- fit(set, case$args$ties)
  naive <- if (is.null(found$naive.var)) found$var else found$naive.var
  given <- list(
    coef = many(coef(found)),
    var = rows(found$var),
    naive = rows(naive),
    loglik = many(found$loglik),
    score = one(found$score),
    wald = one(found$wald.test)
  )
  if (case$args$ties == "exact") return(given)
  c(given, of_rows(found, set), curves(found, set), list(concordance = concordant(found, set)))
}

cases <- list()
for (kind in names(KINDS)) {
  for (number in seq_len(EACH)) {
    set <- draw_usable(KINDS[[kind]])
    for (ties in c("efron", "breslow", if (!any(c("weight", "cluster") %in% KINDS[[kind]])) "exact")) {
      cases[[length(cases) + 1]] <- list(
        id = sprintf("cox_small/%s/%d/%s", kind, number, ties), kind = kind,
        args = list(ties = ties), input = lapply(set, as.list), rtol = 1e-9
      )
    }
  }
}

print_answers(
  "cox_small", "survival", lapply(cases, answer),
  "Curves are of the first stratum; concordance counts are summed over the strata.",
  seed = SEED, cases = cases
)

# The log-rank family: weights, strata, late entry, trend, pairs, and tests on prepared times.
source("common.R")
suppressPackageStartupMessages(library(survival))

columns_of <- function(given) {
  unlist(given[intersect(names(given), c("time", "start", "stop", "event", "code", "group", "strata"))])
}

# survdiff as one list of answers.
answers_of <- function(test, levels) {
  df <- sum(rowSums(as.matrix(test$exp)) > 0) - 1
  tail <- function(log) if (df > 0) pchisq(test$chisq, df, lower.tail = FALSE, log.p = log) else NA
  list(
    levels = as.list(levels), n = many(test$n),
    observed = many(rowSums(as.matrix(test$obs))), expected = many(rowSums(as.matrix(test$exp))),
    var = rows(test$var), chisq = one(test$chisq), df = df, p = tail(FALSE), log_p = tail(TRUE)
  )
}

plain <- function(table, given) {
  group <- factor(table[[given$group]])
  rho <- if (is.null(given$rho)) 0 else given$rho
  answers_of(survdiff(Surv(table$time, table$event) ~ group, rho = rho), levels(group))
}

timed <- function(table, given) {
  table$time <- table[[given$time]]
  table$event <- table[[given$event]]
  table
}

weighted <- function(table, given) plain(timed(table, given), given)

landmark <- function(table, given) {
  table <- timed(table, given)
  table <- table[table$time > given$landmark, ]
  table$time <- table$time - given$landmark
  c(list(n_landmark = nrow(table)), plain(table, given))
}

truncated <- function(table, given) {
  table <- timed(table, given)
  table$event <- table$event * (table$time <= given$tau)
  table$time <- pmin(table$time, given$tau)
  plain(table, given)
}

cause_specific <- function(table, given) {
  table$time <- table[[given$time]]
  table$event <- as.integer(table[[given$code]] == given$cause)
  plain(table, given)[c("levels", "observed", "expected", "chisq", "df", "p")]
}

stratified <- function(table, given) {
  table <- timed(table, given)
  group <- factor(table[[given$group]])
  stratum <- table[[given$strata]]
  test <- survdiff(Surv(table$time, table$event) ~ group + strata(stratum), rho = given$rho)
  answers_of(test, levels(group))
}

# The score test of Cox's model with the exact (discrete) likelihood is the log-rank test with the
# hypergeometric variance; here with groups, or their scores, as the covariate.
score_test <- function(time, covariate) {
  fit <- coxph(time ~ covariate, ties = "exact", control = coxph.control(iter.max = 0))
  one(as.numeric(fit$score))
}

# Late entry: counted time by time, as coxph lists every choice of the dead at a tied time. Moved
# apart by row there is no tie, and the score test of coxph is the log-rank test.
left_truncated <- function(table, given) {
  group <- factor(table[[given$group]])
  start <- table[[given$start]]
  stop <- table[[given$stop]] + given$apart * seq_len(nrow(table))
  event <- table[[given$event]] == 1
  test <- c(0, 0, 0)
  for (day in sort(unique(stop[event]))) {
    there <- start < day & stop >= day
    dead <- stop == day & event
    n <- sum(there)
    share <- mean(group[there] == levels(group)[2])
    d <- sum(dead)
    test <- test + c(
      sum(dead & group == levels(group)[2]), d * share,
      d * share * (1 - share) * (n - d) / max(n - 1, 1)
    )
  }
  chisq <- (test[1] - test[2])^2 / test[3]
  if (given$apart > 0) chisq <- coxph(Surv(start, stop, event) ~ group, ties = "breslow")$score
  list(levels = as.list(levels(group)), n = many(table(group)), observed = test[1],
       expected = test[2], var = test[3], chisq = one(as.numeric(chisq)))
}

trend <- function(table, given) {
  group <- factor(table[[given$group]])
  scores <- numbers(given$scores)
  time <- Surv(table[[given$time]], table[[given$event]])
  test <- survdiff(time ~ group)
  z <- sum(scores * (test$obs - test$exp)) / sqrt(drop(scores %*% test$var %*% scores))
  chisq <- score_test(time, scores[as.integer(group)])
  list(levels = as.list(levels(group)), z = z, chisq = chisq,
       p = pchisq(chisq, 1, lower.tail = FALSE))
}

pairwise <- function(table, given) {
  levels <- levels(factor(table[[given$group]]))
  pairs <- combn(length(levels), 2)
  tests <- apply(pairs, 2, function(pair) {
    own <- timed(table[table[[given$group]] %in% levels[pair], ], given)
    plain(own, given)[c("chisq", "p")]
  })
  list(levels = as.list(levels), pairs = rows(t(pairs)),
       chisq = many(vapply(tests, `[[`, 0, "chisq")), p = many(vapply(tests, `[[`, 0, "p")))
}

# The weights that survMisc documents, at each event time, from the definitions.
weights_of <- function(d, n) {
  tilde <- cumprod(1 - d / (n + 1))
  before <- c(1, cumprod(1 - d / n))[seq_along(d)]
  harrington <- function(p, q) before^p * (1 - before)^q
  list(
    "1" = rep(1, length(d)), n = n, sqrtN = sqrt(n), S1 = tilde, S2 = tilde * n / (n + 1),
    "FH_p=0_q=1" = harrington(0, 1), "FH_p=1_q=1" = harrington(1, 1),
    "FH_p=1_q=0" = harrington(1, 0), "FH_p=0.5_q=0.5" = harrington(0.5, 0.5)
  )
}

all_weights <- function(table, given) {
  group <- factor(table[[given$group]])
  time <- table[[given$time]]
  event <- table[[given$event]] == 1
  days <- sort(unique(time[event]))
  at_risk <- vapply(levels(group), function(g) {
    vapply(days, function(day) sum(time[group == g] >= day), 0)
  }, numeric(length(days)))
  died <- vapply(levels(group), function(g) {
    vapply(days, function(day) sum(time[group == g] == day & event[group == g]), 0)
  }, numeric(length(days)))
  n <- rowSums(at_risk)
  d <- rowSums(died)
  spread <- ifelse(n > 1, d * (n - d) / pmax(n - 1, 1), 0)
  weights <- weights_of(d, n)
  list(levels = as.list(levels(group)), tests = unname(lapply(names(weights), function(name) {
    w <- weights[[name]]
    excess <- colSums(w * (died - at_risk * d / n))
    share <- at_risk / n
    covariance <- diag(colSums(w^2 * spread * share)) - t(share) %*% (w^2 * spread * share)
    if (length(excess) == 2) {
      list(weight = name, Q = one(excess[2]), Var = one(covariance[2, 2]))
    } else {
      kept <- -1
      list(weight = name,
           chiSq = one(drop(excess[kept] %*% solve(covariance[kept, kept], excess[kept]))))
    }
  })))
}

functions <- list(
  fh_rho = weighted, logrank_stratified = stratified, logrank_landmark = landmark,
  logrank_truncated = truncated, logrank_cause_specific = cause_specific,
  logrank_left_trunc = left_truncated, logrank_trend = trend, logrank_pairwise = pairwise,
  weighted_logrank_survMisc = all_weights
)

answer_each_case("weighted_logrank", "survival", function(case) {
  table <- complete_rows(paste0(case$dataset, ".csv"), columns_of(case$args))
  functions[[case$`function`]](table, case$args)
}, paste(
  "Complete cases on the columns named in args; levels in sorted order. weighted_logrank_survMisc:",
  "Q and, for more than two groups, chiSq were printed by survMisc 0.5.6; Var of two groups is the",
  "formula that survMisc documents, because its own answer differs where both groups have events",
  "at one time. logrank_trend: score test of coxph with ties = \"exact\"; logrank_left_trunc: of coxph",
  "where `apart` takes the ties away, else counted."
))

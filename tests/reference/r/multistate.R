# State occupation probabilities of data sets (survival package), and Greenwood's variance of them.
#
# survival gives the infinitesimal jackknife with the probabilities at the start taken as known. The
# variance of R package etm (the multinomial one of each time, carried on) is written out below.
source("common.R")
suppressPackageStartupMessages(library(survival))

STATES <- list(
  bmt_ms = c("entry", "plat", "relapse", "death"),
  mgus2_ms = c("entry", "pcm", "death")
)

stays <- function(case) {
  table <- read.csv(file.path("..", "data", paste0(case$dataset, ".csv")))
  states <- STATES[[case$dataset]]
  table$from <- factor(table$from, states)
  table$to <- factor(table$to, c("censor", states))
  table
}

fit_of <- function(case) {
  table <- stays(case)
  by <- if (is.null(case$args$group)) "1" else case$args$group
  formula <- reformulate(by, "Surv(start, stop, to)")
  survfit(formula, table, id = id, istate = from)
}

occupation <- function(case) {
  given <- case$args
  table <- stays(case)
  levels <- if (is.null(given$group)) "all" else levels(factor(table[[given$group]]))
  lapply(levels, function(level) {
    mine <- if (is.null(given$group)) table else table[table[[given$group]] == level, ]
    fit <- survfit(Surv(start, stop, to) ~ 1, mine, id = id, istate = from)
    read <- summary(fit, times = numbers(given$times), extend = TRUE)
    whole <- table(mine$from, mine$to)
    list(
      level = level, states = as.list(fit$states), initial = many(fit$p0),
      transitions = rows(whole[, -1]), ended = many(whole[, 1]),
      pstate = rows(read$pstate), se = rows(read$std.err),
      n_risk = rows(read$n.risk), n_event = rows(read$n.event)
    )
  })
}

mean_times <- function(case) {
  read <- summary(fit_of(case), rmean = case$args$tau)$table
  list(rows = as.list(rownames(read)), rmean = many(read[, "rmean"]))
}

hazards <- function(case) {
  fit <- fit_of(case)
  row <- findInterval(numbers(case$args$times), fit$time)
  list(transitions = as.list(colnames(fit$cumhaz)), cumhaz = rows(fit$cumhaz[row, , drop = FALSE]))
}

# p' = p H, V' = H' V H + sum over states of p^2 / Y (diag(H_j) - H_j' H_j).
greenwood <- function(case) {
  table <- stays(case)
  states <- STATES[[case$dataset]]
  size <- length(states)
  p <- as.numeric(states == case$args$from_state)
  spread <- matrix(0, size, size)
  answers <- list()
  asked <- numbers(case$args$times)
  from <- as.integer(table$from)
  to <- as.integer(table$to) - 1
  times <- sort(unique(table$stop[to > 0]))
  at <- list()
  for (time in times) {
    hazard <- diag(size)
    noise <- matrix(0, size, size)
    for (j in seq_len(size)) {
      here <- from == j & table$start < time & table$stop >= time
      if (!any(here)) next
      goal <- ifelse(table$stop[here] == time & to[here] > 0, to[here], j)
      hazard[j, ] <- tabulate(goal, size) / sum(here)
      noise <- noise + p[j]^2 / sum(here) * (diag(hazard[j, ]) - outer(hazard[j, ], hazard[j, ]))
    }
    p <- as.vector(p %*% hazard)
    spread <- t(hazard) %*% spread %*% hazard + noise
    at[[length(at) + 1]] <- list(p = p, var = diag(spread))
  }
  row <- findInterval(asked, times)
  list(
    states = as.list(states),
    P = lapply(row, function(i) many(at[[i]]$p)),
    var = lapply(row, function(i) many(at[[i]]$var))
  )
}

answers <- list(
  multistate_aj = occupation, multistate_rmean = mean_times, multistate_cumhaz = hazards,
  multistate_etm = greenwood
)

answer_each_case(
  "multistate", "survival", function(case) answers[[case[["function"]]]](case),
  "States in the order of the data set; transitions: rows from, columns to."
)

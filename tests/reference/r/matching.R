# Pairs of most and of least distance, by the assignment algorithm on the table of all distances.
source("common.R")
source("treatment_score.R")

# What no pair may cost: so many more pairs outweigh any sum of distances.
FORBIDDEN <- 1e6

# Column of each row at the least total cost (Kuhn and Munkres, shortest augmenting paths).
assignment <- function(cost) {
  n <- nrow(cost)
  m <- ncol(cost)
  u <- numeric(n + 1)
  v <- numeric(m + 1)
  owner <- integer(m + 1)
  for (i in seq_len(n)) {
    owner[1] <- i
    at <- 1
    least <- rep(Inf, m + 1)
    way <- integer(m + 1)
    seen <- rep(FALSE, m + 1)
    repeat {
      seen[at] <- TRUE
      row <- owner[at]
      open <- which(!seen)
      open <- open[open > 1]
      step <- cost[row, open - 1] - u[row + 1] - v[open]
      better <- step < least[open]
      least[open[better]] <- step[better]
      way[open[better]] <- at
      following <- open[which.min(least[open])]
      delta <- least[following]
      u[owner[seen] + 1] <- u[owner[seen] + 1] + delta
      v[seen] <- v[seen] - delta
      least[!seen] <- least[!seen] - delta
      at <- following
      if (owner[at] == 0) break
    }
    while (at != 1) {
      owner[at] <- owner[way[at]]
      at <- way[at]
    }
  }
  column <- integer(n)
  column[owner[-1][owner[-1] > 0]] <- which(owner[-1] > 0)
  column
}

matched <- function(treated, line, stratum, caliper) {
  width <- Inf
  if (!is.null(caliper)) {
    width <- caliper * sqrt((var(line[treated == 1]) + var(line[treated == 0])) / 2)
  }
  own <- which(treated == 1)
  others <- which(treated == 0)
  distance <- abs(outer(line[own], line[others], "-"))
  allowed <- distance <= width * (1 + 1e-12) & outer(stratum[own], stratum[others], "==")
  cost <- ifelse(allowed, distance, FORBIDDEN)
  if (nrow(cost) > ncol(cost)) {
    cost <- t(cost)
    distance <- t(distance)
    allowed <- t(allowed)
  }
  chosen <- cbind(seq_len(nrow(cost)), assignment(cost))
  chosen <- chosen[allowed[chosen], , drop = FALSE]
  list(
    pairs = nrow(chosen), distance = sum(distance[chosen]),
    caliper = if (is.finite(width)) width else NULL
  )
}

answer <- function(case) {
  given <- case$args
  if (is.null(case$dataset)) {
    return(matched(
      numbers(given$treated), numbers(given$score), numbers(given$stratum), given[["caliper"]]
    ))
  }
  table <- with_score(case)
  stratum <- if (is.null(given[["exact"]])) 0 * table$treated else table[[given[["exact"]]]]
  matched(table$treated, qlogis(table$score), stratum, given[["caliper"]])
}

answer_each_case(
  "matching", "stats", answer,
  "Of all matchings within caliper and stratum the most pairs, then the least sum of distances."
)

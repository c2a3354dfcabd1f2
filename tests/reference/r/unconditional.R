# Barnard (pooled z) and Boschloo by listing all tables; the common risk by a grid and optimize.
source("common.R")

# Equal but for rounding: the nearest different values of these tables are further apart.
SLACK <- 1e-11

pooled_z <- function(x, y, n, m) {
  p <- (x + y) / (n + m)
  ifelse(p == 0 | p == 1, 0, (x / n - y / m) / sqrt(p * (1 - p) * (1 / n + 1 / m)))
}

fisher_p <- function(x, y, n, m, side) {
  k <- x + y
  support <- max(0, k - m):min(n, k)
  chance <- dhyper(support, n, m, k)
  own <- dhyper(x, n, m, k)
  if (side == "two_sided") return(sum(chance[chance <= own * (1 + SLACK)]))
  sum(chance[if (side == "less") support <= x else support >= x])
}

largest <- function(inside, tables, n, m) {
  chance <- function(p) sum((dbinom(tables$x, n, p) * dbinom(tables$y, m, p))[inside])
  grid <- seq(0, 1, length.out = 4001)
  value <- sapply(grid, chance)
  tops <- order(-value)[1:8]
  refined <- sapply(tops, function(i) {
    range <- grid[c(max(1, i - 1), min(4001, i + 1))]
    optimize(chance, range, maximum = TRUE, tol = 1e-12)$objective
  })
  min(1, max(value, refined))
}

answer <- function(case) {
  counts <- numbers(case$args$table)
  n <- counts[1] + counts[2]
  m <- counts[3] + counts[4]
  tables <- expand.grid(x = 0:n, y = 0:m)
  z <- pooled_z(tables$x, tables$y, n, m)
  own <- which(tables$x == counts[1] & tables$y == counts[3])
  seen <- z[own]
  p_of <- function(inside) largest(inside, tables, n, m)
  fisher <- function(side) {
    p <- mapply(fisher_p, tables$x, tables$y, MoreArgs = list(n = n, m = m, side = side))
    p_of(p <= p[own] * (1 + SLACK))
  }
  list(
    boschloo_two_sided = fisher("two_sided"),
    boschloo_less = fisher("less"),
    boschloo_greater = fisher("greater"),
    barnard_two_sided = p_of(abs(z) >= abs(seen) - SLACK),
    barnard_greater = p_of(z >= seen - SLACK),
    barnard_less = p_of(z <= seen + SLACK),
    z_pooled = seen
  )
}

answer_each_case(
  "unconditional", "stats", answer,
  "Rows are groups, columns are with and without. Tables with an equal statistic are counted."
)

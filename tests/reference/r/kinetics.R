# Cellular kinetics: formulas of our own in base R, lines by lm and cor, areas piece by piece.
source("common.R")

optional <- function(value) if (is.null(value)) NA else value

# The samples that count, from day 0, with a column for what is quantifiable.
prepared <- function(given) {
  limit <- optional(given$limit)
  table <- data.frame(day = numbers(given$day), value = numbers(given$value))
  table <- table[order(table$day), ]
  table$below <- table$value == 0 | (!is.na(limit) & table$value < limit)
  before <- table[table$day <= 0, ]
  start <- if (nrow(before)) tail(before, 1) else data.frame(day = 0, value = 0, below = TRUE)
  start$day <- 0
  table <- rbind(start, table[table$day > 0, ])
  table$value[table$below] <- 0
  table
}

# What each sample below the limit counts as; one that is not used counts as NA.
curve_of <- function(table, given) {
  impute <- function(rule) {
    if (rule == "zero") 0 else if (rule == "half_limit") given$limit / 2 else NA
  }
  rules <- given$rules
  level <- table$value
  seen <- which(!table$below)
  below <- which(table$below & table$day > 0)
  level[below[below < min(seen)]] <- impute(rules$leading)
  level[below[below > min(seen) & below < max(seen)]] <- impute(rules$middle)
  trailing <- below[below > max(seen)]
  level[trailing] <- NA
  if (length(trailing)) level[trailing[1]] <- impute(rules$trailing)
  keep <- !is.na(level)
  list(day = table$day[keep], level = level[keep], closed = length(trailing) > 0)
}

falls_between <- function(a, b, method) method != "linear" && b < a && b > 0

level_at <- function(day, curve, method) {
  i <- max(which(curve$day <= day))
  if (curve$day[i] == day) return(curve$level[i])
  a <- curve$level[i]
  b <- curve$level[i + 1]
  share <- (day - curve$day[i]) / (curve$day[i + 1] - curve$day[i])
  if (falls_between(a, b, method)) exp(log(a) + share * (log(b) - log(a))) else a + share * (b - a)
}

area <- function(curve, start, end, method) {
  last <- max(curve$day)
  if (end > last && !curve$closed) {
    if (end > last + 2) return(NA)
    ends <- tail(curve$level, 2)
    if (!(ends[2] <= ends[1])) return(NA)
    rate <- log(ends[1] / ends[2]) / diff(tail(curve$day, 2))
    curve$day <- c(curve$day, last + 2)
    curve$level <- c(curve$level, ends[2] * exp(-2 * rate))
  }
  end <- min(end, max(curve$day))
  if (start >= end) return(0)
  inner <- curve$day[curve$day > start & curve$day < end]
  days <- c(start, inner, end)
  levels <- vapply(days, level_at, 0, curve = curve, method = method)
  # a piece that a window cuts keeps the shape of the whole piece
  pieces <- vapply(seq_len(length(days) - 1), function(i) {
    a <- levels[i]
    b <- levels[i + 1]
    width <- days[i + 1] - days[i]
    whole <- max(which(curve$day <= days[i]))
    falls <- falls_between(curve$level[whole], curve$level[whole + 1], method)
    if (falls) width * (a - b) / log(a / b) else width * (a + b) / 2
  }, 0)
  sum(pieces)
}

line_through <- function(points) {
  fit <- lm(log(value) ~ day, points)
  n <- nrow(points)
  square <- cor(points$day, log(points$value))^2
  list(
    slope = unname(coef(fit)[2]),
    fit = if (n > 2) 1 - (1 - square) * (n - 1) / (n - 2) else NA
  )
}

phase <- function(points, fewest, sign, span = 0) {
  if (nrow(points) < fewest || diff(range(points$day)) < span) return(NA)
  slope <- line_through(points)$slope
  if (sign * slope > 0) log(2) / abs(slope) else NA
}

terminal <- function(points) {
  if (nrow(points) < 3) return(NA)
  lines <- lapply(3:nrow(points), function(n) line_through(tail(points, n)))
  lines <- Filter(function(line) line$slope < 0, lines)
  if (!length(lines)) return(NA)
  fits <- vapply(lines, function(line) line$fit, 0)
  chosen <- lines[[max(which(fits >= max(fits) - 1e-4))]]
  if (max(fits) >= 0.8) -log(2) / chosen$slope else NA
}

nca <- function(given) {
  table <- prepared(given)
  seen <- table[!table$below & table$day > 0, ]
  curve <- curve_of(table, given)
  until <- given$until
  early <- seen[seen$day <= until, ]
  peak <- early[which.max(early$value), ]
  rise <- early[early$day <= peak$day, ]
  last <- tail(seen, 1)
  sampled <- pmax(table$day[-1], 0)
  if (any(numbers(given$day) <= 0)) sampled <- c(0, sampled)
  enough <- function(day) sum(sampled <= day) >= 4
  late <- max(table$day) >= 0.75 * until || curve$closed
  list(
    cmax = one(peak$value), tmax = one(peak$day), clast = one(last$value), tlast = one(last$day),
    auc = one(if (enough(until) && late) area(curve, 0, until, given$method) else NA),
    auc_last = one(if (enough(last$day)) area(curve, 0, last$day, given$method) else NA),
    doubling = one(phase(rise, 2, 1)),
    fold_expansion = one(if (nrow(rise) > 1) peak$value / rise$value[1] else NA),
    contraction = one(phase(early[early$day > peak$day, ], 3, -1)),
    late_decline = one(phase(seen[seen$day > until, ], 3, -1, span = 30)),
    terminal = one(terminal(seen[seen$day > peak$day, ]))
  )
}

areas <- function(given) {
  curve <- curve_of(prepared(given), given)
  windows <- given$windows
  list(area = many(vapply(windows, function(window) {
    area(curve, window[[1]], window[[2]], given$method)
  }, 0)))
}

# The area of the model by adaptive quadrature on either side of the peak.
model <- function(given) {
  p <- given$parameters
  rho <- log(p$fold_expansion) / p$tmax
  level <- function(t) {
    after <- pmax(t - p$tmax, 0)
    decline <- (1 - p$memory_share) * exp(-p$alpha * after) + p$memory_share * exp(-p$beta * after)
    ifelse(t < p$tmax, p$cmax / p$fold_expansion * exp(rho * t), p$cmax * decline)
  }
  part <- function(from, to) {
    if (to <= from) 0 else integrate(level, from, to, rel.tol = 1e-13, subdivisions = 1000L)$value
  }
  list(
    value = many(level(numbers(given$day))),
    auc = part(0, min(p$tmax, given$until)) + part(p$tmax, given$until),
    half_lives = many(log(2) / c(rho, p$alpha, p$beta))
  )
}

geometric <- function(given) {
  logs <- log(numbers(given$x))
  test <- t.test(logs, conf.level = given$level)
  list(
    estimate = one(exp(test$estimate)),
    interval = many(exp(test$conf.int)),
    coefficient_of_variation = sqrt(exp(var(logs)) - 1)
  )
}

functions <- list(
  cellular_kinetics = nca, area_under_curve = areas, expansion_model = model,
  geometric_mean = geometric
)

answer_each_case(
  "kinetics", character(0),
  function(case) functions[[case$`function`]](case$args),
  paste(
    "theoph and indometh are the data sets Theoph and Indometh of R's own package datasets, in",
    "hours; the other series are made up. A half-life, area or ratio that cannot be given is null."
  )
)

# Restricted means of survfit, and what follows from them for two groups.
source("common.R")
source("curves.R")

means <- function(given, file) {
  sample <- sample_of(file, given$time, given$event, given$group)
  fit <- kaplan_meier(sample$time, sample$event, sample$group)
  table <- summary(fit, rmean = given$tau)$table
  if (is.null(dim(table))) table <- t(table)
  levels <- attr(fit, "levels")
  lapply(seq_along(levels), function(i) {
    list(
      level = levels[i],
      rmst = one(table[i, "rmean"]),
      se = one(table[i, "se(rmean)"]),
      n = one(table[i, "records"]),
      events = one(table[i, "events"])
    )
  })
}

# Second level less first, and second over first, with the logarithm of the ratio.
contrast <- function(given, file) {
  each <- means(given, file)
  mean <- sapply(each, function(group) group$rmst)
  error <- sapply(each, function(group) group$se)
  z <- qnorm(0.975)
  difference <- mean[2] - mean[1]
  se <- sqrt(sum(error^2))
  log_ratio <- log(mean[2] / mean[1])
  log_se <- sqrt(sum((error / mean)^2))
  list(
    rmst = many(mean), se = many(error),
    diff = difference, se_diff = se, z = difference / se, p = 2 * pnorm(-abs(difference / se)),
    lower = difference - z * se, upper = difference + z * se,
    ratio = exp(log_ratio),
    ratio_lower = exp(log_ratio - z * log_se), ratio_upper = exp(log_ratio + z * log_se),
    ratio_p = 2 * pnorm(-abs(log_ratio / log_se))
  )
}

answer_each_case(
  "restricted_mean", "survival",
  function(case) {
    answer <- list(rmst = means, rmst_diff = contrast)[[case$`function`]]
    answer(case$args, paste0(case$dataset, ".csv"))
  },
  "Complete cases on the columns named in args. Second level of group less (over) the first."
)

# Two curves of survfit at one time: tests on five scales, and limits by squares of distances.
source("common.R")
source("curves.R")

scales <- list(
  plain = list(value = function(s) s, slope = function(s) 1 + 0 * s),
  log = list(value = log, slope = function(s) 1 / s),
  cloglog = list(value = function(s) log(-log(s)), slope = function(s) 1 / (s * log(s))),
  arcsin = list(value = function(s) asin(sqrt(s)), slope = function(s) 0.5 / sqrt(s * (1 - s))),
  logit = list(value = qlogis, slope = function(s) 1 / (s * (1 - s)))
)

read_at <- function(given, file, ...) {
  sample <- sample_of(file, given$time, given$event, given$group)
  fit <- kaplan_meier(sample$time, sample$event, sample$group, ...)
  summary(fit, times = given$at, extend = TRUE)
}

# Second level less first on each scale.
tests <- function(given, file) {
  read <- read_at(given, file)
  of_scale <- function(scale) {
    error <- abs(scale$slope(read$surv)) * read$std.err
    z <- diff(scale$value(read$surv)) / sqrt(sum(error^2))
    list(z = z, chisq = z^2, p = 2 * pnorm(-abs(z)))
  }
  c(list(surv = many(read$surv), se = many(read$std.err)), lapply(scales, of_scale))
}

# Second level less first. Plain limits are not cut; a curve at 1 has binomial limits.
limits <- function(given, file) {
  read <- read_at(given, file, conf.type = given$conf_type, conf.int = given$level)
  s <- read$surv
  low <- read$lower
  high <- read$upper
  if (given$conf_type == "plain") {
    z <- qnorm((1 + given$level) / 2)
    low <- s - z * read$std.err
    high <- s + z * read$std.err
  }
  still <- s == 1
  low[still] <- ((1 - given$level) / 2)^(1 / read$n.risk[still])
  high[still] <- 1
  below <- s - low
  above <- high - s
  list(
    difference = s[2] - s[1],
    lower = max(s[2] - s[1] - sqrt(below[2]^2 + above[1]^2), -1),
    upper = min(s[2] - s[1] + sqrt(above[2]^2 + below[1]^2), 1)
  )
}

answer_each_case(
  "survival_difference", "survival",
  function(case) {
    answer <- list(surv_diff_at = tests, surv_diff_interval = limits)[[case$`function`]]
    answer(case$args, paste0(case$dataset, ".csv"))
  },
  "Complete cases on the columns named in args. Second level of group less the first."
)

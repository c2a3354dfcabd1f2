# Small sets with many ties, 17 patients against 11: Firth's penalty in the Cox model and in
# logistic regression, an arm without events included.
#
# The sets are drawn here, from one seed, so that the golden file can be made anew from nothing.
source("common.R")
source("firth_likelihood.R")

SEED <- 20010301
SIZES <- c(17, 11)
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")

draw <- function(days, first, second) {
  happens <- function(size, chance) as.numeric(runif(size) < chance)
  list(
    time = sample(days, sum(SIZES), replace = TRUE),
    event = c(happens(SIZES[1], first), happens(SIZES[2], second)),
    arm = rep(0:1, SIZES),
    age = sample(20:70, sum(SIZES), replace = TRUE)
  )
}

late <- function(set) {
  set$entry <- vapply(set$time, function(day) sample(0:(day - 1), 1), 0)
  set
}

BOTH <- c("arm", "age")
kinds <- list(
  "days on a grid, arm" = list(4, "cox", "arm", function() draw(1:12, 0.6, 0.4)),
  "days on a grid, arm and age" = list(4, "cox", BOTH, function() draw(1:12, 0.6, 0.4)),
  "three visits" = list(4, "cox", BOTH, function() draw(1:3, 0.5, 0.3)),
  "second arm without events" = list(6, "cox", BOTH, function() draw(1:8, 0.5, 0)),
  "first arm without events" = list(4, "cox", "arm", function() draw(1:8, 0, 0.5)),
  "late entry" = list(4, "cox", BOTH, function() late(draw(1:12, 0.5, 0.5))),
  "some events" = list(3, "logistic", BOTH, function() draw(1, 0.5, 0.3)),
  "second arm without events, logistic" = list(4, "logistic", BOTH, function() draw(1, 0.4, 0)),
  "all events in the second arm" = list(3, "logistic", "arm", function() draw(1, 0, 0.4))
)

answer <- function(set) {
  x <- do.call(cbind, set$input[set$covariates])
  if (set$model == "logistic") {
    names <- c("intercept", set$covariates)
    return(firth(logistic_model(set$input$event, x), names, seq_along(names)[-1]))
  }
  model <- cox_model(set$input$time, set$input$event, x, set$ties, set$input$entry)
  firth(model, set$covariates, seq_along(set$covariates), level = set$level)
}

sets <- unlist(unname(Map(function(name, kind) {
  lapply(seq_len(kind[[1]]), function(number) {
    list(
      kind = name, model = kind[[2]], covariates = kind[[3]], input = kind[[4]](),
      ties = c("efron", "breslow")[1 + number %% 2],
      level = if (kind[[2]] == "cox" && number == 2) 0.8 else 0.95
    )
  })
}, names(kinds), kinds)), recursive = FALSE)

cases <- lapply(seq_along(sets), function(number) {
  set <- sets[[number]]
  list(
    id = sprintf("firth/small/%02d", number),
    kind = set$kind,
    model = set$model,
    covariates = as.list(set$covariates),
    ties = set$ties,
    level = set$level,
    input = lapply(set$input, many),
    rtol = 1e-8,
    why_rtol = "limits by uniroot around an inner search; R prints 15 digits"
  )
})

print_answers(
  "firth_small", "jsonlite", lapply(sets, answer),
  "17 patients against 11; standard errors without the penalty, tests keep the whole penalty.",
  seed = SEED, cases = cases
)

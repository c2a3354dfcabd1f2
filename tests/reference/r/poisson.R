# Poisson regression (glm), with profile limits and sandwich written out in likelihoods.R.
#
# The small sets are drawn here, from one seed: 17 patients against 11, tied ages, arms without
# events, exposures, weights and clusters; counts, and a yes or no (risk ratios, Zou 2004).
source("common.R")
source("likelihoods.R")

SEED <- 20261202
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")

datasets <- list(
  list("mgus2", "pcm", c("age", "male", "hgb"), "futime"),
  list("bmt_km", "relapse", c("age", "fab", "mtx"), "t2"),
  list("bmt28", "cgvhd", c("age", "mtx"), NULL),
  list("lung", "ecog_ge2", c("age", "female", "karno"), NULL),
  list("lung28", "event", c("age", "female"), "time"),
  list("veteran", "prior10", c("age", "karno", "trt2"), NULL)
)

of_dataset <- function(entry) {
  table <- complete_rows(paste0(entry[[1]], ".csv"), c(entry[[2]], entry[[3]], entry[[4]]))
  if (!is.null(entry[[4]])) table <- table[table[[entry[[4]]]] > 0, ]
  list(
    case = list(
      id = paste0(entry[[1]], "/poisson"), "function" = "poisson", dataset = entry[[1]],
      args = list(outcome = entry[[2]], covariates = as.list(entry[[3]]), exposure = entry[[4]]),
      call = "glm(family = poisson); profile limits by refits with an offset; HC0, HC1 written out",
      rtol = 1e-7, why_rtol = why
    ),
    answer = described(
      table[[entry[[2]]]], as.matrix(table[entry[[3]]]), poisson(),
      offset = if (is.null(entry[[4]])) NULL else log(table[[entry[[4]]]])
    )
  )
}

drawn <- function(number, kind, count, extra = list(), sides = NULL) {
  arm <- arms()
  y <- count(arm$group)
  input <- c(list(count = many(y), x = rows(cbind(arm$group, arm$age))), lapply(extra, many))
  list(
    case = list(
      id = sprintf("poisson/small/%02d", number), "function" = "poisson", kind = kind,
      input = input, call = "as for the data sets", rtol = 1e-7, why_rtol = why
    ),
    answer = described(
      y, cbind(group = arm$group, age = arm$age), poisson(), weight = extra$weight,
      offset = if (is.null(extra$exposure)) NULL else log(extra$exposure),
      cluster = extra$cluster, sides = sides
    )
  )
}

counts <- function(mean) function(group) rpois(28, mean[group + 1])
yes_or_no <- function(risk) function(group) rbinom(28, 1, risk[group + 1])

found <- c(
  lapply(datasets, of_dataset),
  lapply(1:6, function(i) drawn(i, "counts", counts(c(2, 3.5)))),
  lapply(7:10, function(i) {
    drawn(i, "exposure", counts(c(2, 1)), list(exposure = sample(c(0.5, 1, 7.25, 30), 28, replace = TRUE)))
  }),
  lapply(11:13, function(i) {
    drawn(i, "weights", counts(c(1, 2)), list(weight = sample(c(0.5, 1, 2, 3), 28, replace = TRUE)))
  }),
  lapply(14:16, function(i) {
    drawn(i, "clusters", yes_or_no(c(0.6, 0.4)), list(cluster = c(0:8, sample(0:8, 19, replace = TRUE))))
  }),
  lapply(17:20, function(i) drawn(i, "yes or no", yes_or_no(c(0.7, 0.4)))),
  lapply(21:24, function(i) {
    drawn(i, "no events in the second arm", counts(c(1.5, 0)), sides = c(0, 1, 0))
  })
)

print_answers(
  "poisson", character(0), lapply(found, `[[`, "answer"),
  "limit: the finite profile limit of a coefficient without a maximum. Rows with exposure 0 left out.",
  seed = SEED, cases = lapply(found, `[[`, "case")
)

# Logistic regression (glm), with profile limits and sandwich written out in likelihoods.R.
#
# The small sets are drawn here, from one seed: 17 patients against 11, tied ages, arms in which
# nobody or everybody had the event, weights and clusters.
source("common.R")
source("likelihoods.R")

SEED <- 20261201
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")

datasets <- list(
  list("bmt28", "cgvhd", c("age", "mtx")),
  list("bmt_km", "agvhd", c("age", "male", "fab", "mtx")),
  list("lung28", "karno_lt80", c("age", "female")),
  list("lung", "ecog_ge2", c("age", "female", "karno")),
  list("mgus2", "pcm", c("age", "male", "hgb", "mspike")),
  list("veteran", "prior10", c("age", "karno", "trt2"))
)

of_dataset <- function(entry) {
  table <- complete_rows(paste0(entry[[1]], ".csv"), c(entry[[2]], entry[[3]]))
  list(
    case = list(
      id = paste0(entry[[1]], "/regression/001"), "function" = "logistic", dataset = entry[[1]],
      args = list(outcome = entry[[2]], covariates = as.list(entry[[3]])),
      call = "glm(family = binomial); profile limits by refits with an offset; HC0, HC1 written out",
      rtol = 1e-7, why_rtol = why
    ),
    answer = described(table[[entry[[2]]]], as.matrix(table[entry[[3]]]), binomial())
  )
}

drawn <- function(number, kind, chances, extra = list(), sides = NULL) {
  arm <- arms()
  event <- rbinom(28, 1, chances[arm$group + 1])
  input <- c(list(event = many(event), x = rows(cbind(arm$group, arm$age))), lapply(extra, many))
  list(
    case = list(
      id = sprintf("logistic/small/%02d", number), "function" = "logistic", kind = kind,
      input = input, call = "as for the data sets", rtol = 1e-7, why_rtol = why
    ),
    answer = described(
      event, cbind(group = arm$group, age = arm$age), binomial(),
      weight = extra$weight, cluster = extra$cluster, sides = sides
    )
  )
}

# the printed example of complete separation: x tells all apart, g does not matter
separated <- local({
  y <- c(0, 0, 0, 0, 1, 1, 1, 1, 1)
  x <- cbind(x = 1:9, g = c(0, 1, 0, 1, 0, 1, 1, 0, 1))
  list(
    case = list(
      id = "tables_shared/regression/001", "function" = "logistic", kind = "complete separation",
      input = list(event = many(y), x = rows(x)), call = "as for the data sets", rtol = 1e-7,
      rtol_loglik = 1e-6, why_rtol = why
    ),
    answer = described(y, x, binomial(), sides = c(1, -1, 0))
  )
})

found <- c(
  lapply(datasets, of_dataset),
  list(separated),
  lapply(1:8, function(i) drawn(i, "two arms", c(0.5, 0.4))),
  lapply(9:12, function(i) {
    drawn(i, "weights", c(0.5, 0.4), list(weight = sample(c(0.5, 1, 2, 3), 28, replace = TRUE)))
  }),
  lapply(13:16, function(i) {
    drawn(i, "clusters", c(0.6, 0.4), list(cluster = c(0:8, sample(0:8, 19, replace = TRUE))))
  }),
  lapply(17:20, function(i) drawn(i, "nobody in the second arm", c(0.5, 0), sides = c(0, 1, 0))),
  lapply(21:23, function(i) drawn(i, "everybody in the second arm", c(0.5, 1), sides = c(0, -1, 0))),
  lapply(24:25, function(i) drawn(i, "nobody in the first arm", c(0, 0.5), sides = c(0, -1, 0)))
)

print_answers(
  "logistic", character(0), lapply(found, `[[`, "answer"),
  "limit: the finite profile limit of a coefficient without a maximum.",
  seed = SEED, cases = lapply(found, `[[`, "case")
)

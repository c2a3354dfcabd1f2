# Linear regression (lm), with the sandwich variances written out.
#
# The small sets are drawn here, from one seed: 17 patients against 11, tied values, unequal spread,
# weights (some of them 0) and clusters.
source("common.R")

SEED <- 20261203
set.seed(SEED, kind = "Mersenne-Twister", sample.kind = "Rejection")

datasets <- list(
  list("lung", "wt_loss", c("age", "female", "karno")),
  list("bmt28", "tp", c("age", "mtx")),
  list("veteran", "karno", c("age", "diagtime", "trt2", "prior10")),
  list("mgus2", "hgb", c("age", "male", "mspike", "dxyr"))
)

# Sandwich of the scores, of patients or summed over clusters, in the orthonormal columns of the QR
# decomposition.
sandwich_errors <- function(fit, cluster) {
  weight <- if (is.null(fit$weights)) rep(1, length(residuals(fit))) else fit$weights
  decomposed <- qr(model.matrix(fit) * sqrt(weight), LAPACK = FALSE, tol = 1e-12)
  columns <- qr.Q(decomposed)
  back <- backsolve(qr.R(decomposed), diag(ncol(columns)))
  scores <- columns * (sqrt(weight) * residuals(fit))
  leverage <- rowSums(columns^2)
  n <- sum(weight > 0)
  q <- ncol(columns)
  error <- function(scores, factor = 1) {
    many(sqrt(factor * rowSums((back %*% crossprod(scores)) * back)))
  }
  if (!is.null(cluster)) {
    summed <- rowsum(scores, cluster)
    m <- nrow(summed)
    return(list(HC0 = error(summed), HC1 = error(summed, m / (m - 1) * (n - 1) / (n - q))))
  }
  list(
    HC0 = error(scores), HC1 = error(scores, n / (n - q)),
    HC2 = error(scores / sqrt(1 - leverage)), HC3 = error(scores / (1 - leverage))
  )
}

described <- function(y, x, weight = NULL, cluster = NULL) {
  data <- data.frame(y = y, x)
  fit <- if (is.null(weight)) lm(y ~ ., data) else lm(y ~ ., data, weights = weight)
  answer <- summary(fit)
  limits <- confint(fit, level = 0.95)
  f <- answer$fstatistic
  list(
    n = length(y),
    coef = many(answer$coefficients[, 1]),
    se = many(answer$coefficients[, 2]),
    t = many(answer$coefficients[, 3]),
    p_value = many(answer$coefficients[, 4]),
    lower = many(limits[, 1]),
    upper = many(limits[, 2]),
    df = fit$df.residual,
    sigma = one(answer$sigma),
    r_squared = one(answer$r.squared),
    adjusted = one(answer$adj.r.squared),
    f = one(f[[1]]),
    f_p_value = pf(f[[1]], f[[2]], f[[3]], lower.tail = FALSE),
    var = rows(vcov(fit)),
    robust = sandwich_errors(fit, cluster)
  )
}

of_dataset <- function(entry) {
  table <- complete_rows(paste0(entry[[1]], ".csv"), c(entry[[2]], entry[[3]]))
  list(
    case = list(
      id = paste0(entry[[1]], "/linear"), "function" = "linear", dataset = entry[[1]],
      args = list(outcome = entry[[2]], covariates = as.list(entry[[3]])),
      call = "summary(lm()), confint(); HC0 to HC3 written out", rtol = 1e-10
    ),
    answer = described(table[[entry[[2]]]], as.matrix(table[entry[[3]]]))
  )
}

# The economic data set that tells good least squares from poor.
longley_case <- list(
  case = list(
    id = "longley", "function" = "linear", dataset = NULL,
    input = list(values = many(longley$Employed), x = rows(as.matrix(longley[-7]))),
    call = "summary(lm(Employed ~ ., longley))", rtol = 1e-9,
    why_rtol = "nearly collinear: R's own deviation from the certified values is of this size"
  ),
  answer = described(longley$Employed, as.matrix(longley[-7]))
)

drawn <- function(number, kind, weight = NULL, cluster = NULL) {
  group <- rep(0:1, c(17, 11))
  age <- sample(c(31, 44, 48, 52, 55, 60, 67), 28, replace = TRUE)
  values <- round(20 + 3 * group + 0.1 * age + rnorm(28, sd = 4 + 4 * group))
  extra <- list(weight = weight, cluster = cluster)
  extra <- extra[!vapply(extra, is.null, TRUE)]
  list(
    case = list(
      id = sprintf("linear/small/%02d", number), "function" = "linear", kind = kind,
      input = c(list(values = many(values), x = rows(cbind(group, age))), lapply(extra, many)),
      call = "as for the data sets", rtol = 1e-10
    ),
    answer = described(values, cbind(group = group, age = age), weight, cluster)
  )
}

found <- c(
  lapply(datasets, of_dataset),
  list(longley_case),
  lapply(1:6, function(i) drawn(i, "two arms")),
  lapply(7:9, function(i) drawn(i, "weights", weight = sample(c(0, 0.5, 1, 2, 3), 28, replace = TRUE))),
  lapply(10:12, function(i) drawn(i, "clusters", cluster = c(0:8, sample(0:8, 19, replace = TRUE))))
)

print_answers(
  "linear", character(0), lapply(found, `[[`, "answer"),
  "se, lower, upper, t, p_value: equal variances. robust: standard errors.",
  seed = SEED, cases = lapply(found, `[[`, "case")
)

# E-values of VanderWeele and Ding.
source("common.R")

of_risk_ratio <- function(ratio) {
  ratio <- max(ratio, 1 / ratio)
  ratio + sqrt(ratio * (ratio - 1))
}

as_risk_ratio <- list(
  risk_ratio = identity,
  odds_ratio = sqrt,
  hazard_ratio = function(ratio) (1 - 0.5^sqrt(ratio)) / (1 - 0.5^sqrt(1 / ratio))
)

# The ratio alone, as a risk ratio and as a hazard ratio of a common outcome.
of_estimate <- function(given) {
  list(
    rr_or_rare_hr = of_risk_ratio(given$estimate),
    hr_common_outcome = of_risk_ratio(as_risk_ratio$hazard_ratio(given$estimate))
  )
}

with_limits <- function(given) {
  change <- if (isTRUE(given$rare)) identity else as_risk_ratio[[given$measure]]
  ratios <- change(numbers(given[c("estimate", "low", "high")]))
  nearest <- if (ratios[2] > 1) ratios[2] else if (ratios[3] < 1) ratios[3] else 1
  list(
    risk_ratio = many(ratios), estimate = of_risk_ratio(ratios[1]), limit = of_risk_ratio(nearest)
  )
}

answer_each_case(
  "e_value", "jsonlite",
  function(case) {
    list(e_value = of_estimate, e_value_interval = with_limits)[[case$`function`]](case$args)
  },
  "Formulas of VanderWeele and Ding (2017), written out."
)

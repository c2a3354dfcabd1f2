"""Every statistical method that a report may name: its name, its sentence, its sources.

A number in `Results` carries the key of its method; the methods section of the report is made
from the keys that occur, so it can neither omit a method nor name one that did not run.
"""

from collections.abc import Mapping

from autallo.model.further_methods import FURTHER_METHODS
from autallo.model.method import Method

__all__ = ["METHODS", "Method"]

_ALL = (
    Method(
        key="count",
        name="count",
        sentence="Categories are given as number and per cent of the patients with a known value.",
        references=(),
        validated_by="autallo.stats.proportions.binomial.binomial_interval",
    ),
    Method(
        key="clopper_pearson",
        name="Clopper-Pearson interval",
        sentence="Proportions have exact (Clopper-Pearson) intervals.",
        references=("clopper1934",),
        validated_by="autallo.stats.proportions.binomial.binomial_interval",
    ),
    Method(
        key="fisher_exact",
        name="Fisher's exact test",
        sentence="Proportions of two groups were compared by Fisher's exact test, two-sided: the "
        "sum of the probabilities of all tables not more probable than the observed one.",
        references=("fisher1935",),
        validated_by="autallo.stats.contingency.fisher.fisher_test",
        tails="the total probability of the tables not more probable than the observed one",
        ties="none: tables of counts, margins fixed",
    ),
    Method(
        key="conditional_odds_ratio",
        name="conditional odds ratio",
        sentence="Odds ratios are conditional maximum likelihood estimates with exact intervals.",
        references=("fisher1935",),
        validated_by="autallo.stats.contingency.fisher.fisher_test",
    ),
    Method(
        key="miettinen_nurminen",
        name="Miettinen-Nurminen interval",
        sentence="Risk differences have the score interval of Miettinen and Nurminen.",
        references=("miettinen1985",),
        validated_by="autallo.stats.proportions.risks.risk_difference",
    ),
    Method(
        key="boschloo",
        name="Boschloo's test",
        sentence="As a check that does not condition on the number of events, Boschloo's exact "
        "unconditional test stands beside Fisher's.",
        references=("boschloo1970",),
        validated_by="autallo.stats.proportions.unconditional.boschloo_test",
        tails="the largest probability, over the unknown share, of tables with a Fisher p not "
        "above the observed one",
        ties="none: tables of counts, group sizes fixed",
    ),
    Method(
        key="fragility_index",
        name="fragility index",
        sentence="The fragility index is the smallest number of patients, in the group with fewer "
        "events, whose outcome would have to change for Fisher's p to cross 0.05; it is reverse if "
        "p is above 0.05 now.",
        references=("walsh2014",),
        validated_by="autallo.stats.contingency.fragility.fragility_index",
    ),
    Method(
        key="freeman_halton",
        name="Fisher-Freeman-Halton exact test",
        sentence="Variables with more than two categories were compared by the exact "
        "Fisher-Freeman-Halton test; missing values are shown and never tested as a category.",
        references=("freeman1951", "mehta1983"),
        validated_by="autallo.stats.contingency.freeman_halton.freeman_halton_test",
        tails="the total probability of the tables not more probable than the observed one",
        ties="none: tables of counts, margins fixed",
    ),
    Method(
        key="freeman_halton_monte_carlo",
        name="Fisher-Freeman-Halton test, Monte Carlo",
        sentence="Where the exact Fisher-Freeman-Halton test was out of reach its p value was "
        "estimated from random tables with the same margins.",
        references=("freeman1951",),
        validated_by="autallo.stats.contingency.freeman_halton.freeman_halton_test",
        tails="the share of random tables not more probable than the observed one, which is "
        "counted",
        ties="none: tables of counts, margins fixed",
    ),
    Method(
        key="quartiles",
        name="median and quartiles",
        sentence="Measurements are given as median and quartiles (type 7 of Hyndman and Fan).",
        references=("hyndman1996",),
        validated_by="autallo.stats.summary.summarise",
    ),
    Method(
        key="geometric_mean",
        name="geometric mean",
        sentence="Measurements on the logarithmic axis are also given as geometric mean.",
        references=(),
        validated_by="autallo.stats.summary.summarise",
    ),
    Method(
        key="mann_whitney_exact",
        name="exact Mann-Whitney test",
        sentence="Measurements and grades of two groups were compared by the exact Mann-Whitney "
        "test conditional on the ties (two-sided: rank sums at least as far from their "
        "expectation as the observed one).",
        references=("mann1947", "streitberg1986"),
        validated_by="autallo.stats.ranks.mann_whitney.mann_whitney_test",
        tails="the share of arrangements with a rank sum at least as far from its mean",
        ties="mean ranks; the distribution is that of the tied ranks",
    ),
    Method(
        key="mann_whitney_asymptotic",
        name="Mann-Whitney test, normal approximation",
        sentence="Measurements of large groups were compared by the Mann-Whitney test in its "
        "normal approximation with correction for ties.",
        references=("mann1947",),
        validated_by="autallo.stats.ranks.mann_whitney.mann_whitney_test",
        tails="twice the tail of the normal distribution",
        ties="mean ranks; variance corrected for ties",
    ),
    Method(
        key="mann_whitney_corrected",
        name="Mann-Whitney test, normal approximation with continuity correction",
        sentence="Tied values, and groups of 50 or more, were compared by the Mann-Whitney test in "
        "its normal approximation with corrections for ties and continuity, as EZR gives it.",
        references=("mann1947",),
        validated_by="autallo.stats.ranks.mann_whitney.mann_whitney_test",
        tails="twice the tail of the normal distribution, half a rank nearer",
        ties="mean ranks; variance corrected for ties",
    ),
    Method(
        key="probability_of_superiority",
        name="probability of superiority",
        sentence="The probability of superiority is the share of pairs of patients, one of each "
        "group, in which the first has the higher value, ties counted half; its interval allows "
        "for groups so small that their patients are alike by chance.",
        references=("mann1947",),
        validated_by="autallo.stats.ranks.superiority.probability_of_superiority",
    ),
    Method(
        key="hodges_lehmann",
        name="Hodges-Lehmann estimate",
        sentence="Differences of location are Hodges-Lehmann estimates with exact intervals; on "
        "the logarithmic axis they are ratios.",
        references=("hodges1963",),
        validated_by="autallo.stats.ranks.mann_whitney.hodges_lehmann",
    ),
    Method(
        key="standardised_difference",
        name="standardised difference",
        sentence="Balance is shown by standardised differences with intervals.",
        references=("austin2009", "yang2012"),
        validated_by="autallo.stats.confounding.standardised.standardised_difference",
    ),
    Method(
        key="kaplan_meier",
        name="Kaplan-Meier estimate",
        sentence="Survival was estimated by the Kaplan-Meier method with log-log intervals; where "
        "nobody or everybody has had the event the limit is the binomial one for the effective "
        "number of patients followed so far. Medians have Brookmeyer-Crowley intervals; where the "
        "curve stands at exactly one half the median is the middle of that stretch, as in R.",
        references=("kaplan1958", "peto1977", "brookmeyer1982"),
        validated_by="autallo.stats.survival.kaplan_meier.kaplan_meier",
    ),
    Method(
        key="beta_product",
        name="beta product interval",
        sentence="In groups of up to 50 patients the beta product interval stands beside the "
        "log-log interval of survival; without censoring it is that of Clopper and Pearson.",
        references=("fay2013",),
        validated_by="autallo.stats.survival.bpcp.beta_product_interval",
    ),
    Method(
        key="restricted_mean",
        name="restricted mean",
        sentence="Differences of the restricted mean are the area between the Kaplan-Meier curves "
        "up to the last day on which both groups have follow-up.",
        references=("irwin1949", "royston2013"),
        validated_by="autallo.stats.survival.restricted_mean.restricted_mean_difference",
    ),
    Method(
        key="reverse_kaplan_meier",
        name="reverse Kaplan-Meier estimate",
        sentence="Median follow-up was estimated by the reverse Kaplan-Meier method.",
        references=("schemper1996",),
        validated_by="autallo.stats.survival.kaplan_meier.reverse_kaplan_meier",
    ),
    Method(
        key="observed_follow_up",
        name="observed follow-up of the living",
        sentence="Observed follow-up is the median time of the patients who had no event.",
        references=(),
        validated_by="autallo.stats.summary.summarise",
    ),
    Method(
        key="logrank",
        name="log-rank test",
        sentence="The log-rank test is given in its asymptotic form (chi-square, hypergeometric "
        "variance), the number that the field is used to.",
        references=("mantel1966",),
        validated_by="autallo.stats.logrank.asymptotic.logrank_test",
        tails="chi-squared, which takes both directions",
        ties="events at one time together, hypergeometric variance; they precede censoring",
    ),
    Method(
        key="logrank_exact",
        name="exact permutation log-rank test",
        sentence="Survival of two small groups was compared by the log-rank test in its exact "
        "permutation form over all arrangements of the patients to the groups; the statistic is "
        "observed less expected events.",
        references=("mantel1966", "horowitz1974"),
        validated_by="autallo.stats.logrank.permutation.logrank_permutation_test",
        tails="the share of all arrangements with observed less expected events at least as far "
        "from 0",
        ties="as in the log-rank test, in each arrangement",
    ),
    Method(
        key="logrank_monte_carlo",
        name="permutation log-rank test",
        sentence="Survival of two groups too large to enumerate was compared by the log-rank test "
        "over random permutations of the patients to the groups.",
        references=("mantel1966", "phipson2010"),
        validated_by="autallo.stats.logrank.permutation.logrank_permutation_test",
        tails="the share of random arrangements at least as far from 0, the observed one counted",
        ties="as in the log-rank test, in each arrangement",
    ),
    Method(
        key="logrank_imputation",
        name="imputation-permutation log-rank test",
        sentence="Where follow-up differed between two small groups (log-rank test of the times of "
        "censoring, p below 0.05), survival was compared by the log-rank test over permutations "
        "in which each group keeps its own follow-up and censored times are imputed.",
        references=("heinze2003", "wang2010"),
        validated_by="autallo.stats.logrank.imputation.logrank_imputation_test",
        tails="the share of random arrangements at least as far from 0, the observed one counted",
        ties="as in the log-rank test, in each arrangement",
    ),
    Method(
        key="cox_efron",
        name="Cox model",
        sentence="Hazard ratios are from the Cox model with Efron's handling of ties and "
        "profile-likelihood intervals.",
        references=("cox1972", "efron1977", "venzon1988"),
        validated_by="autallo.stats.cox.fit.fit_cox",
    ),
    Method(
        key="cox_breslow",
        name="Cox model, Breslow ties",
        sentence="Hazard ratios are from the Cox model with Breslow's handling of ties and Wald "
        "intervals, as EZR gives them.",
        references=("cox1972", "breslow1974"),
        validated_by="autallo.stats.cox.fit.fit_cox",
    ),
    Method(
        key="aalen_johansen",
        name="Aalen-Johansen estimate",
        sentence="Cumulative incidence in the presence of competing events was estimated by the "
        "Aalen-Johansen method with delta-method variance and log-log intervals; where nobody has "
        "had the event the limit is the binomial one for the effective number of patients "
        "followed so far.",
        references=("aalen1978", "andersen1993", "peto1977"),
        validated_by="autallo.stats.incidence.aalen_johansen.cumulative_incidence",
    ),
    Method(
        key="gray",
        name="Gray's test",
        sentence="Cumulative incidence is compared by Gray's test in its asymptotic form, as R "
        "cmprsk gives it.",
        references=("gray1988",),
        validated_by="autallo.stats.incidence.gray.gray_test",
        tails="chi-squared, which takes both directions",
        ties="the variance of R cmprsk for tied events; they precede censoring",
    ),
    Method(
        key="gray_permutation",
        name="Gray's test by permutation",
        sentence="Cumulative incidence of small groups was compared by Gray's test over all "
        "permutations of the patients to the groups, or where these are many over random ones; "
        "the statistic is Gray's score.",
        references=("gray1988", "phipson2010"),
        validated_by="autallo.stats.incidence.gray_permutation.gray_permutation_test",
        tails="the share of arrangements with a score at least as far from its mean",
        ties="as in Gray's test, in each arrangement",
    ),
    Method(
        key="cox_zph",
        name="test of proportional hazards",
        sentence="Whether a hazard ratio stays the same over time was tested by the score test on "
        "the Kaplan-Meier scale of time; where it does not, the difference of the restricted means "
        "leads.",
        references=("grambsch1994",),
        validated_by="autallo.stats.cox.proportional_hazards.proportional_hazards_test",
        tails="chi-squared, which takes both directions",
        ties="Efron's, as in the model",
    ),
    Method(
        key="firth_cox",
        name="Firth's penalised Cox model",
        sentence="Where one group had no event, or all its events came before those of the other, "
        "the hazard ratio is from the Cox model with Firth's penalty and limits of the profile of "
        "the penalised likelihood.",
        references=("firth1993", "heinze2001"),
        validated_by="autallo.stats.firth.cox.fit_firth_cox",
    ),
    Method(
        key="fine_gray",
        name="Fine-Gray model",
        sentence="Subdistribution hazard ratios are from the model of Fine and Gray, with the "
        "limits that R cmprsk gives. They compare cumulative incidences; the cause-specific ratios "
        "beside them compare rates among the patients still at risk.",
        references=("fine1999",),
        validated_by="autallo.stats.fine_gray.model.fit_fine_gray",
    ),
    Method(
        key="none_valid",
        name="no valid test",
        sentence="Where every test was measured to call groups like these different too often, no "
        "p is given.",
        references=(),
        validated_by="autallo.stats.logrank.asymptotic.logrank_test",
        tails="none is given",
        ties="none",
    ),
    *FURTHER_METHODS,
)

METHODS: Mapping[str, Method] = {method.key: method for method in _ALL}

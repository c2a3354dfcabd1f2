"""Every statistical method that a report may name: its name, its sentence, its sources.

A number in `Results` carries the key of its method; the methods section of the report is made
from the keys that occur, so it can neither omit a method nor name one that did not run.
"""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["METHODS", "REFERENCES", "Method"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method as the report speaks of it.

    Attributes
    ----------
    key : str
        What `Estimate.method` holds.
    name : str
        Name in a footnote.
    sentence : str
        Whole sentence for the methods section, conventions included.
    references : tuple of str
        Keys in `REFERENCES`.
    validated_by : str
        Public function whose witnesses stand behind the numbers.
    """

    key: str
    name: str
    sentence: str
    references: tuple[str, ...]
    validated_by: str


REFERENCES: Mapping[str, str] = {
    "aalen1978": "Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous"
    " Markov chains based on censored observations. Scand J Stat "
    "1978;5:141-150.",
    "andersen1993": "Andersen PK, Borgan O, Gill RD, Keiding N. Statistical Models Based on "
    "Counting Processes. Springer, 1993.",
    "austin2009": "Austin PC. Balance diagnostics for comparing the distribution of "
    "baseline covariates between treatment groups in propensity-score matched"
    " samples. Stat Med 2009;28:3083-3107.",
    "bauer1972": "Bauer DF. Constructing confidence sets using rank statistics. J Am Stat "
    "Assoc 1972;67:687-690.",
    "breslow1974": "Breslow N. Covariance analysis of censored survival data. Biometrics "
    "1974;30:89-99.",
    "brookmeyer1982": "Brookmeyer R, Crowley J. A confidence interval for the median survival "
    "time. Biometrics 1982;38:29-41.",
    "bryson1981": "Bryson MC, Johnson ME. The incidence of monotone likelihood in the Cox "
    "model. Technometrics 1981;23:381-383.",
    "cibmtr4006": "Center for International Blood and Marrow Transplant Research. "
    "Instructions for form 4006, cellular therapy infusion.",
    "cibmtr_all": "Center for International Blood and Marrow Transplant Research. Response "
    "criteria for acute lymphoblastic leukaemia.",
    "clopper1934": "Clopper CJ, Pearson ES. The use of confidence or fiducial limits "
    "illustrated in the case of the binomial. Biometrika 1934;26:404-413.",
    "cornfield1956": "Cornfield J. A statistical problem arising from retrospective studies. "
    "Proc Third Berkeley Symp Math Stat Probab 1956;4:135-148.",
    "cox1972": "Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220.",
    "efron1977": "Efron B. The efficiency of Cox's likelihood function for censored data. "
    "J Am Stat Assoc 1977;72:557-565.",
    "fisher1935": "Fisher RA. The logic of inductive inference. J R Stat Soc 1935;98:39-82.",
    "freeman1951": "Freeman GH, Halton JH. Note on an exact treatment of contingency, "
    "goodness of fit and other problems of significance. Biometrika "
    "1951;38:141-149.",
    "gokbuget2024": "Gokbuget N, et al. European LeukemiaNet recommendations on acute "
    "lymphoblastic leukaemia in adults. Blood 2024;143:1891.",
    "gray1988": "Gray RJ. A class of K-sample tests for comparing the cumulative "
    "incidence of a competing risk. Ann Stat 1988;16:1141-1154.",
    "greenwood1926": "Greenwood M. The natural duration of cancer. Reports on Public Health "
    "and Medical Subjects 33. HMSO, 1926.",
    "hedges1985": "Hedges LV, Olkin I. Statistical Methods for Meta-Analysis. Academic "
    "Press, 1985.",
    "hodges1963": "Hodges JL, Lehmann EL. Estimates of location based on rank tests. Ann "
    "Math Stat 1963;34:598-611.",
    "horowitz1974": "Horowitz E, Sahni S. Computing partitions with applications to the "
    "knapsack problem. J ACM 1974;21:277-292.",
    "hu2019": "Hu Y, et al. Bone Marrow Transplant 2019. doi 10.1038/s41409-018-0403-2 (abstract).",
    "hyndman1996": "Hyndman RJ, Fan Y. Sample quantiles in statistical packages. Am Stat "
    "1996;50:361-365.",
    "kalbfleisch1980": "Kalbfleisch JD, Prentice RL. The Statistical Analysis of Failure Time "
    "Data. Wiley, 1980.",
    "kaplan1958": "Kaplan EL, Meier P. Nonparametric estimation from incomplete "
    "observations. J Am Stat Assoc 1958;53:457-481.",
    "kim2013": "Kim HT, Armand P. Clinical endpoints in allogeneic hematopoietic stem "
    "cell transplantation studies. Biol Blood Marrow Transplant 2013;19:860.",
    "mann1947": "Mann HB, Whitney DR. On a test of whether one of two random variables is"
    " stochastically larger than the other. Ann Math Stat 1947;18:50-60.",
    "mantel1966": "Mantel N. Evaluation of survival data and two new rank order statistics "
    "arising in its consideration. Cancer Chemother Rep 1966;50:163-170.",
    "mehta1983": "Mehta CR, Patel NR. A network algorithm for performing Fisher's exact "
    "test in r x c contingency tables. J Am Stat Assoc 1983;78:427-434.",
    "peto1972": "Peto R, Peto J. Asymptotically efficient rank invariant test procedures."
    " J R Stat Soc A 1972;135:185-207.",
    "peto1977": "Peto R, Pike MC, Armitage P, et al. Design and analysis of randomized "
    "clinical trials requiring prolonged observation of each patient. II. Br J Cancer "
    "1977;35:1-39.",
    "phipson2010": "Phipson B, Smyth GK. Permutation p-values should never be zero. Stat "
    "Appl Genet Mol Biol 2010;9:39.",
    "schemper1996": "Schemper M, Smith TL. A note on quantifying follow-up in studies of "
    "failure time. Control Clin Trials 1996;17:343-346.",
    "strasser1999": "Strasser H, Weber C. On the asymptotic theory of permutation statistics."
    " Math Methods Stat 1999;8:220-250.",
    "streitberg1986": "Streitberg B, Roehmel J. Exact distributions for permutation and rank "
    "tests: an introduction to some recently published algorithms. Stat Softw"
    " Newsl 1986;12:10-17.",
    "venzon1988": "Venzon DJ, Moolgavkar SH. A method for computing profile-likelihood-"
    "based confidence intervals. J R Stat Soc C 1988;37:87-94.",
    "yang2012": "Yang D, Dalton JE. A unified approach to measuring the effect size "
    "between two groups using SAS. SAS Global Forum 2012, paper 335.",
}

_ALL = (
    Method(
        key="count",
        name="count",
        sentence="Categories are given as number and per cent of the patients with a known value.",
        references=(),
        validated_by="autallo.stats.proportions.binomial_interval",
    ),
    Method(
        key="clopper_pearson",
        name="Clopper-Pearson interval",
        sentence="Proportions have exact (Clopper-Pearson) intervals.",
        references=("clopper1934",),
        validated_by="autallo.stats.proportions.binomial_interval",
    ),
    Method(
        key="fisher_exact",
        name="Fisher's exact test",
        sentence="Proportions of two groups were compared by Fisher's exact test, two-sided: the "
        "sum of the probabilities of all tables not more probable than the observed one.",
        references=("fisher1935",),
        validated_by="autallo.stats.contingency.fisher_test",
    ),
    Method(
        key="conditional_odds_ratio",
        name="conditional odds ratio",
        sentence="Odds ratios are conditional maximum likelihood estimates with exact intervals.",
        references=("fisher1935",),
        validated_by="autallo.stats.contingency.fisher_test",
    ),
    Method(
        key="freeman_halton",
        name="Fisher-Freeman-Halton exact test",
        sentence="Variables with more than two categories were compared by the exact "
        "Fisher-Freeman-Halton test; missing values are shown and never tested as a category.",
        references=("freeman1951", "mehta1983"),
        validated_by="autallo.stats.freeman_halton.freeman_halton_test",
    ),
    Method(
        key="freeman_halton_monte_carlo",
        name="Fisher-Freeman-Halton test, Monte Carlo",
        sentence="Where the exact Fisher-Freeman-Halton test was out of reach its p value was "
        "estimated from random tables with the same margins.",
        references=("freeman1951",),
        validated_by="autallo.stats.freeman_halton.freeman_halton_test",
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
        validated_by="autallo.stats.ranks.mann_whitney_test",
    ),
    Method(
        key="mann_whitney_asymptotic",
        name="Mann-Whitney test, normal approximation",
        sentence="Measurements of large groups were compared by the Mann-Whitney test in its "
        "normal approximation with correction for ties.",
        references=("mann1947",),
        validated_by="autallo.stats.ranks.mann_whitney_test",
    ),
    Method(
        key="probability_of_superiority",
        name="probability of superiority",
        sentence="The probability of superiority is the share of pairs of patients, one of each "
        "group, in which the first has the higher value, ties counted half.",
        references=("mann1947",),
        validated_by="autallo.stats.ranks.mann_whitney_test",
    ),
    Method(
        key="hodges_lehmann",
        name="Hodges-Lehmann estimate",
        sentence="Differences of location are Hodges-Lehmann estimates with exact intervals; on "
        "the logarithmic axis they are ratios.",
        references=("hodges1963",),
        validated_by="autallo.stats.ranks.hodges_lehmann",
    ),
    Method(
        key="standardised_difference",
        name="standardised difference",
        sentence="Balance is shown by standardised differences with intervals.",
        references=("austin2009", "yang2012"),
        validated_by="autallo.stats.confounding.standardised_difference",
    ),
    Method(
        key="kaplan_meier",
        name="Kaplan-Meier estimate",
        sentence="Survival was estimated by the Kaplan-Meier method with log-log intervals; where "
        "nobody or everybody has had the event the limit is the binomial one for the effective "
        "number of patients followed so far. Medians have Brookmeyer-Crowley intervals; where the "
        "curve stands at exactly one half the median is the middle of that stretch, as in R.",
        references=("kaplan1958", "peto1977", "brookmeyer1982"),
        validated_by="autallo.stats.survival.kaplan_meier",
    ),
    Method(
        key="reverse_kaplan_meier",
        name="reverse Kaplan-Meier estimate",
        sentence="Median follow-up was estimated by the reverse Kaplan-Meier method.",
        references=("schemper1996",),
        validated_by="autallo.stats.survival.reverse_kaplan_meier",
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
        validated_by="autallo.stats.logrank.logrank_test",
    ),
    Method(
        key="logrank_exact",
        name="exact permutation log-rank test",
        sentence="Survival of two small groups was compared by the log-rank test in its exact "
        "permutation form over all arrangements of the patients to the groups; the statistic is "
        "observed less expected events.",
        references=("mantel1966", "horowitz1974"),
        validated_by="autallo.stats.permutation.logrank_permutation_test",
    ),
    Method(
        key="logrank_monte_carlo",
        name="permutation log-rank test",
        sentence="Survival of two groups too large to enumerate was compared by the log-rank test "
        "over random permutations of the patients to the groups.",
        references=("mantel1966", "phipson2010"),
        validated_by="autallo.stats.permutation.logrank_permutation_test",
    ),
    Method(
        key="cox_efron",
        name="Cox model",
        sentence="Hazard ratios are from the Cox model with Efron's handling of ties and "
        "profile-likelihood intervals.",
        references=("cox1972", "efron1977", "venzon1988"),
        validated_by="autallo.stats.cox.fit_cox",
    ),
    Method(
        key="aalen_johansen",
        name="Aalen-Johansen estimate",
        sentence="Cumulative incidence in the presence of competing events was estimated by the "
        "Aalen-Johansen method with delta-method variance and log-log intervals; where nobody has "
        "had the event the limit is the binomial one for the effective number of patients "
        "followed so far.",
        references=("aalen1978", "andersen1993", "peto1977"),
        validated_by="autallo.stats.incidence.cumulative_incidence",
    ),
    Method(
        key="gray",
        name="Gray's test",
        sentence="Cumulative incidence is compared by Gray's test in its asymptotic form, as R "
        "cmprsk gives it.",
        references=("gray1988",),
        validated_by="autallo.stats.gray.gray_test",
    ),
    Method(
        key="gray_permutation",
        name="Gray's test by permutation",
        sentence="Cumulative incidence of small groups was compared by Gray's test over random "
        "permutations of the patients to the groups; the statistic is Gray's score.",
        references=("gray1988", "phipson2010"),
        validated_by="autallo.stats.gray.gray_permutation_test",
    ),
)

METHODS: Mapping[str, Method] = {method.key: method for method in _ALL}

"""The methods that look at the comparisons again: subgroups, models, several comparisons."""

from autallo.model.method import Method

__all__ = ["FURTHER_METHODS"]

FURTHER_METHODS = (
    Method(
        key="zelen",
        name="Zelen's exact test of interaction",
        sentence="Whether the odds ratio of the groups is the same in all levels of a factor was "
        "tested exactly, given the margins of every table and the sum of their first cells.",
        references=("zelen1971",),
        validated_by="autallo.stats.contingency.homogeneity.homogeneity_test",
        tails="the total probability of the sets of tables not more probable than the observed one",
        ties="none: tables of counts, margins and total fixed",
    ),
    Method(
        key="breslow_day",
        name="Breslow-Day test with Tarone's correction",
        sentence="Where there were too many tables to list, the same was tested by the test of "
        "Breslow and Day with Tarone's correction.",
        references=("breslow1980", "tarone1985"),
        validated_by="autallo.stats.contingency.stratified.breslow_day_test",
        tails="chi-squared, which takes all directions",
        ties="none: tables of counts",
    ),
    Method(
        key="interaction_cox",
        name="likelihood-ratio test of interaction",
        sentence="Whether the hazard ratio of the groups is the same in all levels of a factor was "
        "tested by the likelihood ratio of Cox models with and without their interaction.",
        references=("cox1972", "therneau2000"),
        validated_by="autallo.stats.cox.nested.nested_models_test",
        tails="chi-squared, which takes all directions",
        ties="Efron's",
    ),
    Method(
        key="interaction_linear",
        name="robust Wald test of interaction",
        sentence="Whether a difference of means between the groups is the same in all levels of a "
        "factor was tested in the linear model with the variance HC3.",
        references=("mackinnon1985", "long2000"),
        validated_by="autallo.stats.regression.linear.fit_linear",
        tails="F, which takes all directions",
        ties="none",
    ),
    Method(
        key="multivariable_cox",
        name="multivariable Cox model",
        sentence="Multivariable hazard ratios are from the Cox model with Efron's handling of "
        "ties, profile-likelihood intervals and likelihood-ratio tests; a model is not fitted with "
        "fewer than five events for each coefficient, and is penalised with fewer than ten.",
        references=("cox1972", "efron1977", "peduzzi1996", "vittinghoff2007"),
        validated_by="autallo.stats.cox.fit.fit_cox",
        tails="chi-squared of the likelihood ratio, which takes both directions",
        ties="Efron's",
    ),
    Method(
        key="multivariable_firth_cox",
        name="multivariable Cox model with Firth's penalty",
        sentence="Where events were scarce or the likelihood had no maximum, multivariable hazard "
        "ratios are from the Cox model with Firth's penalty, with limits and tests from the "
        "profile of the penalised likelihood (several levels together: Wald's test).",
        references=("firth1993", "heinze2001"),
        validated_by="autallo.stats.firth.cox.fit_firth_cox",
        tails="chi-squared of the penalised likelihood ratio, which takes both directions",
        ties="Efron's",
    ),
    Method(
        key="multivariable_logistic",
        name="logistic regression",
        sentence="Multivariable odds ratios are from logistic regression with profile-likelihood "
        "intervals and likelihood-ratio tests; the rarer of the two answers must be at least five "
        "for each coefficient, and the model is penalised if it is fewer than ten.",
        references=("peduzzi1996", "vittinghoff2007", "venzon1988"),
        validated_by="autallo.stats.regression.logistic.fit_logistic",
        tails="chi-squared of the likelihood ratio, which takes both directions",
        ties="none",
    ),
    Method(
        key="multivariable_firth_logistic",
        name="logistic regression with Firth's penalty",
        sentence="Where events were scarce or the covariates separate those with and without, "
        "multivariable odds ratios are from logistic regression with Firth's penalty, with limits "
        "and tests from the profile of the penalised likelihood (several levels together: Wald's "
        "test).",
        references=("firth1993", "heinze2002"),
        validated_by="autallo.stats.firth.logistic.fit_firth_logistic",
        tails="chi-squared of the penalised likelihood ratio, which takes both directions",
        ties="none",
    ),
    Method(
        key="multivariable_linear",
        name="linear regression",
        sentence="Multivariable differences of means, on the logarithmic axis ratios of geometric "
        "means, are from linear regression with the robust variance HC3 and t intervals.",
        references=("mackinnon1985", "long2000"),
        validated_by="autallo.stats.regression.linear.fit_linear",
        tails="twice the tail of the t distribution",
        ties="none",
    ),
    Method(
        key="multivariable_cox_breslow",
        name="multivariable Cox model, Breslow ties",
        sentence="Multivariable hazard ratios are from the Cox model with Breslow's handling of "
        "ties and Wald's intervals and tests, as EZR gives them.",
        references=("cox1972", "breslow1974"),
        validated_by="autallo.stats.cox.fit.fit_cox",
        tails="twice the tail of the normal distribution (Wald)",
        ties="Breslow's",
    ),
    Method(
        key="multivariable_logistic_wald",
        name="logistic regression, Wald",
        sentence="Multivariable odds ratios are from logistic regression with Wald's intervals and "
        "tests, as EZR gives them.",
        references=("mccullagh1989",),
        validated_by="autallo.stats.regression.logistic.fit_logistic",
        tails="twice the tail of the normal distribution (Wald)",
        ties="none",
    ),
    Method(
        key="multivariable_linear_plain",
        name="linear regression, equal variances",
        sentence="Multivariable differences of means are from linear regression with one variance "
        "for all, as EZR gives them.",
        references=("searle1971",),
        validated_by="autallo.stats.regression.linear.fit_linear",
        tails="twice the tail of the t distribution",
        ties="none",
    ),
    Method(
        key="multivariable_fine_gray",
        name="multivariable Fine-Gray model",
        sentence="Multivariable subdistribution hazard ratios are from the model of Fine and Gray, "
        "with the limits that R cmprsk gives and Wald's tests.",
        references=("fine1999",),
        validated_by="autallo.stats.fine_gray.model.fit_fine_gray",
        tails="twice the tail of the normal distribution (Wald)",
        ties="Breslow's; they precede censoring",
    ),
    Method(
        key="overlap_weights",
        name="overlap weights",
        sentence="Groups were weighted to the patients who could have been in either (overlap "
        "weights of a propensity score by logistic regression): every covariate has the same mean "
        "in both then.",
        references=("li2018", "rosenbaum1983"),
        validated_by="autallo.stats.confounding.weights.balancing_weights",
    ),
    Method(
        key="inverse_probability_weights",
        name="inverse-probability weights",
        sentence="Groups were weighted to all patients by the inverse of the probability of the "
        "group that each was in (propensity score by logistic regression).",
        references=("rosenbaum1987", "rosenbaum1983"),
        validated_by="autallo.stats.confounding.weights.balancing_weights",
    ),
    Method(
        key="treated_weights",
        name="weights to the first group",
        sentence="The second group was weighted to resemble the first by the odds of the "
        "propensity score.",
        references=("rosenbaum1987", "rosenbaum1983"),
        validated_by="autallo.stats.confounding.weights.balancing_weights",
    ),
    Method(
        key="entropy_weights",
        name="entropy balancing",
        sentence="The second group was weighted so that the means of its covariates are exactly "
        "those of the first, with weights as equal as that allows (entropy balancing).",
        references=("hainmueller2012",),
        validated_by="autallo.stats.confounding.entropy_balancing.entropy_balance",
    ),
    Method(
        key="weighted_risks",
        name="difference of weighted risks",
        sentence="Weighted risks were compared by their difference with robust (HC1) intervals; "
        "weights are taken as known in all weighted intervals.",
        references=("white1980",),
        validated_by="autallo.stats.regression.linear.fit_linear",
        tails="twice the tail of the t distribution (Wald, robust)",
        ties="none",
    ),
    Method(
        key="weighted_means",
        name="difference of weighted means",
        sentence="Weighted means were compared by their difference, on the logarithmic axis by the "
        "ratio of geometric means, with robust (HC1) intervals.",
        references=("white1980",),
        validated_by="autallo.stats.regression.linear.fit_linear",
        tails="twice the tail of the t distribution (Wald, robust)",
        ties="none",
    ),
    Method(
        key="weighted_cox",
        name="weighted Cox model",
        sentence="Weighted hazard ratios are from the Cox model with a robust variance, each "
        "patient by itself; with each stands the E-value, the association that something not "
        "recorded would need with group and outcome to explain it away.",
        references=("lin1989", "vanderweele2017"),
        validated_by="autallo.stats.cox.fit.fit_cox",
        tails="twice the tail of the normal distribution (Wald, robust)",
        ties="Efron's",
    ),
    Method(
        key="weighted_kaplan_meier",
        name="weighted Kaplan-Meier estimate",
        sentence="Weighted survival was estimated by the Kaplan-Meier method with a robust "
        "variance, and compared at the days asked for.",
        references=("xie2005",),
        validated_by="autallo.stats.confounding.weighted_survival.weighted_kaplan_meier",
    ),
    Method(
        key="weighted_aalen_johansen",
        name="weighted Aalen-Johansen estimate",
        sentence="Weighted incidence was estimated by the Aalen-Johansen method with a robust "
        "variance, and compared at the days asked for.",
        references=("aalen1978",),
        validated_by="autallo.stats.incidence.difference.incidence_difference",
    ),
    Method(
        key="holm",
        name="Holm's adjustment",
        sentence="The p values of each family of factors were adjusted by Holm's method; planned "
        "and unplanned comparisons are separate families, and a comparison that could not be "
        "tested is in none.",
        references=("holm1979",),
        validated_by="autallo.stats.multiplicity.adjust.adjust_p_values",
    ),
    Method(
        key="hochberg",
        name="Hochberg's adjustment",
        sentence="The p values of each family of factors were adjusted by Hochberg's method; "
        "planned and unplanned comparisons are separate families, and a comparison that could not "
        "be tested is in none.",
        references=("hochberg1988",),
        validated_by="autallo.stats.multiplicity.adjust.adjust_p_values",
    ),
    Method(
        key="benjamini_hochberg",
        name="false discovery rate of Benjamini and Hochberg",
        sentence="The p values of each family of factors were adjusted to the false discovery rate "
        "of Benjamini and Hochberg; planned and unplanned comparisons are separate families, and a "
        "comparison that could not be tested is in none.",
        references=("benjamini1995",),
        validated_by="autallo.stats.multiplicity.adjust.adjust_p_values",
    ),
)

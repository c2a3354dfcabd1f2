"""Where methods and rules were published: what the keys in brackets of a docstring stand for."""

from collections.abc import Mapping

__all__ = ["REFERENCES"]

REFERENCES: Mapping[str, str] = {
    "aalen1978": "Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous "
    "Markov chains based on censored observations. Scand J Stat 1978;5:141-150.",
    "aalen_hazard1978": "Aalen O. Nonparametric inference for a family of counting processes."
    " Ann Stat 1978;6:701-726.",
    "agresti2001": "Agresti A, Min Y. On small-sample confidence intervals for parameters in "
    "discrete distributions. Biometrics 2001;57:963-971.",
    "albert1984": "Albert A, Anderson JA. On the existence of maximum likelihood estimates in"
    " logistic regression models. Biometrika 1984;71:1-10.",
    "andersen1982": "Andersen PK, Borgan O, Gill R, Keiding N. Linear nonparametric tests for"
    " comparison of counting processes, with applications to censored survival data. Int Stat"
    " Rev 1982;50:219-258.",
    "andersen1993": "Andersen PK, Borgan O, Gill RD, Keiding N. Statistical Models Based on "
    "Counting Processes. Springer, 1993.",
    "andersen2013": "Andersen PK. Decomposition of number of life years lost according to "
    "causes of death. Stat Med 2013;32:5278-5285.",
    "anderson1983": "Anderson JR, Cain KC, Gelber RD. Analysis of survival by tumor response."
    " J Clin Oncol 1983;1:710-719.",
    "arai2011": "Arai S, et al. 2011. PMC3204740 (introduction).",
    "armand2014": "Armand P, et al. Blood 2014;123:3664. PMC4047501.",
    "armitage1955": "Armitage P. Tests for linear trends in proportions and frequencies. "
    "Biometrics 1955;11:375-386.",
    "austin2009": "Austin PC. Balance diagnostics for comparing the distribution of baseline "
    "covariates between treatment groups in propensity-score matched samples. Stat Med "
    "2009;28:3083-3107.",
    "austin2011": "Austin PC. Optimal caliper widths for propensity-score matching when "
    "estimating differences in means and differences in proportions in observational studies."
    " Pharm Stat 2011;10:150-161.",
    "austin2015": "Austin PC, Stuart EA. Moving towards best practice when using inverse "
    "probability of treatment weighting (IPTW) using the propensity score to estimate causal "
    "treatment effects in observational studies. Stat Med 2015;34:3661-3679.",
    "barnard1947": "Barnard GA. Significance tests for 2 x 2 tables. Biometrika 1947;34:123-138.",
    "barnard1999": "Barnard J, Rubin DB. Small-sample degrees of freedom with multiple "
    "imputation. Biometrika 1999;86:948-955.",
    "bauer1972": "Bauer DF. Constructing confidence sets using rank statistics. J Am Stat "
    "Assoc 1972;67:687-690.",
    "beal2001": "Beal SL. Ways to fit a PK model with some data below the quantification "
    "limit. J Pharmacokinet Pharmacodyn 2001;28:481-504.",
    "benjamini1995": "Benjamini Y, Hochberg Y. Controlling the false discovery rate: a "
    "practical and powerful approach to multiple testing. J R Stat Soc B 1995;57:289-300.",
    "berry1995": "Berry G, Armitage P. Mid-P confidence intervals: a brief review. "
    "Statistician 1995;44:417-423.",
    "birnbaum1957": "Birnbaum ZW, Klose OM. Bounds for the variance of the Mann-Whitney "
    "statistic. Ann Math Stat 1957;28:933-945.",
    "blaker2000": "Blaker H. Confidence curves and improved exact confidence intervals for "
    "discrete distributions. Can J Stat 2000;28:783-798.",
    "bloodref": "bloodref.com. Glucksberg and IBMTR acute GVHD grading (table).",
    "bonett2000": "Bonett DG, Wright TA. Sample size requirements for estimating Pearson, "
    "Kendall and Spearman correlations. Psychometrika 2000;65:23-28.",
    "borgan1990": "Borgan O, Liestol K. A note on confidence intervals and bands for the "
    "survival function based on transformations. Scand J Stat 1990;17:35-41.",
    "boschloo1970": "Boschloo RD. Raised conditional level of significance for the 2 x "
    "2-table when testing the equality of two probabilities. Stat Neerl 1970;24.",
    "breslow1974": "Breslow N. Covariance analysis of censored survival data. Biometrics "
    "1974;30:89-99.",
    "breslow1980": "Breslow NE, Day NE. Statistical Methods in Cancer Research. Volume I: The"
    " Analysis of Case-Control Studies. IARC, 1980.",
    "brookmeyer1982": "Brookmeyer R, Crowley J. A confidence interval for the median survival"
    " time. Biometrics 1982;38:29-41.",
    "brown2001": "Brown LD, Cai TT, DasGupta A. Interval estimation for a binomial "
    "proportion. Stat Sci 2001;16:101-133.",
    "brunner2000": "Brunner E, Munzel U. The nonparametric Behrens-Fisher problem: asymptotic"
    " theory and a small-sample approximation. Biom J 2000;42:17-25.",
    "bryson1981": "Bryson MC, Johnson ME. The incidence of monotone likelihood in the Cox "
    "model. Technometrics 1981;23:381-383.",
    "buchmann2022": "Buchmann S, et al. Blood 2022;139:1785: definition of relapse of acute "
    "lymphoblastic leukaemia by the Ponte-di-Legno consortium.",
    "cahn2005": "Cahn JY, et al. Blood 2005;106:1495-1500 (abstract).",
    "chan1999": "Chan ISF, Zhang Z. Test-based exact confidence intervals for the difference "
    "of two binomial proportions. Biometrics 1999;55:1202-1209.",
    "cibmtr4006": "Center for International Blood and Marrow Transplant Research. "
    "Instructions for form 4006, cellular therapy infusion.",
    "cibmtr4100": "Center for International Blood and Marrow Transplant Research. Form 4100, "
    "cellular therapy essential data follow-up, revision 4.",
    "cibmtr_all": "Center for International Blood and Marrow Transplant Research. Response "
    "criteria for acute lymphoblastic leukaemia.",
    "clopper1934": "Clopper CJ, Pearson ES. The use of confidence or fiducial limits "
    "illustrated in the case of the binomial. Biometrika 1934;26:404-413.",
    "cochran1954": "Cochran WG. Some methods for strengthening the common chi-squared tests. "
    "Biometrics 1954;10:417-451.",
    "cochran1973": "Cochran WG, Rubin DB. Controlling bias in observational studies: a "
    "review. Sankhya A 1973;35:417-446.",
    "cole2004": "Cole SR, Hernan MA. Adjusted survival curves with inverse probability "
    "weights. Comput Methods Programs Biomed 2004;75:45-49.",
    "cole2008": "Cole SR, Hernan MA. Constructing inverse probability weights for marginal "
    "structural models. Am J Epidemiol 2008;168:656-664.",
    "cornfield1956": "Cornfield J. A statistical problem arising from retrospective studies. "
    "Proc Third Berkeley Symp Math Stat Probab 1956;4:135-148.",
    "cox1972": "Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220.",
    "craddock2000": "Craddock C, Szydlo RM, Klein JP, et al. Estimating leukemia-free "
    "survival after allografting for chronic myeloid leukemia: a new method that takes into "
    "account patients who relapse and are restored to complete remission. Blood "
    "2000;96:86-90.",
    "crump2009": "Crump RK, Hotz VJ, Imbens GW, Mitnik OA. Dealing with limited overlap in "
    "estimation of average treatment effects. Biometrika 2009;96:187-199.",
    "ctcae2010": "National Cancer Institute. Common Terminology Criteria for Adverse Events, "
    "v4.03.",
    "ctcae2017": "National Cancer Institute. Common Terminology Criteria for Adverse Events, v5.0.",
    "datta2001": "Datta S, Satten GA. Validity of the Aalen-Johansen estimators of stage "
    "occupation probabilities and Nelson-Aalen estimators of integrated transition hazards "
    "for non-Markov models. Stat Probab Lett 2001;55:403-411.",
    "davison1997": "Davison AC, Hinkley DV. Bootstrap Methods and their Application. "
    "Cambridge University Press, 1997.",
    "dehejia1999": "Dehejia RH, Wahba S. Causal effects in nonexperimental studies: "
    "reevaluating the evaluation of training programs. J Am Stat Assoc 1999;94:1053-1062.",
    "denney2015": "Denney W, Duvvuri S, Buckeridge C. Simple, automatic noncompartmental "
    "analysis: the PKNCA R package. J Pharmacokinet Pharmacodyn 2015;42(Suppl 1):S65.",
    "ding2016": "Ding P, VanderWeele TJ. Sensitivity analysis without assumptions. "
    "Epidemiology 2016;27:368-377.",
    "edwards1948": 'Edwards AL. Note on the "correction for continuity" in testing the '
    "significance of the difference between correlated proportions. Psychometrika "
    "1948;13:185-187.",
    "efron1977": "Efron B. The efficiency of Cox's likelihood function for censored data. J "
    "Am Stat Assoc 1977;72:557-565.",
    "efron1987": "Efron B. Better bootstrap confidence intervals. J Am Stat Assoc 1987;82:171-185.",
    "efron1993": "Efron B, Tibshirani RJ. An Introduction to the Bootstrap. Chapman and Hall,"
    " 1993.",
    "fagerland2013": "Fagerland MW, Lydersen S, Laake P. The McNemar test for binary matched-"
    "pairs data: mid-p and asymptotic are better than exact conditional. BMC Med Res Methodol"
    " 2013;13:91.",
    "fardet2014": "Fardet L, et al. Arthritis Rheumatol 2014;66:2613. doi:10.1002/art.38690.",
    "fay2013": "Fay MP, Brittain EH, Proschan MA. Pointwise confidence intervals for a "
    "survival distribution with small samples or heavy censoring. Biostatistics "
    "2013;14:723-736.",
    "fine1999": "Fine JP, Gray RJ. A proportional hazards model for the subdistribution of a "
    "competing risk. J Am Stat Assoc 1999;94:496-509.",
    "firth1993": "Firth D. Bias reduction of maximum likelihood estimates. Biometrika "
    "1993;80:27-38.",
    "fisher1935": "Fisher RA. The logic of inductive inference. J R Stat Soc 1935;98:39-82.",
    "fleiss1980": "Fleiss JL, Tytun A, Ury HK. A simple approximation for calculating sample "
    "sizes for comparing independent proportions. Biometrics 1980;36:343-346.",
    "fleming1984": "Fleming TR, Harrington DP. Nonparametric estimation of the survival "
    "distribution in censored data. Commun Stat Theory Methods 1984;13:2469-2486.",
    "fleming1991": "Fleming TR, Harrington DP. Counting Processes and Survival Analysis. "
    "Wiley, 1991.",
    "freedman1982": "Freedman LS. Tables of the number of patients required in clinical "
    "trials using the logrank test. Stat Med 1982;1:121-129.",
    "freeman1951": "Freeman GH, Halton JH. Note on an exact treatment of contingency, "
    "goodness of fit and other problems of significance. Biometrika 1951;38:141-149.",
    "gail1981": "Gail MH, Lubin JH, Rubinstein LV. Likelihood calculations for matched case-"
    "control studies and survival studies with tied death times. Biometrika 1981;68:703-707.",
    "gart1970": "Gart JJ. Point and interval estimation of the common odds ratio in the "
    "combination of 2 x 2 tables with fixed marginals. Biometrika 1970;57:471-475.",
    "ge2003": "Ge Y, Dudoit S, Speed TP. Resampling-based multiple testing for microarray "
    "data analysis. Test 2003;12:1-77.",
    "gehan1965": "Gehan EA. A generalized Wilcoxon test for comparing arbitrarily singly- "
    "censored samples. Biometrika 1965;52:203-223.",
    "genz2009": "Genz A, Bretz F. Computation of Multivariate Normal and t Probabilities. "
    "Springer, 2009.",
    "glucksberg1974": "Glucksberg H, Storb R, Fefer A, et al. Clinical manifestations of "
    "graft-versus-host disease in human recipients of marrow from HL-A-matched sibling "
    "donors. Transplantation 1974;18:295-304.",
    "gokbuget2024": "Gokbuget N, et al. European LeukemiaNet recommendations on acute "
    "lymphoblastic leukaemia in adults. Blood 2024;143:1891.",
    "grambsch1994": "Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics "
    "based on weighted residuals. Biometrika 1994;81:515-526.",
    "gray1988": "Gray RJ. A class of K-sample tests for comparing the cumulative incidence of"
    " a competing risk. Ann Stat 1988;16:1141-1154.",
    "greenwood1926": "Greenwood M. The natural duration of cancer. Reports on Public Health "
    "and Medical Subjects 33. HMSO, 1926.",
    "grenander1956": "Grenander U. On the theory of mortality measurement. II. Skand "
    "Aktuarietidskr 1956;39:125-153.",
    "haberman1974": "Haberman SJ. The Analysis of Frequency Data. University of Chicago "
    "Press, 1974.",
    "hainmueller2012": "Hainmueller J. Entropy balancing for causal effects: a multivariate "
    "reweighting method to produce balanced samples in observational studies. Polit Anal "
    "2012;20:25-46.",
    "harrell1982": "Harrell FE, Califf RM, Pryor DB, Lee KL, Rosati RA. Evaluating the yield "
    "of medical tests. JAMA 1982;247:2543-2546.",
    "harris2016": "Harris AC, Young R, Devine S, et al. International, multicenter "
    "standardization of acute graft-versus-host disease clinical data collection: a report "
    "from the Mount Sinai Acute GVHD International Consortium. Biol Blood Marrow Transplant "
    "2016;22:4-10. doi 10.1016/j.bbmt.2015.09.001.",
    "hedges1981": "Hedges LV. Distribution theory for Glass's estimator of effect size and "
    "related estimators. J Educ Stat 1981;6:107-128.",
    "hedges1985": "Hedges LV, Olkin I. Statistical Methods for Meta-Analysis. Academic Press,"
    " 1985.",
    "heinze2001": "Heinze G, Schemper M. A solution to the problem of monotone likelihood in "
    "Cox regression. Biometrics 2001;57:114-119.",
    "heinze2002": "Heinze G, Schemper M. A solution to the problem of separation in logistic "
    "regression. Stat Med 2002;21:2409-2419.",
    "heinze2003": "Heinze G, Gnant M, Schemper M. Exact log-rank tests for unequal follow- "
    "up. Biometrics 2003;59:1151-1157.",
    "henter2007": "Henter JI, et al. HLH-2004, 2007.",
    "hines2023": "Hines MR, et al. Transplant Cell Ther 2023;29:438.",
    "hochberg1988": "Hochberg Y. A sharper Bonferroni procedure for multiple tests of "
    "significance. Biometrika 1988;75:800-802.",
    "hodges1963": "Hodges JL, Lehmann EL. Estimates of location based on rank tests. Ann Math"
    " Stat 1963;34:598-611.",
    "holm1979": "Holm S. A simple sequentially rejective multiple test procedure. Scand J "
    "Stat 1979;6:65-70.",
    "holtan2015": "Holtan SG, DeFor TE, Lazaryan A, et al. Composite end point of graft-"
    "versus-host disease-free, relapse-free survival after allogeneic hematopoietic cell "
    "transplantation. Blood 2015;125:1333-1338.",
    "horowitz1974": "Horowitz E, Sahni S. Computing partitions with applications to the "
    "knapsack problem. J ACM 1974;21:277-292.",
    "hu2019": "Hu Y, et al. Bone Marrow Transplant 2019. doi 10.1038/s41409-018-0403-2 (abstract).",
    "hyndman1996": "Hyndman RJ, Fan Y. Sample quantiles in statistical packages. Am Stat "
    "1996;50:361-365.",
    "irwin1949": "Irwin JO. The standard error of an estimate of expectation of life, with "
    "special reference to expectation of tumourless life in experiments with mice. J Hyg "
    "1949;47:188-189.",
    "jagasia2015": "Jagasia MH, et al. Biol Blood Marrow Transplant 2015;21:389. doi "
    "10.1016/j.bbmt.2014.12.001.",
    "jonckheere1954": "Jonckheere AR. A distribution-free k-sample test against ordered "
    "alternatives. Biometrika 1954;41:133-145.",
    "kalbfleisch1980": "Kalbfleisch JD, Prentice RL. The Statistical Analysis of Failure Time"
    " Data. Wiley, 1980.",
    "kaplan1958": "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations."
    " J Am Stat Assoc 1958;53:457-481.",
    "karrison2016": "Karrison TG. Versatile tests for comparing survival curves based on "
    "weighted log-rank statistics. Stata J 2016;16:678-690.",
    "katz1978": "Katz D, Baptista J, Azen SP, Pike MC. Obtaining confidence intervals for the"
    " risk ratio in cohort studies. Biometrics 1978;34:469-474.",
    "kendall1938": "Kendall MG. A new measure of rank correlation. Biometrika 1938;30:81-93.",
    "kendall1970": "Kendall MG. Rank Correlation Methods. 4th ed. Griffin, 1970.",
    "khan2020": "Khan MS, Fonarow GC, Friede T, et al. Application of the reverse fragility "
    "index to statistically nonsignificant randomized clinical trial results. JAMA Netw Open "
    "2020;3:e2012469.",
    "kim2013": "Kim HT, Armand P. Clinical endpoints in allogeneic hematopoietic stem cell "
    "transplantation studies. Biol Blood Marrow Transplant 2013;19:860.",
    "kirkwood1979": "Kirkwood TBL. Geometric means and measures of dispersion. Biometrics "
    "1979;35:908-909.",
    "kish1965": "Kish L. Survey Sampling. Wiley, 1965.",
    "klein2000": "Klein JP, Keiding N, Shu Y, Szydlo RM, Goldman JM. Summary curves for "
    "patients transplanted for chronic myeloid leukaemia salvaged by a donor lymphocyte "
    "infusion: the current leukaemia-free survival curve. Br J Haematol 2000;109:148-152.",
    "klein2007": "Klein JP, Logan B, Harhoff M, Andersen PK. Analyzing survival curves at a "
    "fixed point in time. Stat Med 2007;26:4505-4519.",
    "koopman1984": "Koopman PAR. Confidence intervals for the ratio of two binomial "
    "proportions. Biometrics 1984;40:513-517.",
    "kruskal1952": "Kruskal WH, Wallis WA. Use of ranks in one-criterion variance analysis. J"
    " Am Stat Assoc 1952;47:583-621.",
    "laetsch2023": "Laetsch TW, et al. Follow-up of ELIANA, tisagenlecleucel in children and "
    "young adults. J Clin Oncol 2023 (abstract).",
    "lancaster1961": "Lancaster HO. Significance tests in discrete distributions. J Am Stat "
    "Assoc 1961;56:223-234.",
    "lee2007": "Lee SH. On the versatility of the combination of the weighted log-rank "
    "statistics. Comput Stat Data Anal 2007;51:6557-6564.",
    "lee2014": "Lee DW, et al. Blood 2014;124:188, doi 10.1182/blood-2014-05-552729.",
    "lee2019": "Lee DW, et al. Biol Blood Marrow Transplant 2019;25:625, doi "
    "10.1016/j.bbmt.2018.12.758.",
    "li1991": "Li KH, Raghunathan TE, Rubin DB. Large-sample significance levels from "
    "multiply imputed data using moment-based statistics and an F reference distribution. J "
    "Am Stat Assoc 1991;86:1065-1073.",
    "li2018": "Li F, Morgan KL, Zaslavsky AM. Balancing covariates via propensity score "
    "weighting. J Am Stat Assoc 2018;113:390-400.",
    "liang1986": "Liang KY, Zeger SL. Longitudinal data analysis using generalized linear "
    "models. Biometrika 1986;73:13-22.",
    "lin1989": "Lin DY, Wei LJ. The robust inference for the Cox proportional hazards model. "
    "J Am Stat Assoc 1989;84:1074-1078.",
    "long2000": "Long JS, Ervin LH. Using heteroscedasticity consistent standard errors in "
    "the linear regression model. Am Stat 2000;54:217-224.",
    "lunceford2004": "Lunceford JK, Davidian M. Stratification and weighting via the "
    "propensity score in estimation of causal treatment effects: a comparative study. Stat "
    "Med 2004;23:2937-2960.",
    "mackinnon1985": "MacKinnon JG, White H. Some heteroskedasticity-consistent covariance "
    "matrix estimators with improved finite sample properties. J Econometrics "
    "1985;29:305-325.",
    "mann1947": "Mann HB, Whitney DR. On a test of whether one of two random variables is "
    "stochastically larger than the other. Ann Math Stat 1947;18:50-60.",
    "mantel1959": "Mantel N, Haenszel W. Statistical aspects of the analysis of data from "
    "retrospective studies of disease. J Natl Cancer Inst 1959;22:719-748.",
    "mantel1966": "Mantel N. Evaluation of survival data and two new rank order statistics "
    "arising in its consideration. Cancer Chemother Rep 1966;50:163-170.",
    "mantel1974": "Mantel N, Byar DP. Evaluation of response-time data involving transient "
    "states: an illustration using heart-transplant data. J Am Stat Assoc 1974;69:81-86.",
    "mccullagh1989": "McCullagh P, Nelder JA. Generalized Linear Models. 2nd ed. Chapman and "
    "Hall, 1989.",
    "mcnemar1947": "McNemar Q. Note on the sampling error of the difference between "
    "correlated proportions or percentages. Psychometrika 1947;12:153-157.",
    "mee1984": "Mee RW. Confidence bounds for the difference between two probabilities. "
    "Biometrics 1984;40:1175-1176.",
    "mehta1983": "Mehta CR, Patel NR. A network algorithm for performing Fisher's exact test "
    "in r x c contingency tables. J Am Stat Assoc 1983;78:427-434.",
    "miettinen1985": "Miettinen O, Nurminen M. Comparative analysis of two rates. Stat Med "
    "1985;4:213-226.",
    "nbk12966": "NCBI Bookshelf NBK12966, table 69-3: clinical staging and grading of graft-"
    "versus-host disease.",
    "nbk577669": "NCBI Bookshelf NBK577669, PDQ Cancer Information Summaries, table 4: "
    "staging of acute graft-versus-host disease. National Cancer Institute.",
    "nci2010": "National Cancer Institute, workshop on relapse after allogeneic "
    "transplantation. Biol Blood Marrow Transplant 2010;16:1187. doi "
    "10.1016/j.bbmt.2010.06.008 (table of response).",
    "nci_c225388": "National Cancer Institute. NCI Thesaurus, concept C225388.",
    "neelapu2018": "Neelapu SS, et al. Nat Rev Clin Oncol 2018;15:47, doi "
    "10.1038/nrclinonc.2017.148.",
    "nelson1972": "Nelson W. Theory and applications of hazard plotting for censored failure "
    "data. Technometrics 1972;14:945-966.",
    "neubert2007": "Neubert K, Brunner E. A studentized permutation test for the non- "
    "parametric Behrens-Fisher problem. Comput Stat Data Anal 2007;51:5192-5204.",
    "newcombe1998": "Newcombe RG. Interval estimation for the difference between independent "
    "proportions: comparison of eleven methods. Stat Med 1998;17:873-890.",
    "newcombe2006": "Newcombe RG. Confidence intervals for an effect size measure based on "
    "the Mann-Whitney statistic. Part 2: asymptotic methods and evaluation. Stat Med "
    "2006;25:559-573.",
    "noether1987": "Noether GE. Sample size determination for some common nonparametric "
    "tests. J Am Stat Assoc 1987;82:645-647.",
    "park2018": "Park JH, et al. N Engl J Med 2018;378:449, doi 10.1056/NEJMoa1709919.",
    "peduzzi1996": "Peduzzi P, Concato J, Kemper E, Holford TR, Feinstein AR. A simulation "
    "study of the number of events per variable in logistic regression analysis. J Clin "
    "Epidemiol 1996;49:1373-1379.",
    "pennisi2021": "Pennisi M, et al. Blood Adv 2021;5:3397. doi:10.1182/bloodadvances.2020003885.",
    "peto1972": "Peto R, Peto J. Asymptotically efficient rank invariant test procedures. J R"
    " Stat Soc A 1972;135:185-207.",
    "peto1977": "Peto R, Pike MC, Armitage P, et al. Design and analysis of randomized "
    "clinical trials requiring prolonged observation of each patient. II. Br J Cancer "
    "1977;35:1-39.",
    "phipson2010": "Phipson B, Smyth GK. Permutation p-values should never be zero. Stat Appl"
    " Genet Mol Biol 2010;9:39.",
    "porter2015": "Porter DL, et al. Sci Transl Med 2015;7:303ra139.",
    "porter2018": "Porter D, et al. J Hematol Oncol 2018;11:35, doi 10.1186/s13045-018-0571-y.",
    "pratt1959": "Pratt JW. Remarks on zeros and ties in the Wilcoxon signed rank procedures."
    " J Am Stat Assoc 1959;54:655-667.",
    "prentice1978": "Prentice RL. Linear rank tests with right censored data. Biometrika "
    "1978;65:167-179.",
    "przepiorka1995": "Przepiorka D, et al. Bone Marrow Transplant 1995;15:825.",
    "puhr2017": "Puhr R, Heinze G, Nold M, Lusa L, Geroldinger A. Firth's logistic regression"
    " with rare events: accurate effect estimates and predictions? Stat Med "
    "2017;36:2302-2317.",
    "purves1992": "Purves RD. Optimum numerical integration methods for estimation of area- "
    "under-the-curve (AUC) and area-under-the-moment-curve (AUMC). J Pharmacokinet Biopharm "
    "1992;20:211-226.",
    "reid1981": "Reid N. Influence functions for censored data. Ann Stat 1981;9:78-92.",
    "rejeski2021": "Rejeski K, et al. Blood 2021;138:2499. doi:10.1182/blood.2020010543.",
    "rejeski2023": "Rejeski K, et al. Blood 2023;142:865.",
    "robins1986": "Robins J, Breslow N, Greenland S. Estimators of the Mantel-Haenszel "
    "variance consistent in both sparse data and large-strata limiting models. Biometrics "
    "1986;42:311-323.",
    "rosenbaum1983": "Rosenbaum PR, Rubin DB. The central role of the propensity score in "
    "observational studies for causal effects. Biometrika 1983;70:41-55.",
    "rosenbaum1987": "Rosenbaum PR. Model-based direct adjustment. J Am Stat Assoc "
    "1987;82:387-394.",
    "rosenbaum1989": "Rosenbaum PR. Optimal matching for observational studies. J Am Stat "
    "Assoc 1989;84:1024-1032.",
    "rowlings1997": "Rowlings PA, Przepiorka D, Klein JP, et al. IBMTR Severity Index for "
    "grading acute graft-versus-host disease: retrospective comparison with Glucksberg grade."
    " Br J Haematol 1997;97:855-864.",
    "royston2013": "Royston P, Parmar MKB. Restricted mean survival time: an alternative to "
    "the hazard ratio for the design and analysis of randomized trials with a time-to-event "
    "outcome. BMC Med Res Methodol 2013;13:152.",
    "rubin1987": "Rubin DB. Multiple Imputation for Nonresponse in Surveys. Wiley, 1987.",
    "ruggeri2016": "Ruggeri A, et al. Biol Blood Marrow Transplant 2016;22:1403: refined "
    "GVHD-free, relapse-free survival.",
    "russell2008": "Russell JA, et al. N Engl J Med 2008;358:877.",
    "schemper1996": "Schemper M, Smith TL. A note on quantifying follow-up in studies of "
    "failure time. Control Clin Trials 1996;17:343-346.",
    "schoenfeld1981": "Schoenfeld D. The asymptotic properties of nonparametric tests for "
    "comparing survival distributions. Biometrika 1981;68:316-319.",
    "schoenfeld1982": "Schoenfeld D. Partial residuals for the proportional hazards "
    "regression model. Biometrika 1982;69:239-241.",
    "searle1971": "Searle SR. Linear Models. Wiley, 1971.",
    "shulman1980": "Shulman HM, et al. Am J Med 1980;69:204.",
    "simon1984": "Simon R, Makuch RW. A non-parametric graphical representation of the "
    "relationship between survival and the occurrence of an event: application to responder "
    "versus non-responder bias. Stat Med 1984;3:35-44.",
    "sorror2005": "Sorror ML, et al. Blood 2005;106:2912.",
    "sorror2013": "Sorror ML. Blood 2013;121:2854.",
    "spearman1904": "Spearman C. The proof and measurement of association between two things."
    " Am J Psychol 1904;15:72-101.",
    "stein2019": "Stein AM, et al. Tisagenlecleucel model-based cellular kinetic analysis of "
    "chimeric antigen receptor-T cells. CPT Pharmacometrics Syst Pharmacol 2019;8:285-295.",
    "strasser1999": "Strasser H, Weber C. On the asymptotic theory of permutation statistics."
    " Math Methods Stat 1999;8:220-250.",
    "streitberg1986": "Streitberg B, Roehmel J. Exact distributions for permutation and rank "
    "tests: an introduction to some recently published algorithms. Stat Softw Newsl "
    "1986;12:10-17.",
    "suissa1985": "Suissa S, Shuster JJ. Exact unconditional sample sizes for the 2 x 2 "
    "binomial trial. J R Stat Soc A 1985;148:317-327.",
    "takahasi1974": "Takahasi H, Mori M. Double exponential formulas for numerical "
    "integration. Publ RIMS Kyoto Univ 1974;9:721-741.",
    "tarone1975": "Tarone RE. Tests for trend in life table analysis. Biometrika 1975;62:679-682.",
    "tarone1977": "Tarone RE, Ware J. On distribution-free tests for equality of survival "
    "distributions. Biometrika 1977;64:156-160.",
    "tarone1985": "Tarone RE. On heterogeneity tests based on efficient scores. Biometrika "
    "1985;72:91-95.",
    "terpstra1952": "Terpstra TJ. The asymptotic normality and consistency of Kendall's test "
    "against trend, when ties are present in one ranking. Indag Math 1952;14:327-333.",
    "therneau1990": "Therneau TM, Grambsch PM, Fleming TR. Martingale-based residuals for "
    "survival models. Biometrika 1990;77:147-160.",
    "therneau2000": "Therneau TM, Grambsch PM. Modeling Survival Data: Extending the Cox "
    "Model. Springer, 2000.",
    "therneau2023": "Therneau TM. A package for survival analysis in R, version 3.5-3. 2023.",
    "traube2014": "Traube C, et al. Crit Care Med 2014;42:656.",
    "tsai1987": "Tsai WY, Jewell NP, Wang MC. A note on the product-limit estimator under "
    "right censoring and left truncation. Biometrika 1987;74:883-886.",
    "tsiatis1981": "Tsiatis AA. A large sample study of Cox's regression model. Ann Stat "
    "1981;9:93-108.",
    "uno2011": "Uno H, Cai T, Pencina MJ, D'Agostino RB, Wei LJ. On the C-statistics for "
    "evaluating overall adequacy of risk prediction procedures with censored survival data. "
    "Stat Med 2011;30:1105-1117.",
    "uno2014": "Uno H, Claggett B, Tian L, et al. Moving beyond the hazard ratio in "
    "quantifying the between-group difference in survival analysis. J Clin Oncol "
    "2014;32:2380-2385.",
    "vanderweele2017": "VanderWeele TJ, Ding P. Sensitivity analysis in observational "
    "research: introducing the E-value. Ann Intern Med 2017;167:268-274.",
    "vanderweele_root2017": "VanderWeele TJ. On a square-root transformation of the odds "
    "ratio for a common outcome. Epidemiology 2017;28:e58-e60.",
    "venzon1988": "Venzon DJ, Moolgavkar SH. A method for computing profile-likelihood- based"
    " confidence intervals. J R Stat Soc C 1988;37:87-94.",
    "vittinghoff2007": "Vittinghoff E, McCulloch CE. Relaxing the rule of ten events per "
    "variable in logistic and Cox regression. Am J Epidemiol 2007;165:710-718.",
    "walsh2014": "Walsh M, et al. The statistical significance of randomized controlled trial"
    " results is frequently fragile: a case for a Fragility Index. J Clin Epidemiol "
    "2014;67:622-628.",
    "wang2010": "Wang R, Lagakos SW, Gray RJ. Testing and interval estimation for two- sample"
    " survival comparisons with small sample sizes and unequal censoring. Biostatistics "
    "2010;11:676-692.",
    "westfall1993": "Westfall PH, Young SS. Resampling-Based Multiple Testing. Wiley, 1993.",
    "white1980": "White H. A heteroskedasticity-consistent covariance matrix estimator and a "
    "direct test for heteroskedasticity. Econometrica 1980;48:817-838.",
    "white1982": "White H. Maximum likelihood estimation of misspecified models. Econometrica"
    " 1982;50:1-25.",
    "wilcoxon1945": "Wilcoxon F. Individual comparisons by ranking methods. Biometrics Bull "
    "1945;1:80-83.",
    "wilson1927": "Wilson EB. Probable inference, the law of succession, and statistical "
    "inference. J Am Stat Assoc 1927;22:209-212.",
    "xie2005": "Xie J, Liu C. Adjusted Kaplan-Meier estimator and log-rank test with inverse "
    "probability of treatment weighting for survival data. Stat Med 2005;24:3089-3110.",
    "yang2012": "Yang D, Dalton JE. A unified approach to measuring the effect size between "
    "two groups using SAS. SAS Global Forum 2012, paper 335.",
    "zelen1971": "Zelen M. The analysis of several 2 × 2 contingency tables. Biometrika "
    "1971;58:129-137.",
    "zhang2008": "Zhang MJ, Fine J. Summarizing differences in cumulative incidence "
    "functions. Stat Med 2008;27:4939-4949.",
    "zou2004": "Zou G. A modified Poisson regression approach to prospective studies with "
    "binary data. Am J Epidemiol 2004;159:702-706.",
    "zou2008": "Zou GY, Donner A. Construction of confidence limits about effect measures: a "
    "general approach. Stat Med 2008;27:1693-1702.",
}

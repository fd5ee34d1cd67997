# Subgroups' changes compared: Welch's test, and CR2 with HTZ, also of differences between arms.
# Rscript tests/reference/subgroups.R
source("tests/reference/common.R")
suppressPackageStartupMessages(library(clubSandwich))

set.seed(20210909)
htz <- function(model, school, constraints) {
  test <- Wald_test(model, constraints = constraints, vcov = "CR2", cluster = school, test = "HTZ")
  list(f = test$Fstat, df1 = test$df_num, df2 = test$df_denom, p = test$p_val)
}
against_first <- function(groups) cbind(-1, diag(groups - 1))

cases <- list()
for (groups in c(2, 3, 5)) for (schools in c(8, 15, 40)) for (nested in c(FALSE, TRUE)) {
  sizes <- sample(6:20, schools, replace = TRUE)
  school <- rep(seq_len(schools), sizes)
  n <- length(school)
  group <- if (nested) (school - 1) %% groups + 1 else sample(rep(seq_len(groups), length.out = n))
  if (nested && schools / groups < 3) next
  arm <- if (nested) rbinom(n, 1, .5) else school %% 2
  earlier <- round(15 + 3 * rnorm(n))
  later <- round(earlier + 1 + .3 * group + arm + rnorm(schools)[school] + (1 + group / 2) * rnorm(n))
  change <- later - earlier
  means <- lm(change ~ 0 + factor(group))
  cells <- lm(change ~ 0 + interaction(arm, group))
  welch <- oneway.test(change ~ group)
  cases[[length(cases) + 1]] <- list(
    name = paste(groups, if (nested) "groups of schools," else "groups in schools,", schools, "schools"),
    school = school, group = group, arm = arm, earlier = earlier, later = later,
    welch = list(f = unname(welch$statistic), df1 = unname(welch$parameter[1]), df2 = unname(welch$parameter[2]), p = welch$p.value),
    clustered = htz(means, school, against_first(groups)),
    arms_clustered = htz(cells, school, kronecker(against_first(groups), t(c(-1, 1)))))
}
write_reference("subgroups", list(cases = cases), "clubSandwich")

# CR2 with Satterthwaite df of a mean change and of differences between arms; ICC of the change; baseline difference.
# Writes cluster.json and comparison.json.
# Rscript tests/reference/cluster.R
source("tests/reference/common.R")
suppressPackageStartupMessages({library(clubSandwich); library(effectsize)})

set.seed(20170303)

# Scores of people in unbalanced schools. arms: "none", "nested" in schools, or "crossing" them.
school_data <- function(name, sizes, arms = "none", top = 25, icc = .15, step = 1) {
  school <- rep(seq_along(sizes), sizes)
  n <- length(school)
  arm <- switch(arms, none = rep(0, n), nested = as.numeric(school %% 2 == 0), crossing = rbinom(n, 1, .4))
  trait <- sqrt(1 - icc) * rnorm(n) + sqrt(icc) * rnorm(length(sizes))[school]
  earlier <- pmin(pmax(round((15 + 3 * trait + 2 * rnorm(n)) * step), 5), top)
  later <- pmin(pmax(round((16 + arm + 2.5 * trait + 2 * rnorm(n) + rnorm(length(sizes))[school]) * step), 5), top)
  list(name = name, arms = arms, school = school, arm = arm, earlier = earlier, later = later)
}

sizes <- function(schools, low = 3, high = 35) sample(low:high, schools, replace = TRUE)
designs <- function(arms) {
  data <- list()
  for (schools in c(4, 5, 6, 8, 12, 20, 30)) {
    data[[length(data) + 1]] <- school_data(paste(arms, "arms,", schools, "schools"), sizes(schools), arms)
    data[[length(data) + 1]] <- school_data(paste(arms, "arms,", schools, "schools, one very large"), c(150, sizes(schools - 1)), arms)
    data[[length(data) + 1]] <- school_data(paste(arms, "arms,", schools, "schools, at the ceiling"), sizes(schools), arms, top = 17)
    data[[length(data) + 1]] <- school_data(paste(arms, "arms,", schools, "small schools, scores in 2520 steps"), sizes(schools, 2, 5), arms, top = 63000, step = 2520)
  }
  data
}

tested <- function(model, school, place) {
  test <- coef_test(model, vcov = "CR2", cluster = school, test = "Satterthwaite")[place, ]
  interval <- conf_int(model, vcov = "CR2", cluster = school, test = "Satterthwaite")[place, ]
  list(value = test$beta, se = test$SE, t = test$tstat, df = test$df_Satt, p = test$p_Satt, low = interval$CI_L, high = interval$CI_U)
}
plain <- function(model, place) {
  row <- coef(summary(model))[place, ]
  list(value = row[[1]], se = row[[2]], t = row[[3]], df = df.residual(model), p = row[[4]],
    low = confint(model)[place, 1], high = confint(model)[place, 2])
}
icc <- function(change, school) {
  table <- anova(lm(change ~ factor(school)))
  sizes <- as.numeric(table(school))
  n0 <- (sum(sizes) - sum(sizes^2) / sum(sizes)) / (length(sizes) - 1)
  ms <- table[["Mean Sq"]]
  (ms[1] - ms[2]) / (ms[1] + (n0 - 1) * ms[2])
}

one_group <- lapply(designs("none"), function(case) with(case, {
  change <- later - earlier
  kish <- sum(table(school)^2) / length(school)
  c(case, list(clustered = tested(lm(change ~ 1), school, 1), icc = icc(change, school), kish = kish))
}))
two_arms <- lapply(c(designs("nested"), designs("crossing")), function(case) with(case, {
  change <- later - earlier
  difference <- lm(change ~ arm)
  ancova <- lm(later ~ arm + earlier)
  # clubSandwich loses 8 digits when columns differ in size by thousands; the arm's effect is the same with this covariate
  standard <- scale(earlier)
  scaled_ancova <- lm(later ~ arm + standard)
  c(case, list(
    baseline = -hedges_g(earlier ~ factor(arm))$Hedges_g,
    difference = plain(difference, 2), difference_clustered = tested(difference, school, 2),
    ancova = plain(ancova, 2), ancova_clustered = tested(scaled_ancova, school, 2)))
}))
write_reference("cluster", list(cases = one_group), "clubSandwich")
write_reference("comparison", list(cases = two_arms), c("clubSandwich", "effectsize"))

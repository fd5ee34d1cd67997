# d_z with noncentral-t interval, d_av with Bonett's interval, d_rm, Hedges' correction, rank-biserial.
# Rscript tests/reference/effect.R
source("tests/reference/common.R")
suppressPackageStartupMessages(library(effectsize))

# effectsize searches the noncentrality with a coarse tolerance, so the same equation is solved to the last digit as well
noncentral <- function(t, df, below)
  uniroot(function(ncp) pt(t, df, ncp) - below, t + c(-1, 1) * 10 * sqrt(1 + t^2 / (2 * df)), tol = 1e-14)$root

bonett <- function(earlier, later) {
  df <- length(earlier) - 1
  s <- sqrt((var(earlier) + var(later)) / 2)
  d <- (mean(later) - mean(earlier)) / s
  var_d <- d^2 * (sd(earlier)^4 + sd(later)^4 + 2 * cov(earlier, later)^2) / (8 * df * s^4) + var(later - earlier) / (df * s^2)
  list(d_av = d, d_av_low = d - qnorm(.975) * sqrt(var_d), d_av_high = d + qnorm(.975) * sqrt(var_d))
}

cases <- lapply(paired_data(), function(case) with(case, {
  change <- later - earlier
  n <- length(change)
  t <- unname(t.test(change)$statistic)
  from_effectsize <- cohens_d(change)
  exact <- abs(t) < 20 # R's noncentral t loses digits, and warns, once the noncentrality passes 37.62
  ranks <- suppressWarnings(rank_biserial(later, earlier, paired = TRUE))
  c(case,
    list(d_z = from_effectsize$Cohens_d, d_z_low_effectsize = from_effectsize$CI_low, d_z_high_effectsize = from_effectsize$CI_high,
      d_z_low = if (exact) noncentral(t, n - 1, .975) / sqrt(n) else NA, d_z_high = if (exact) noncentral(t, n - 1, .025) / sqrt(n) else NA,
      g_z = hedges_g(change)$Hedges_g, rank_biserial = ranks$r_rank_biserial,
      d_rm = suppressWarnings(from_effectsize$Cohens_d * sqrt(2 * (1 - cor(earlier, later))))),
    bonett(earlier, later))
}))
df <- c(2, 3, 5, 10, 19, 30, 59, 100, 340)
write_reference("effect", list(
  cases = cases, hedges = list(df = df, j = exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2))), "effectsize")

# Signed-rank test with ties, exact and normal, zeros dropped and by Pratt; sign test.
# Rscript tests/reference/signs.R
source("tests/reference/common.R")
suppressPackageStartupMessages({library(coin); library(exactRankTests)})

coin_p <- function(earlier, later, zeros, distribution)
  as.numeric(pvalue(wilcoxsign_test(later ~ earlier, zero.method = zeros, distribution = distribution)))

set.seed(500)
large <- lapply(c(120, 250, 500), function(n) list(
  name = paste("many people, n", n), earlier = rep(0, n), later = sample(c(-20:-1, 1:21), n, replace = TRUE)))

cases <- lapply(c(paired_data(), large), function(case) with(case, {
  change <- (later - earlier)[later != earlier]
  ranks <- rank(abs(change))
  c(case, list(
    w_plus = sum(ranks[change > 0]), w_minus = sum(ranks[change < 0]),
    exact = coin_p(earlier, later, "Wilcoxon", "exact"), exact_pratt = coin_p(earlier, later, "Pratt", "exact"),
    normal = coin_p(earlier, later, "Wilcoxon", "asymptotic"), normal_pratt = coin_p(earlier, later, "Pratt", "asymptotic"),
    exact_rank_tests = wilcox.exact(later, earlier, paired = TRUE, exact = TRUE)$p.value,
    sign = binom.test(sum(change > 0), length(change))$p.value))
}))
write_reference("signs", list(cases = cases), c("coin", "exactRankTests"))

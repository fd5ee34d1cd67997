# Sign-flip test of cluster sums, and exchange of clusters between arms; both exact.
# Rscript tests/reference/permutation.R
source("tests/reference/common.R")
suppressPackageStartupMessages({library(coin); library(exactRankTests)})

set.seed(1935)
one_group <- lapply(rep(4:14, each = 2), function(clusters) {
  sums <- round(rnorm(clusters, 6, 12))
  list(name = paste("one group,", clusters, "clusters"), sums = sums,
    p = as.numeric(perm.test(sums, rep(0, clusters), paired = TRUE, exact = TRUE)$p.value))
})
two_arms <- lapply(rep(5:14, each = 2), function(clusters) {
  people <- sample(8:35, clusters, replace = TRUE)
  arm <- sample(rep(0:1, length.out = clusters))
  sums <- round(rnorm(clusters, .3 * arm, .4) * people)
  residuals <- sum(people) * sums - sum(sums) * people
  test <- oneway_test(residuals ~ factor(arm), distribution = exact(algorithm = "split-up"))
  list(name = paste("two arms,", clusters, "clusters"), sums = sums, people = people, arm = arm,
    p = as.numeric(pvalue(test)))
})
write_reference("permutation", list(cases = one_group, two_arms = two_arms), c("coin", "exactRankTests"))

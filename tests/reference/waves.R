# Changes from baseline at several waves: paired t alone, multivariate t together. Complete cases and available cases.
# Rscript tests/reference/waves.R
source("tests/reference/common.R")
suppressPackageStartupMessages(library(mvtnorm))

set.seed(20180606)
wave_data <- function(n, waves, missing) {
  trait <- 3 * rnorm(n)
  scores <- sapply(seq_len(waves + 1), function(wave) round(15 + .5 * wave + trait + 2.5 * rnorm(n)))
  scores[cbind(FALSE, matrix(runif(n * waves) < missing, n))] <- NA
  scores
}

# Genz and Bretz's sums are random: many points, and a tolerance in the test
algorithm <- GenzBretz(maxpts = 3e5, abseps = 2e-6)
within <- function(size, df, correlation)
  pmvt(rep(-size, nrow(correlation)), rep(size, nrow(correlation)), df = df, corr = correlation, algorithm = algorithm)[1]
together <- function(scores) {
  changes <- scores[, -1, drop = FALSE] - scores[, 1]
  n <- colSums(!is.na(changes))
  alone <- lapply(seq_len(ncol(changes)), function(j) t.test(changes[, j]))
  se <- sapply(alone, function(test) test$stderr)
  shared <- crossprod(!is.na(changes))
  correlation <- cov(changes, use = "pairwise") * shared / outer(n, n) / outer(se, se)
  diag(correlation) <- 1
  t <- sapply(alone, function(test) unname(test$statistic))
  list(n = n, value = sapply(alone, function(test) unname(test$estimate)), se = se, t = t, df = n - 1,
    p = sapply(alone, function(test) test$p.value),
    within_2.5 = sapply(n - 1, function(df) within(2.5, df, correlation)),
    p_together = mapply(function(t, df) 1 - within(abs(t), df, correlation), t, n - 1))
}
cases <- list()
for (n in c(8, 20, 60)) for (waves in c(2, 3, 5)) {
  scores <- wave_data(n, waves, if (n == 8) .1 else .25)
  complete <- scores[stats::complete.cases(scores), , drop = FALSE]
  case <- list(name = paste(n, "people,", waves, "waves after baseline"), scores = scores, available = together(scores))
  if (nrow(complete) > 3) case$complete <- together(complete)
  cases[[length(cases) + 1]] <- case
}
write_reference("waves", list(cases = cases), "mvtnorm")

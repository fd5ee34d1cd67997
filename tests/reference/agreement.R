# Two people of one family: intraclass correlations, bias and limits of agreement with exact intervals.
# Rscript tests/reference/agreement.R
source("tests/reference/common.R")
suppressPackageStartupMessages(library(psych))

exact <- function(n, share) suppressWarnings(qt(share, n - 1, qnorm(.975) * sqrt(n))) / sqrt(n)

set.seed(1996)
cases <- list()
for (n in c(4, 8, 15, 30, 80, 250)) for (shift in c(0, 2)) for (shared in c(0, .5, .9)) {
  family <- rnorm(n)
  first <- round(3 + 4 * (sqrt(shared) * family + sqrt(1 - shared) * rnorm(n)))
  second <- round(3 + shift + 4 * (sqrt(shared) * family + sqrt(1 - shared) * rnorm(n)))
  found <- suppressWarnings(ICC(cbind(first, second), lmer = FALSE))$results
  difference <- second - first
  s <- sd(difference)
  cases[[length(cases) + 1]] <- list(name = paste("families", n, "shift", shift, "shared", shared),
    earlier = first, later = second,
    agreement = found$ICC[2], agreement_low = found[["lower bound"]][2], agreement_high = found[["upper bound"]][2],
    consistency = found$ICC[3], consistency_low = found[["lower bound"]][3], consistency_high = found[["upper bound"]][3],
    bias = mean(difference), bias_low = t.test(difference)$conf.int[1], bias_high = t.test(difference)$conf.int[2],
    upper = mean(difference) + qnorm(.975) * s,
    upper_low = mean(difference) + exact(n, .025) * s, upper_high = mean(difference) + exact(n, .975) * s,
    lower = mean(difference) - qnorm(.975) * s, lower_low = mean(difference) - exact(n, .975) * s)
}
write_reference("agreement", list(cases = cases), "psych")

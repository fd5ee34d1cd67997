# Random-effects summary: REML, Knapp-Hartung. The threshold is tightened so that digits can be compared.
# Rscript tests/reference/pooling.R
source("tests/reference/common.R")
suppressPackageStartupMessages(library(metafor))

summary_of <- function(name, values, errors) {
  fit <- rma(values, sei = errors, method = "REML", test = "knha", control = list(threshold = 1e-14, maxiter = 10000))
  pooled <- predict(fit)
  list(name = name, values = values, errors = errors, mean = as.numeric(fit$beta), low = fit$ci.lb, high = fit$ci.ub,
    t = fit$zval, p = fit$pval, tau2 = fit$tau2, i2 = fit$I2 / 100, q = fit$QE, q_p = fit$QEp,
    prediction_low = pooled$pi.lb, prediction_high = pooled$pi.ub)
}
set.seed(2003)
cases <- list()
for (k in c(2, 3, 4, 5, 8, 12, 25, 60)) for (tau in c(0, .1, .5)) {
  errors <- runif(k, .05, .4)
  cases[[length(cases) + 1]] <- summary_of(paste("results", k, "tau", tau), rnorm(k, .3, sqrt(errors^2 + tau^2)), errors)
}
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
cases[[length(cases) + 1]] <- summary_of("BCG vaccine trials", as.numeric(bcg$yi), sqrt(as.numeric(bcg$vi)))
write_reference("pooling", list(cases = cases), "metafor")

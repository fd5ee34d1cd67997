# BCa interval from given replicates, with jackknife acceleration.
# Rscript tests/reference/resampling.R
source("tests/reference/common.R")
suppressPackageStartupMessages(library(boot))

figures <- list(
  mean_change = function(d, i) mean(d[i, 2] - d[i, 1]),
  d_z = function(d, i) { x <- d[i, 2] - d[i, 1]; mean(x) / sd(x) },
  d_av = function(d, i) (mean(d[i, 2]) - mean(d[i, 1])) / sqrt((var(d[i, 1]) + var(d[i, 2])) / 2))

set.seed(1987)
cases <- list()
for (n in c(20, 60)) for (figure in names(figures)) {
  trait <- rnorm(n)
  data <- cbind(round(180 + 40 * trait + 30 * rnorm(n)), round(200 + 40 * trait + 45 * rexp(n)))
  repeat { # replicates that tie with the figure count half here and not at all there, so there are none
    done <- boot(data, figures[[figure]], R = 499)
    if (all(abs(done$t - done$t0) > 1e-9)) break
  }
  skewness <- empinf(done, type = "jack")
  bounds <- lapply(c(.8, .95), function(level) boot.ci(done, conf = level, type = "bca", L = skewness)$bca[4:5])
  cases[[length(cases) + 1]] <- list(
    name = paste(figure, "n", n), figure = figure, earlier = data[, 1], later = data[, 2],
    value = done$t0, replicates = sort(done$t[, 1]), acceleration = sum(skewness^3) / (6 * sum(skewness^2)^1.5),
    bounds_80 = bounds[[1]], bounds_95 = bounds[[2]])
}
write_reference("resampling", list(cases = cases), "boot")

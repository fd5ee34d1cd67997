# Filled-in changes, attrition, Rubin's rules; and a data set imputed by mice, to be near to.
# Rscript tests/reference/missing.R
source("tests/reference/common.R")
suppressPackageStartupMessages(library(mice))

clip <- function(x) pmin(pmax(round(x), 5), 25)
bounds <- function(change) as.list(setNames(c(mean(change), t.test(change)$conf.int), c("mean", "low", "high")))

set.seed(1999)
cases <- lapply(c(8, 15, 30, 60, 150), function(n) {
  trait <- rnorm(n)
  earlier <- clip(14 + 3 * trait + 2 * rnorm(n)); later <- clip(16 + 3 * trait + 2 * rnorm(n))
  no_later <- seq_len(n) %in% sample(n, ceiling(n * .25)); no_earlier <- !no_later & runif(n) < .1
  both <- !no_later & !no_earlier
  change <- (later - earlier)[both]
  fill <- function(with_earlier, with_later) c(change, with_earlier(earlier[no_later]), with_later(later[no_earlier]))
  welch <- t.test(earlier[no_later], earlier[both])
  m <- 12
  values <- rnorm(m, .5, .1); variances <- runif(m, .01, .03)
  pooled <- pool.scalar(values, variances, n = n, k = 1)
  half <- qt(.975, pooled$df) * sqrt(pooled$t)
  list(name = paste("people", n), earlier = earlier[both], later = later[both], earlier_only = earlier[no_later],
    later_only = later[no_earlier],
    complete = bounds(change), none = bounds(fill(function(x) 0 * x, function(y) 0 * y)),
    worst = bounds(fill(function(x) 5 - x, function(y) y - 25)), best = bounds(fill(function(x) 25 - x, function(y) y - 5)),
    difference = -as.numeric(diff(welch$estimate)), difference_low = welch$conf.int[1], difference_high = welch$conf.int[2],
    standardised = -as.numeric(diff(welch$estimate)) / sqrt((var(earlier[no_later]) + var(earlier[both])) / 2),
    share_low = suppressWarnings(prop.test(sum(no_later), sum(no_later | both), correct = FALSE))$conf.int[1],
    values = values, variances = variances, pooled = pooled$qbar, pooled_low = pooled$qbar - half,
    pooled_high = pooled$qbar + half, df = pooled$df, missing_share = (1 + 1 / m) * pooled$b / pooled$t)
})

n <- 200
trait <- rnorm(n); other <- trait + rnorm(n)
earlier <- clip(14 + 3 * trait + 2 * rnorm(n)); later <- clip(16 + 3 * trait + 2 * rnorm(n))
later[runif(n) < plogis(-1 + other)] <- NA # those with more of the other leave, so complete pairs are off
data <- data.frame(earlier, later, other = round(other, 3))
imputed <- mice(data, m = 200, maxit = 10, method = "pmm", printFlag = FALSE, seed = 1)
fits <- sapply(1:200, function(i) { d <- complete(imputed, i); x <- d$later - d$earlier; c(mean(x), var(x) / n) })
pooled <- pool.scalar(fits[1, ], fits[2, ], n = n, k = 1)
write_reference("missing", list(cases = cases, imputed = list(earlier = earlier, later = later, other = data$other,
  mean = pooled$qbar, error = sqrt(pooled$t))), "mice")

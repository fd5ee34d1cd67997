# Both waves of one construct: loadings, congruence, omega's standard error, alpha with an item reversed, wording contrast.
# Rscript tests/reference/measurement.R
source("tests/reference/common.R")
suppressPackageStartupMessages(library(psych))

# least squares off the diagonal, to full precision; psych::fa stops at about six digits
loadings_of <- function(r) {
  k <- nrow(r)
  squares <- function(l) sum((r - outer(l, l))[upper.tri(r)]^2)
  slope <- function(l) { e <- r - outer(l, l); diag(e) <- 0; -2 * as.numeric(e %*% l) }
  start <- rep(.6, k)
  for (round in 1:5) start <- optim(start, squares, slope, method = "BFGS", control = list(reltol = 1e-16, maxit = 5000))$par
  for (round in 1:8) { # Newton's steps take out what optim leaves
    e <- r - outer(start, start); diag(e) <- 0
    jacobian <- r - 2 * outer(start, start); diag(jacobian) <- -(sum(start^2) - start^2)
    start <- start - solve(jacobian, as.numeric(e %*% start))
  }
  start * sign(sum(start))
}
omega_of <- function(r) { l <- loadings_of(r); sum(l)^2 / (sum(l)^2 + sum(1 - l^2)) }
omega_error <- function(r, n) {
  pairs <- which(upper.tri(r), arr.ind = TRUE)
  slope <- apply(pairs, 1, function(at) {
    step <- 1e-5; up <- r; down <- r
    up[at[1], at[2]] <- up[at[2], at[1]] <- r[at[1], at[2]] + step
    down[at[1], at[2]] <- down[at[2], at[1]] <- r[at[1], at[2]] - step
    (omega_of(up) - omega_of(down)) / (2 * step)
  })
  covariance <- function(a, b) { # Olkin & Siotani, by residual correlations as in Steiger (1980), eq. 2
    j <- a[1]; k <- a[2]; h <- b[1]; m <- b[2]
    .5 * ((r[j,h] - r[j,k]*r[k,h]) * (r[k,m] - r[k,h]*r[h,m]) + (r[j,m] - r[j,h]*r[h,m]) * (r[k,h] - r[k,j]*r[j,h]) +
          (r[j,h] - r[j,m]*r[m,h]) * (r[k,m] - r[k,j]*r[j,m]) + (r[j,m] - r[j,k]*r[k,m]) * (r[k,h] - r[k,m]*r[m,h]))
  }
  all <- outer(seq_len(nrow(pairs)), seq_len(nrow(pairs)), Vectorize(function(a, b) covariance(pairs[a, ], pairs[b, ])))
  sqrt(as.numeric(slope %*% all %*% slope) / n)
}
set.seed(2006)
cases <- list()
for (n in c(25, 60, 200)) for (k in c(3, 5, 8)) {
  answers <- function(shift, strength) {
    trait <- rnorm(n)
    sapply(seq_len(k), function(i) pmin(pmax(round(3 + shift + strength[i] * trait + .8 * rnorm(n)), 1), 5))
  }
  strength <- runif(k, .5, 1)
  earlier <- answers(0, strength); later <- pmin(pmax(earlier + answers(-2.4, rep(.3, k)), 1), 5)
  flipped <- earlier; flipped[, 2] <- 6 - flipped[, 2]
  undesirable <- seq_len(k) %% 2 == 0
  change <- later - earlier
  good <- rowMeans(change[, !undesirable, drop = FALSE]); bad <- rowMeans(change[, undesirable, drop = FALSE])
  test <- t.test(bad, good, paired = TRUE)
  before <- loadings_of(cor(earlier)); after <- loadings_of(cor(later))
  omega <- omega_of(cor(earlier)); error <- omega_error(cor(earlier), n)
  moved <- (cor(later) - cor(earlier))
  cases[[length(cases) + 1]] <- list(name = paste("n", n, "items", k),
    earlier = earlier, later = later, undesirable = undesirable, loadings_earlier = before, loadings_later = after,
    fa_loadings = as.numeric(suppressWarnings(fa(earlier, nfactors = 1)$loadings)),
    congruence = as.numeric(factor.congruence(matrix(before), matrix(after), digits = 15)),
    largest_moved = max(abs(moved)), rms_moved = sqrt(mean(moved[upper.tri(moved)]^2)),
    omega = omega, omega_error = error,
    omega_low = 1 - (1 - omega) * exp(qnorm(.975) * error / (1 - omega)),
    omega_high = 1 - (1 - omega) * exp(-qnorm(.975) * error / (1 - omega)),
    alpha_flipped = suppressWarnings(alpha(flipped, warnings = FALSE)$total$raw_alpha),
    alpha_back = suppressWarnings(alpha(flipped, keys = replace(rep(1, k), 2, -1), warnings = FALSE)$total$raw_alpha),
    good = mean(good), good_low = t.test(good)$conf.int[1], bad = mean(bad), bad_high = t.test(bad)$conf.int[2],
    difference = as.numeric(test$estimate), difference_low = test$conf.int[1], difference_high = test$conf.int[2],
    p = test$p.value)
}
write_reference("measurement", list(cases = cases), "psych")

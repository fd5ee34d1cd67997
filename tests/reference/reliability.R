# Cronbach's alpha with Feldt's interval, alpha if deleted, item-rest correlations, one-factor omega.
# Rscript tests/reference/reliability.R
source("tests/reference/common.R")
suppressPackageStartupMessages(library(psych))

set.seed(1951)
answers <- function(n, loadings, points = 5) {
  trait <- rnorm(n)
  sapply(loadings, function(l) pmin(pmax(round((points + 1) / 2 + 1.2 * (l * trait + sqrt(1 - l^2) * rnorm(n))), 1), points))
}
shapes <- list(
  "three equal items" = c(.7, .7, .7), "four items" = c(.8, .7, .6, .5), "five items" = c(.9, .8, .7, .6, .3),
  "a weak item" = c(.7, .6, .7, .05), "seven items" = seq(.4, .8, length.out = 7), "ten items" = rep(c(.5, .7), 5),
  "an item keyed the wrong way" = c(.7, .8, .6, -.5, .7), "an item that is the factor" = c(.999, .6, .5))

# psych::fa stops early (its default L-BFGS-B), so the same sum of squares is minimised to the last digit as well
minres <- function(r) {
  off <- lower.tri(r)
  loss <- function(l) sum((r - l %*% t(l))[off]^2)
  slope <- function(l) { e <- r - l %*% t(l); diag(e) <- 0; as.vector(-2 * e %*% l) }
  first <- eigen(r)$vectors[, 1]
  fit <- nlminb(first * sign(sum(first)) * .6, loss, slope, lower = -sqrt(.995), upper = sqrt(.995),
    control = list(rel.tol = 1e-15, x.tol = 1e-12, abs.tol = 0, eval.max = 5000, iter.max = 5000))
  l <- fit$par * sign(sum(fit$par))
  if (max(abs(l)) < .99) for (step in 1:5) { # Newton's steps, unless a loading stands at its bound
    e <- r - 2 * l %*% t(l)
    diag(e) <- l^2 - sum(l^2)
    l <- l - solve(-2 * e, slope(l))
  }
  l
}
omega <- function(l) sum(l)^2 / (sum(l)^2 + sum(1 - l^2))

cases <- list()
for (name in names(shapes)) for (n in c(25, 60, 240)) {
  x <- answers(n, shapes[[name]])
  a <- suppressWarnings(suppressMessages(psych::alpha(as.data.frame(x), check.keys = FALSE)))
  l <- as.vector(suppressWarnings(fa(x, nfactors = 1))$loadings)
  cases[[length(cases) + 1]] <- list(
    name = paste0(name, ", n ", n), answers = x, alpha = a$total$raw_alpha,
    low = a$feldt$lower.ci[[1]], high = a$feldt$upper.ci[[1]],
    alpha_if_deleted = a$alpha.drop$raw_alpha, item_rest = a$item.stats$r.drop,
    omega = omega(minres(cor(x))), loadings = minres(cor(x)), omega_psych = omega(l), loadings_psych = l * sign(sum(l)))
}
write_reference("reliability", list(cases = cases), "psych")

# Power, sample size and smallest detectable change of the t test; with schools: effect over root design effect, df given.
# Rscript tests/reference/planning.R
source("tests/reference/common.R")

one <- function(n, delta, sd) power.t.test(n = n, delta = delta, sd = sd, type = "one.sample", strict = TRUE)$power
two <- function(n, delta, sd) power.t.test(n = n, delta = delta, sd = sd, type = "two.sample", strict = TRUE)$power
needed <- function(delta, sd, type)
  power.t.test(delta = delta, sd = sd, power = .8, type = type, strict = TRUE, tol = 1e-10)$n
clustered <- function(schools, per_school, icc, delta, sd) {
  shift <- delta / (sd * sqrt((1 + (per_school - 1) * icc) / (schools * per_school)))
  critical <- qt(.975, schools - 1)
  pt(critical, schools - 1, shift, lower.tail = FALSE) + pt(-critical, schools - 1, shift)
}
set.seed(1988)
cases <- list()
for (n in c(5, 10, 20, 50, 120, 400)) {
  sd <- runif(1, .5, 6)
  delta <- sd * runif(1, .15, .9)
  schools <- sample(5:40, 1); per_school <- sample(5:30, 1); icc <- runif(1, 0, .3)
  cases[[length(cases) + 1]] <- list(
    name = paste("n", n), n = n, sd = sd, delta = delta, one = one(n, delta, sd), two = two(n, delta, sd),
    n_one = needed(delta, sd, "one.sample"), n_two = needed(delta, sd, "two.sample"),
    detectable = power.t.test(n = n, sd = sd, power = .8, type = "one.sample", strict = TRUE, tol = 1e-10)$delta,
    schools = schools, per_school = per_school, icc = icc, clustered = clustered(schools, per_school, icc, delta, sd))
}
write_reference("planning", list(cases = cases))

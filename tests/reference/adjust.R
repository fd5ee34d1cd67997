# p values adjusted by Holm, and by Benjamini and Hochberg.
# Rscript tests/reference/adjust.R
source("tests/reference/common.R")

set.seed(1979)
families <- list(
  "one test" = .03, "equal values" = c(.02, .02, .02), "cut at one" = c(.5, .6, .9), "tiny values" = c(1e-300, 5e-324, 1),
  "some untestable" = c(.01, NA, .04, NA, .03), "four" = runif(4)^3, "nine" = runif(9)^3, "forty" = runif(40)^3)
cases <- lapply(names(families), function(name) {
  p <- families[[name]]
  list(name = name, p = I(p), holm = I(p.adjust(p, "holm")), bh = I(p.adjust(p, "BH")))
})
write_reference("adjust", list(cases = cases))

# Response shift: the same people before, THEN and now. Three paired t tests, the shares, and r of before and THEN.
# Rscript tests/reference/shift.R
source("tests/reference/common.R")
set.seed(20161018)

step <- function(earlier, later) {
  test <- t.test(later, earlier, paired = TRUE)
  list(value = mean(later - earlier), low = test$conf.int[1], high = test$conf.int[2], p = test$p.value)
}
cases <- list()
for (n in c(6, 8, 12, 20, 31, 60, 140)) for (shift in c(-.6, 0, .4)) {
  clip <- function(x) pmin(pmax(round(x), 5), 25)
  trait <- rnorm(n, 15, 3)
  before <- clip(trait + rnorm(n, 0, 2))
  then <- clip(trait + 4 * shift + rnorm(n, 0, 2))
  now <- clip(trait + 3 + rnorm(n, 0, 2))
  cases[[length(cases) + 1]] <- list(
    name = paste("n", n, "shift", shift), before = before, then = then, now = now,
    shift = step(before, then), perceived = step(then, now), measured = step(before, now),
    lower = sum(then < before), same = sum(then == before), higher = sum(then > before), r = cor(before, then)
  )
}
write_reference("shift", list(cases = cases))

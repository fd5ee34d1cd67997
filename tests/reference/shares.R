# Wilson's interval of a share.
# Rscript tests/reference/shares.R
source("tests/reference/common.R")

cases <- list()
for (n in c(1, 2, 5, 10, 31, 72, 1000)) for (x in unique(round(n * c(0, .02, .3, .5, .9, 1)))) for (confidence in c(.95, .8)) {
  interval <- suppressWarnings(prop.test(x, n, correct = FALSE, conf.level = confidence))$conf.int
  cases[[length(cases) + 1]] <- list(name = paste(x, "of", n), x = x, n = n, confidence = confidence, low = interval[1], high = interval[2])
}
write_reference("shares", list(cases = cases))

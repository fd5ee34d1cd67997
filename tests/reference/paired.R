# Means, SDs, r, mean change with its interval, paired t.
# Rscript tests/reference/paired.R
source("tests/reference/common.R")

cases <- lapply(paired_data(), function(case) with(case, {
  test <- t.test(later, earlier, paired = TRUE)
  c(case, list(
    mean_earlier = mean(earlier), mean_later = mean(later), sd_earlier = sd(earlier), sd_later = sd(later),
    sd_change = sd(later - earlier), r = suppressWarnings(cor(earlier, later)),
    mean_change = unname(test$estimate), low = test$conf.int[1], high = test$conf.int[2],
    low_80 = t.test(later, earlier, paired = TRUE, conf.level = .8)$conf.int[1],
    t = unname(test$statistic), df = unname(test$parameter), p = test$p.value))
}))
write_reference("paired", list(cases = cases))

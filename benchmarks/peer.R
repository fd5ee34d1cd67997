# The same analysis in R: data.table + base + psych. Prints its seconds, packages loaded before the clock starts.
suppressPackageStartupMessages({library(data.table); library(psych)})
path <- commandArgs(trailingOnly = TRUE)[1]
constructs <- lapply(1:4, function(first) sprintf("p%02d", seq(first, 20, by = 4)))
turned <- sprintf("p%02d", as.integer(strsplit(commandArgs(trailingOnly = TRUE)[2], ",")[[1]]))
begin <- proc.time()[["elapsed"]]
forms <- unique(fread(path, showProgress = FALSE), by = "code")
for (item in turned) for (wave in c("_then", "_now")) set(forms, j = paste0(item, wave), value = 6L - forms[[paste0(item, wave)]])
score <- function(columns) {
  answers <- forms[, ..columns]
  fifelse(rowSums(!is.na(answers)) >= 4, rowMeans(answers, na.rm = TRUE), NA_real_)
}
change_of <- function(earlier, later, school) {
  both <- !is.na(earlier) & !is.na(later)
  x <- earlier[both]; y <- later[both]; d <- y - x; n <- length(d)
  test <- t.test(y, x, paired = TRUE); signed <- suppressWarnings(wilcox.test(y, x, paired = TRUE))
  signs <- binom.test(sum(d > 0), sum(d != 0))
  sums <- data.table(d = d - mean(d), school = school[both])[, .(r = sum(d), m = .N), by = school]
  k <- sums$m / n; se <- sqrt(sum(sums$r^2 / (1 - k)) / n^2) # CR2 of a mean
  df <- 1 / (sum(k^2 * (1 - 2 * k) / (1 - k)^2) + sum(k^2 / (1 - k))^2)
  between <- anova(lm(d ~ 1)) # the sums of squares that the ICC needs
  list(n, mean(x), sd(x), mean(y), sd(y), cor(x, y), test$p.value, signed$p.value, signs$p.value, mean(d) / sd(d),
       mean(d > 0), mean(d < 0), se, df, 2 * pt(-abs(mean(d) / se), df), between)
}
for (items in constructs) {
  columns <- list(paste0(items, "_then"), paste0(items, "_now"))
  then <- score(columns[[1]]); now <- score(columns[[2]])
  for (group in list(forms$sex != "", forms$sex == "girl", forms$sex == "boy")) {
    result <- change_of(then[group], now[group], forms$school[group])
    for (own in columns) alpha <- psych::alpha(na.omit(as.data.frame(forms[group, ..own])), warnings = FALSE)$total$raw_alpha
  }
}
cat(proc.time()[["elapsed"]] - begin, "\n")

# Used by the other scripts here: the data sets of two waves, and how values are written beside them.
# Run each script from the root of the repository; each writes the .json of its own name.

folder <- "tests/reference"

paired_data <- function() {
  set.seed(20161014)
  data <- list(list(
    name = "twenty pairs of the definition",
    earlier = c(12, 14, 10, 15, 11, 13, 12, 16, 9, 14, 13, 12, 10, 15, 14, 11, 13, 12, 14, 10),
    later = c(14, 14, 13, 16, 11, 15, 13, 16, 12, 13, 15, 12, 12, 15, 16, 13, 14, 12, 13, 13)
  ))
  add <- function(name, earlier, later) {
    if (length(unique(later - earlier)) > 1) data[[length(data) + 1]] <<- list(name = name, earlier = earlier, later = later)
  }
  clip <- function(x, low, high) pmin(pmax(round(x), low), high)
  for (n in c(3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 31, 38, 45, 60)) {
    trait <- rnorm(n)
    wave <- function(mean, sd) mean + sd * (sqrt(.6) * trait + sqrt(.4) * rnorm(n))
    add(paste("sums of five answers, n", n), clip(wave(15, 4), 5, 25), clip(wave(17, 4), 5, 25))
    add(paste("one answer of 1 to 5, many ties and zeros, n", n), clip(wave(3, 1), 1, 5), clip(wave(3.3, 1), 1, 5))
    add(paste("at the ceiling, n", n), clip(wave(22, 3), 5, 25), clip(wave(26, 4), 5, 25))
    add(paste("means on a common denominator, almost no ties, n", n), clip(wave(180, 40), 60, 300), clip(wave(176, 55), 60, 300))
    skewed <- floor(rexp(n, .3))
    add(paste("skewed, falling, n", n), skewed, clip(skewed * .5 + rexp(n, .8), 0, 30))
    add(paste("nobody varies earlier, n", n), rep(3, n), clip(wave(3.4, 1), 1, 5))
  }
  data
}

# 17 significant digits give back the same number; jsonlite stops at 15, so numbers are written as text and unquoted.
# R and the packages are named so that a difference can be traced.
write_reference <- function(name, values, packages = c()) {
  versions <- c(R = paste(R.version$major, R.version$minor, sep = "."))
  for (package in packages) versions[package] <- as.character(packageVersion(package))
  in_full <- function(x) {
    if (is.numeric(x)) x[] <- ifelse(is.na(x), NA, sprintf("#%.17g", x))
    x
  }
  values <- rapply(values, in_full, how = "replace")
  text <- jsonlite::toJSON(c(list(versions = as.list(versions)), values), auto_unbox = TRUE, na = "null", null = "null")
  text <- gsub('"#([^"]*)"', "\\1", text)
  # one case a line, so that a change of a value shows as one line
  writeLines(gsub('},{"name"', '},\n{"name"', text, fixed = TRUE), file.path(folder, paste0(name, ".json")))
}

# A mixed model of several waves, people (within schools) as random effects.
# Rscript tests/reference/mixed.R
source("tests/reference/common.R")
suppressPackageStartupMessages(library(lme4))

set.seed(20220404)
fitted <- function(scores, school, clustered) {
  long <- data.frame(score = as.vector(scores), person = rep(seq_len(nrow(scores)), ncol(scores)),
    wave = factor(rep(seq_len(ncol(scores)), each = nrow(scores))), school = rep(school, ncol(scores)))
  formula <- if (clustered) score ~ wave + (1 | school / person) + (1 | school:wave) else score ~ wave + (1 | person)
  model <- lmer(formula, long, control = lmerControl(optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-12)))
  components <- as.data.frame(VarCorr(model))
  sd <- setNames(components$sdcor, components$grp)
  list(singular = isSingular(model), value = unname(fixef(model)[-1]), se = unname(sqrt(diag(as.matrix(vcov(model))))[-1]),
    sd_people = sd[[if (clustered) "person:school" else "person"]], sd_clusters = if (clustered) sd[["school"]] else NA)
}
cases <- lapply(c(4, 10, 20), function(schools) {
  school <- rep(seq_len(schools), sample(6:15, schools, replace = TRUE))
  n <- length(school)
  trait <- 3 * rnorm(n) + 2 * rnorm(schools)[school]
  scores <- sapply(1:4, function(wave) round(15 + .5 * wave + trait + 2 * rnorm(n) + rnorm(schools)[school]))
  scores[matrix(runif(4 * n) < .15, n)] <- NA
  list(name = paste(schools, "schools"), scores = scores, school = school,
    people = fitted(scores, school, FALSE), clustered = fitted(scores, school, TRUE))
})
write_reference("mixed", list(cases = cases), "lme4")

# The Strengths and Difficulties Questionnaire, scored by hand in base R: five scales, totals, bands, and the impact
# supplement. Written from the published rules and not from mande; the cut-offs are typed here once more.
# Rscript tests/reference/sdq.R
source("tests/reference/common.R")
set.seed(20161015)

reversed <- c(7, 11, 14, 21, 25)
scales <- list(
  emotional = c(3, 8, 13, 16, 24), conduct = c(5, 7, 12, 18, 22), hyperactivity = c(2, 10, 15, 21, 25),
  peer = c(6, 11, 14, 19, 23), prosocial = c(1, 4, 9, 17, 20)
)

# Upper ends of the bands but the last; of the prosocial scale, too, from the lowest scores up.
uppers <- list(
  "sdq-uk-parent-3" = list(total = c(13, 16), emotional = c(3, 4), conduct = c(2, 3), hyperactivity = c(5, 6), peer = c(2, 3), prosocial = c(4, 5)),
  "sdq-uk-self-3" = list(total = c(15, 19), emotional = c(5, 6), conduct = c(3, 4), hyperactivity = c(5, 6), peer = c(3, 5), prosocial = c(4, 5)),
  "sdq-uk-teacher-3" = list(total = c(11, 15), emotional = c(4, 5), conduct = c(2, 3), hyperactivity = c(5, 6), peer = c(3, 4), prosocial = c(4, 5)),
  "sdq-uk-parent-4" = list(total = c(13, 16, 19), emotional = c(3, 4, 6), conduct = c(2, 3, 5), hyperactivity = c(5, 7, 8), peer = c(2, 3, 4), prosocial = c(5, 6, 7)),
  "sdq-uk-self-4" = list(total = c(14, 17, 19), emotional = c(4, 5, 6), conduct = c(2, 3, 4), hyperactivity = c(5, 6, 7), peer = c(2, 3, 4), prosocial = c(4, 5, 6)),
  "sdq-uk-teacher-4" = list(total = c(11, 15, 18), emotional = c(3, 4, 5), conduct = c(2, 3, 4), hyperactivity = c(5, 7, 8), peer = c(2, 4, 5), prosocial = c(3, 4, 5))
)
names_of <- function(bands, scale) {
  if (bands == 3) return(if (scale == "prosocial") c("abnormal", "borderline", "normal") else c("normal", "borderline", "abnormal"))
  if (scale == "prosocial") return(c("very-low", "low", "slightly-lowered", "close-to-average"))
  c("close-to-average", "slightly-raised", "high", "very-high")
}

score_scale <- function(answers) {
  given <- answers[!is.na(answers)]
  if (length(given) < 3) return(NA)
  floor(0.5 + 5 * mean(given))
}
scored <- function(answers) {
  turned <- answers
  turned[reversed] <- 2 - answers[reversed]
  scores <- lapply(scales, function(items) score_scale(turned[items]))
  scores$total <- with(scores, emotional + conduct + hyperactivity + peer)
  scores$externalising <- with(scores, conduct + hyperactivity)
  scores$internalising <- with(scores, emotional + peer)
  scores
}
banker_differs <- function(answers) {
  turned <- answers
  turned[reversed] <- 2 - answers[reversed]
  any(sapply(scales, function(items) {
    given <- turned[items][!is.na(turned[items])]
    length(given) >= 3 && round(5 * mean(given)) != floor(0.5 + 5 * mean(given))
  }))
}
banded <- function(scores, norm) {
  bands <- as.integer(sub(".*-", "", norm))
  lapply(setNames(nm = names(uppers[[norm]])), function(scale) {
    score <- scores[[scale]]
    if (is.na(score)) NA else names_of(bands, scale)[1 + sum(score > uppers[[norm]][[scale]])]
  })
}

# Every number of missing answers per scale (0 to 3, mixed over the scales), at every level of difficulty.
rows <- list()
for (missing in list(rep(0, 5), rep(1, 5), rep(2, 5), rep(3, 5), 0:4 %% 4, c(2, 1, 0, 3, 1), c(1, 1, 2, 1, 0), c(0, 0, 0, 0, 3))) {
  for (weight in list(c(8, 1, 1), c(4, 3, 1), c(1, 1, 1), c(1, 3, 4), c(1, 1, 8), c(1, 8, 1))) {
    for (again in 1:5) {
      answers <- sample(0:2, 25, replace = TRUE, prob = weight)
      for (scale in seq_along(scales)) answers[sample(scales[[scale]], missing[scale])] <- NA
      rows[[length(rows) + 1]] <- answers
    }
  }
}
# Every score of the total, so that each cut-off is met from both sides: one answer more at a time.
answers <- rep(0, 25)
answers[reversed] <- 2
rows[[length(rows) + 1]] <- answers
for (item in setdiff(1:25, scales$prosocial)) for (step in 1:2) {
  answers[item] <- answers[item] + ifelse(item %in% reversed, -1, 1)
  prosocial <- answers
  prosocial[scales$prosocial] <- pmin(2, pmax(0, (length(rows) %% 11) - 2 * (0:4)))
  rows[[length(rows) + 1]] <- prosocial
}

cases <- lapply(seq_along(rows), function(i) {
  scores <- scored(rows[[i]])
  list(
    name = paste("form", i), answers = rows[[i]], scores = scores, banker_differs = banker_differs(rows[[i]]),
    bands = lapply(setNames(nm = names(uppers)), function(norm) banded(scores, norm))
  )
})

# The impact supplement: 0, 0, 1, 2; zero where no difficulties are named; no score where an answer is missing.
impact_of <- function(difficulties, answers) {
  if (is.na(difficulties)) return(NA)
  if (difficulties == 0) return(0)
  if (anyNA(answers)) return(NA)
  sum(c(0, 0, 1, 2)[answers + 1])
}
impact <- list()
for (i in 1:120) {
  difficulties <- if (i == 1) 3 else sample(c(0:3, NA), 1)
  answers <- if (i == 1) rep(3, 5) else sample(0:3, 5, replace = TRUE)
  if (i %% 4 == 0) answers[sample(5, 1)] <- NA
  if (is.na(difficulties) || difficulties > 0 || i %% 3 > 0) given <- answers else given <- rep(NA, 5)
  five <- impact_of(difficulties, given)
  three <- impact_of(difficulties, given[c(1, 3, 4)])
  band <- function(score) if (is.na(score)) NA else c("close-to-average", "slightly-raised", "high", "very-high")[1 + min(score, 3)]
  impact[[i]] <- list(
    name = paste("impact", i), answers = c(difficulties, given), parent = five, self = five, teacher = three,
    bands = list(parent = band(five), self = band(five), teacher = band(three))
  )
}
write_reference("sdq", list(cases = cases, impact = impact))

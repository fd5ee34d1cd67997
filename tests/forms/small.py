"""Questionnaires with every kind of question, on one form or asked once, that tests write for themselves."""

from pathlib import Path

from mande import Instrument, load_instrument

MIXED = """\
id: mixed
version: "2"
title: {en: "=A form", ru: Анкета}
respondent: youth
waves: [one]
status: {wording: own, key: provisional, translations: {ru: draft}}
licence: CC-BY-4.0
instructions: {en: Answer for yourself., ru: Отвечайте за себя.}
answers:
  agree: [{code: 1, label: {en: "No", ru: Нет}}, {code: 2, label: {en: Perhaps, ru: Может быть}},
          {code: 3, label: {en: "+Yes", ru: Да}}]
  knows: [{code: 1, label: {en: Right, ru: Верно}}, {code: 2, label: {en: Wrong, ru: Неверно}}]
  sources: [{code: 1, label: {en: School, ru: Школа}}, {code: 2, label: {en: Friends, ru: Друзья}}]
  not_answers: [{code: 99, label: {en: I prefer not to say, ru: Предпочитаю не отвечать}, kind: refused}]
items:
  - {id: age, kind: number, text: {en: How old are you?, ru: Сколько тебе лет?}}
  - {id: a1, answers: agree, text: {en: "=1+1 is <b>what</b> I can say.", ru: Я могу отказать.}}
  - {id: a2, answers: agree, reversed: true, text: {en: "-I give up.", ru: Я сдаюсь.}}
  - {id: k1, answers: knows, correct: 2, text: {en: Smoking calms., ru: Курение успокаивает.}}
  - {id: src, kind: choices, answers: sources, text: {en: Who told you?, ru: Кто рассказал?}}
  - {id: say, kind: open, text: {en: "@you: tell us.", ru: Расскажи нам.}}
constructs:
  - {id: skills, title: {en: Skills, ru: Умения}, items: [a1, a2], better: higher}
  - {id: knowledge, title: {en: Knowledge, ru: Знания}, items: [k1], score: share-correct, better: higher}
"""


def mixed(folder: Path, waves: str = "one", **replaced: str) -> Instrument:
    """The questionnaire of all kinds, with some of its words replaced."""
    text = MIXED.replace("waves: [one]", f"waves: [{waves}]")
    for old, new in replaced.items():
        text = text.replace(old, new)
    path = folder / "mixed.yaml"
    path.write_text(text, encoding="utf-8")
    return load_instrument(path)

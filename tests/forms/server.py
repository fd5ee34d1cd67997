"""A server that holds filled forms and exports them: KoboToolbox in its header modes, and ODK Central.

What it writes follows the exporters' sources (header modes, group prefixes, separators, metadata, quoting), not mande.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mande import Instrument
from mande.forms.xlsform import Row, choice_rows, survey_rows

KOBO_ENDS = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by"]
KOBO_ENDS += ["__version__", "_tags", "_index"]
ODK_ENDS = ["meta-instanceID", "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected"]
ODK_ENDS += ["Status", "ReviewState", "DeviceID", "Edits", "FormVersion"]

Submission = Mapping[str, str]
"""Codes by question, as a server stores them; several choices are joined by spaces."""


@dataclass(frozen=True)
class Question:
    name: str
    kind: str
    groups: tuple[Mapping[str, str], ...]
    row: Mapping[str, str]


@dataclass
class Server:
    """The form as it was uploaded, made for one wave or for any."""

    instrument: Instrument
    wave: str | None = None

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(self._questions())

    @cached_property
    def choices(self) -> list[Row]:
        return list(choice_rows(self.instrument, wave=self.wave))

    def _questions(self) -> Iterator[Question]:
        groups: list[Mapping[str, str]] = []
        for row in survey_rows(self.instrument, wave=self.wave):
            if row["type"] == "begin_group":
                groups.append(row)
            elif row["type"] == "end_group":
                groups.pop()
            elif row["type"] != "note":
                yield Question(row["name"], row["type"], tuple(groups), row)

    def stored(self, submission: Submission) -> Submission:
        """With what the form calculates."""
        calculated = {q.name: q.row["calculation"].strip("'") for q in self.questions if q.kind == "calculate"}
        return {**submission, **calculated}

    def label(self, question: Question, code: str, tag: str) -> str:
        labels = {
            row["name"]: row[f"label::{tag}"]
            for row in self.choices
            if row["list_name"] == question.kind.partition(" ")[2]
        }
        return " ".join(labels.get(part, part) for part in code.split(" ")) if labels and code else code

    def kobo(self, path: Path, submissions: Sequence[Submission], *, tag: str = "", groups: bool = False) -> Path:
        """A CSV of KoboToolbox. tag: of the language of labels, "" for XML values and headers."""

        def heading(row: Mapping[str, str]) -> str:
            return row.get(f"label::{tag}", row["name"]) if tag else row["name"]

        submissions, header, cells = [self.stored(one) for one in submissions], [], []
        for question in self.questions:
            prefix = [heading(group) for group in question.groups] if groups else []
            header.append("/".join([*prefix, heading(question.row)]))
            cells.append([self._cell(question, one, tag) for one in submissions])
            for option in self._options(question):
                shown = self.label(question, option, tag) if tag else option
                header.append("/".join([*prefix, heading(question.row), shown]))
                cells.append([str(int(option in one.get(question.name, "").split())) for one in submissions])
        rows = [*zip(*cells, strict=True)]
        ends = [[str(i), f"{i:08d}-uuid", "2026-05-01T09:41:19", "", "", "submitted_via_web", "", "v1", "", str(i)]
                for i in range(1, len(rows) + 1)]  # fmt: skip
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
            writer.writerow([*header, *KOBO_ENDS])
            writer.writerows([*row, *end] for row, end in zip(rows, ends, strict=True))
        return path

    def odk(self, path: Path, submissions: Sequence[Submission]) -> Path:
        """A CSV of ODK Central: codes, and names behind the names of their groups, joined by hyphens."""
        questions = self.questions
        header = ["-".join([*(group["name"] for group in q.groups), q.name]) for q in questions]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["SubmissionDate", *header, *ODK_ENDS])
            for i, one in enumerate(map(self.stored, submissions), 1):
                key = f"uuid:{i:08d}"
                ends = [key, key, "12", "office", "0", "0", "", "", "phone", "0", self.instrument.version]
                writer.writerow(["2026-05-01T09:41:19.000Z", *(one.get(q.name, "") for q in questions), *ends])
        return path

    def _options(self, question: Question) -> list[str]:
        if not question.kind.startswith("select_multiple"):
            return []
        wanted = question.kind.partition(" ")[2]
        return [row["name"] for row in self.choices if row["list_name"] == wanted]

    def _cell(self, question: Question, submission: Submission, tag: str) -> str:
        code = submission.get(question.name, "")
        return self.label(question, code, tag) if tag and question.kind.startswith("select") else code

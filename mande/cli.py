"""The commands. The only module that prints; everything heavy is imported inside the command that needs it."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mande.errors import DataProblems, MandeError, ProblemsFound, WrongUse

if TYPE_CHECKING:
    from mande.evaluation import Evaluation
    from mande.plan import Plan
    from mande.reach import Reach
    from mande.regional import RegionalPlan
    from mande.units import Units

__all__ = ["app", "main"]

CLEAN, PROBLEMS, WRONG_USE, INTERNAL = 0, 1, 2, 3

app = typer.Typer(
    help="From questionnaire files to evaluation reports. Start with: mande list",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _number(says: str, **how: Any) -> Any:
    """An option that is a number; a decimal comma is refused with the point that it should be."""
    return typer.Option(help=says, parser=_parsed_number, metavar="<float>", **how)


def _parsed_number(typed: str | float) -> float:
    try:
        return float(typed)
    except ValueError:
        instead = str(typed).replace(",", ".")
        hint = f"; write {instead}" if re.fullmatch(r"\d+\.\d+", instead) else ""
        raise typer.BadParameter(f'"{typed}" is not a number{hint}.') from None


EvaluationPath = Annotated[
    Path | None, typer.Argument(help="evaluation.toml, or for a report a saved evaluation.json", show_default=False)
]
Sample = Annotated[str | None, typer.Option(help="Use a bundled sample instead of a file; see: mande list")]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Processes that count the files [default: a thread a core], and make the reports of --each [one a core]",
    ),
]
Scheduler = Annotated[str | None, typer.Option(help="Address of a Dask scheduler whose workers count the files")]
Folder = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Where to write [default: as evaluation.toml says; output/NAME of a sample]"),
]


@app.command("list")
def list_everything() -> None:
    """List the instruments, analyses, report templates and samples there are."""
    from mande import listing

    print(listing.everything(Path.cwd()))


@app.command()
def show(
    instrument: Annotated[str, typer.Argument(help="An instrument's id, or its YAML file")],
    language: Annotated[str, typer.Option(help="Language of the wording")] = "en",
) -> None:
    """Show an instrument: items, answers, constructs, and how sure its key is."""
    from mande import listing
    from mande.instrument import load_instrument

    print(listing.codebook(load_instrument(instrument, project=Path.cwd()), language))


@app.command()
def form(
    instrument: Annotated[str, typer.Argument(help="An instrument's id, or its YAML file")],
    language: Annotated[str, typer.Option(help="Language of the form")] = "en",
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write")] = Path(),
    paper: Annotated[bool, typer.Option("--paper", help="A PDF to print")] = False,
    xlsform: Annotated[bool, typer.Option("--xlsform", help="A form for KoboToolbox and ODK")] = False,
    codebook: Annotated[bool, typer.Option("--codebook", help="Items, codes and key, as HTML and CSV")] = False,
    order: Annotated[str, typer.Option(help="What stands first: now-then or then-now")] = "now-then",
    wave: Annotated[str | None, typer.Option(help="When a form that is asked once is for, such as baseline")] = None,
) -> None:
    """Make the forms of an instrument; all of them unless some are named."""
    from mande.forms import FormKind, Order, write_forms
    from mande.instrument import load_instrument

    asked = {FormKind.PAPER: paper, FormKind.XLSFORM: xlsform, FormKind.CODEBOOK: codebook}
    if order not in list(Order):
        raise WrongUse(f'"{order}" is not an order of the columns. There are: {", ".join(Order)}.')
    written = write_forms(
        load_instrument(instrument, project=Path.cwd()),
        output,
        language=language,
        kinds=[kind for kind, is_asked in asked.items() if is_asked or not any(asked.values())],
        order=Order(order),
        wave=wave,
    )
    for path in written:
        print(f"Written: {path}")


@app.command()
def check(evaluation: EvaluationPath = None, output: Folder = None, sample: Sample = None) -> None:
    """Say what is in the questionnaire files, and every problem in them; write problems.csv, .xlsx and check.html."""
    from mande import listing
    from mande.checkup import plan_notices, write_page, write_problems
    from mande.evaluation import read_sources, to_be_looked_at
    from mande.reach.monitoring import read_monitoring

    plan = _plan(evaluation, sample)
    folder = _folder(output, plan, sample)
    try:
        monitoring, read = read_monitoring(plan), read_sources(plan)
    except DataProblems as error:
        write_problems(error.problems, folder)
        raise
    print(listing.check(read, smallest=plan.evaluation.smallest_cell))
    if monitoring:
        print(f"\n{listing.monitoring(monitoring)}")
    if notices := plan_notices(plan, read):
        print(f"\n{listing.notices(plan.file.name, notices)}")
    problems = [*notices, *monitoring.problems, *(problem for source in read for problem in source.problems)]
    written = [*write_problems(problems, folder), write_page(read, folder, smallest=plan.evaluation.smallest_cell)]
    print(f"Written: {', '.join(map(str, written))}")
    codes = to_be_looked_at(problems)
    print(listing.next_step(codes, f"--sample {sample}" if sample is not None else str(evaluation)))
    if codes:
        raise typer.Exit(PROBLEMS)


@app.command()
def explain(
    code: Annotated[str, typer.Argument(help="The code of a problem, such as R-014", show_default=False)],
) -> None:
    """Say what the code of a problem means, with an example and what to do."""
    from mande.problem_examples import code_of, explained
    from mande.report.problem_titles import problem_title

    known = code_of(code)
    if known is None:
        raise WrongUse(f'There is no problem "{code}". All of them are listed in docs/problems.md.')
    print(explained(known, problem_title(known)))


@app.command("map")
def map_columns(
    evaluation: EvaluationPath = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file to write to [default: print]", show_default=False)
    ] = None,
    sample: Sample = None,
) -> None:
    """Propose which column of each file is which item, as a piece of evaluation.toml to correct by hand."""
    from mande.output import write_whole
    from mande.responses.proposal import proposal_toml, propose
    from mande.responses.sources import column_names
    from mande.responses.storage import path_of, sources_of

    plan = _plan(evaluation, sample)
    pieces = []
    for source, instrument in sources_of(plan):
        proposed = propose(path_of(plan, source), instrument, column_names(source, plan))
        pieces.append(proposal_toml(source.model_dump(exclude_unset=True), proposed))
    if output is None:
        print("\n".join(pieces))
    elif output.exists():
        raise WrongUse(f"{output} is there already, and would be lost. Give a name that is new.")
    else:
        print(f"Written: {write_whole(output, chr(10).join(pieces).encode())}")


@app.command()
def evaluate(
    evaluation: EvaluationPath = None,
    output: Folder = None,
    sample: Sample = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> None:
    """Compute every figure and save it as evaluation.json."""
    plan = _plan(evaluation, sample)
    result, folder = _evaluated(plan, workers, scheduler), _folder(output, plan, sample)
    print(f"Written: {result.save(folder / 'evaluation.json')}")
    _print_findings(result)


@app.command()
def report(
    evaluation: EvaluationPath = None,
    output: Folder = None,
    sample: Sample = None,
    template: Annotated[
        str | None,
        typer.Option(
            help="Report template, see: mande list; or its folder [default: the evaluation's own; of --each: school]"
        ),
    ] = None,
    language: Annotated[str | None, typer.Option(help="Language [default: the first of evaluation.toml]")] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="pdf, html, xlsx, docx; may be given several times [default: pdf and html]"),
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Print sentences that have no translation in English")] = False,
    each: Annotated[
        str | None, typer.Option(help="Also a report for each school (or country, cycle: a grouping of the files)")
    ] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> None:
    """Write the report (PDF and HTML, or as asked) and evaluation.json; with --each, one for every unit too."""
    from mande.evaluation import load_evaluation
    from mande.report import FORMATS, own_template, render
    from mande.report.translation import there_are

    units = own = None
    if evaluation is not None and evaluation.suffix == ".json":
        if each is not None:
            raise WrongUse("A saved evaluation holds no counts of single units. Give the evaluation.toml with --each.")
        result, folder = load_evaluation(evaluation), output or evaluation.parent
        used = _template(template, own_template(result), evaluation.parent)
    else:
        plan = _plan(evaluation, sample)
        folder = _folder(output, plan, sample)
        used = _template(None if each else template, plan.evaluation.template, plan.folder)
        if each is not None:
            own = _template(template, "school", plan.folder)
            units = _units(plan, each, own, workers, scheduler)
        result = _evaluated(plan, workers, scheduler) if units is None else units.whole
        result.save(folder / "evaluation.json")
    language = language or result.plan.languages[0]
    asked: dict[str, Any] = {"language": language, "formats": formats or FORMATS, "draft": draft}
    written = render(result, folder, template=used, **asked)
    print(f"Report: {', '.join(map(str, written))}")
    if others := [own for own in result.plan.languages if own != language and own in there_are(used)]:
        print(f"Also in other languages of the evaluation: {', '.join(f'--language {own}' for own in others)}")
    _print_findings(result)
    if units is not None:
        _report_each(units, folder, template=own, workers=workers, **asked)


@app.command()
def verify(
    report: Annotated[Path, typer.Argument(help="A PDF report made by mande")],
    data: Annotated[Path | None, typer.Option(help="evaluation.toml by the questionnaires, to recompute from")] = None,
    template: Annotated[
        Path | None, typer.Option(help="The folder of its template, if it is not one of mande's")
    ] = None,
) -> None:
    """Recompute a PDF report from what it carries, and read its pages against it; ends with 1 if anything differs."""
    from mande import verify as verifying
    from mande.verify.saying import verification

    found = verifying.verify(report, data, template=template)
    print(verification(found))
    if not found.agrees:
        raise typer.Exit(PROBLEMS)


@app.command()
def reach(
    ledger: Annotated[Path, typer.Argument(help="The ledger: CSV or a workbook", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Also write reach.csv, .xlsx and .json into this folder")
    ] = None,
    results: Annotated[Path | None, typer.Option(help="A results framework (TOML): indicators and targets")] = None,
    attendance: Annotated[Path | None, typer.Option(help="A register of sessions attended")] = None,
    completed_from: Annotated[int | None, typer.Option(help="Sessions from which on a family has completed")] = None,
) -> None:
    """Add up what was delivered, by programme and country, beside what was planned; say every problem."""
    from mande import listing
    from mande.evaluation import needs_a_person
    from mande.reach import find_problems, load_results, measure_reach, read_attendance, read_ledger

    framework = None if results is None else load_results(results)
    read, register = read_ledger(ledger), None if attendance is None else read_attendance(attendance)
    reached = measure_reach(read, register=register, results=framework, completed_from=completed_from)
    problems = find_problems(read, register=register, results=framework, results_file=results.name if results else "")
    print(listing.reach(reached, problems))
    if output is not None:
        print(f"\nWritten: {', '.join(map(str, _write_reach(reached, output)))}")
    if needs_a_person(problems):
        raise typer.Exit(PROBLEMS)


@app.command("roll-up")
def roll_up(
    regional: Annotated[
        Path | None, typer.Argument(help="regional.toml: evaluations and ledgers of a region", show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write [default: as regional.toml says; output/NAME of a sample]"),
    ] = None,
    sample: Annotated[str | None, typer.Option(help="Use a bundled sample of a region; see: mande list")] = None,
    language: Annotated[str | None, typer.Option(help="Language [default: the first of regional.toml]")] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="pdf, html, docx; may be given several times [default: pdf and html]"),
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Print sentences that have no translation in English")] = False,
) -> None:
    """Put saved evaluations and ledgers of a region together; write the regional report and roll-up.json."""
    from mande import listing
    from mande.catalog import find_sample
    from mande.regional import load_regional
    from mande.report.region import ROLL_UP, render_region
    from mande.rollup import roll_up_plan

    if (regional is None) == (sample is None):
        raise WrongUse("Give either a regional.toml or --sample NAME. The samples are listed by: mande list")
    plan = load_regional(regional if regional is not None else find_sample(str(sample), file="regional.toml"))
    rolled, folder = roll_up_plan(plan), _folder(output, plan, sample)
    written = [rolled.save(folder / ROLL_UP)]
    chosen = {"formats": tuple(formats)} if formats else {}
    written += render_region(rolled, folder, language=language or plan.regional.languages[0], draft=draft, **chosen)
    print(listing.region(rolled))
    print(f"Written: {', '.join(map(str, written))}")


@app.command()
def words(
    templates: Annotated[
        Path | None, typer.Argument(help="A folder of report templates [default: mande's own]", show_default=False)
    ] = None,
    begin: Annotated[str | None, typer.Option(help="Also fill the empty catalogue of this language")] = None,
) -> None:
    """For translators: bring the catalogues up to the templates, and say how many sentences are missing."""
    from mande.report.catalogues import update_catalogues

    for progress in update_catalogues(templates, begin=begin):
        print(f"{progress.language}: {progress.total - progress.missing} of {progress.total} sentences translated")


@app.command("plan-size")
def plan_size(
    change: Annotated[float, _number("True mean change to be found, in points", show_default=False)],
    sd: Annotated[float | None, _number("Standard deviation of the score; give --r too")] = None,
    r: Annotated[float | None, _number("Correlation of the score at both waves")] = None,
    sd_change: Annotated[float | None, _number("Standard deviation of the change, instead of both")] = None,
    per_school: Annotated[int | None, typer.Option(help="Families that begin in each school (or group)")] = None,
    icc: Annotated[float, _number("Likeness of changes within a school, 0 to 1")] = 0.0,
    attrition: Annotated[float, _number("Share of families without a second questionnaire, 0 to 1")] = 0.0,
    comparison: Annotated[bool, typer.Option("--comparison", help="With a comparison group of the same size")] = False,
    power: Annotated[float, _number("Chance to find the change if it is there")] = 0.8,
    alpha: Annotated[float, _number("Chance to find one that is not there")] = 0.05,
) -> None:
    """Say how many families and schools an evaluation needs to find a change."""
    from mande import planning

    asked = planning.Question(change, sd, r, sd_change, per_school, icc, attrition, comparison, power, alpha)
    print(planning.answer(asked))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code is 0 clean, 1 problems in data or instrument, 2 wrong use, 3 internal fault."""
    try:
        app(args=list(arguments) if arguments is not None else None, standalone_mode=True)
    except SystemExit as stop:
        return int(stop.code or CLEAN)
    except ProblemsFound as error:
        print(error, file=sys.stderr)
        return PROBLEMS
    except WrongUse as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    except MandeError as error:
        print(error, file=sys.stderr)
        return PROBLEMS
    except Exception:  # noqa: BLE001 - the one place where a fault of ours becomes an exit code
        import traceback

        traceback.print_exc()
        print("This is a fault of mande, not of your files. Please report it with the lines above.", file=sys.stderr)
        return INTERNAL
    return CLEAN


def _plan(evaluation: Path | None, sample: str | None) -> Plan:
    from mande.catalog import find_sample
    from mande.plan import load_plan

    if (evaluation is None) == (sample is None):
        raise WrongUse("Give either an evaluation.toml or --sample NAME. The samples are listed by: mande list")
    return load_plan(find_sample(sample) if sample is not None else str(evaluation))


def _evaluated(plan: Plan, workers: int | None, scheduler: str | None) -> Evaluation:
    from mande.engine.evaluating import evaluate

    return evaluate(plan, workers=workers, scheduler=scheduler)


def _template(named: str | None, default: str, project: Path) -> Path:
    """Its folder: from here if somebody has named it, from the evaluation's folder otherwise."""
    from mande.catalog import find_template

    return find_template(named or default, project=Path.cwd() if named else project)


def _units(plan: Plan, grouping: str, template: Path, workers: int | None, scheduler: str | None) -> Units:
    from mande.report.each import refuse_if_on_single_people
    from mande.report.html import refuse_if_silent_on_units
    from mande.units import evaluate_each

    refuse_if_on_single_people(plan.evaluation)  # both before minutes of work
    refuse_if_silent_on_units(template)
    return evaluate_each(plan, grouping, workers=workers, scheduler=scheduler)


def _report_each(units: Units, folder: Path, **asked: Any) -> None:
    """The reports of the units, with a progress bar where somebody looks on; ends with 1 if one of them failed."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from mande import listing
    from mande.report.each import INDEX, Outcome, each_folder, render_each

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    done = []
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(f"by {units.grouping}", total=len(units.parts))
        for one in render_each(units, folder, **asked):
            done.append(one)
            bar.update(task, advance=1)
    print(listing.each(units, done))
    print(f"Index: {each_folder(folder, units.grouping) / INDEX}")
    if any(one.outcome is Outcome.FAILED for one in done):
        raise typer.Exit(PROBLEMS)


def _folder(output: Path | None, plan: Plan | RegionalPlan, sample: str | None) -> Path:
    """Where to write. What is made of a sample lies where the user is, not beside what mande brings along."""
    from mande.output import output_folder

    return output_folder(output or (plan.output if sample is None else Path("output") / sample))


def _write_reach(reached: Reach, output: Path) -> list[Path]:
    from mande.output import output_folder, write_whole
    from mande.reach.export import files

    folder = output_folder(output)
    return [write_whole(folder / name, content) for name, content in files(reached).items()]


def _print_findings(result: Evaluation) -> None:
    from mande import listing

    print(listing.findings(result))

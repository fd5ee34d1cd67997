"""What `mande check` leaves behind: problems.csv and problems.xlsx for the field, check.html for the evaluator."""

from mande.checkup.files import PROBLEM_COLUMNS, problem_rows, write_problems
from mande.checkup.page import write_page
from mande.checkup.plan import plan_notices

__all__ = ["PROBLEM_COLUMNS", "plan_notices", "problem_rows", "write_page", "write_problems"]

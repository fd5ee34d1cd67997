"""Monitoring: what was delivered (ledger), who came (attendance), how far that is from what was planned (results)."""

from mande.reach.attendance import Register, read_attendance
from mande.reach.completion import Attendance, measure_attendance, with_dose
from mande.reach.delivered import Delivered
from mande.reach.flow import family_flow
from mande.reach.ledger import Ledger, read_ledger
from mande.reach.measuring import Reach, find_problems, measure_reach
from mande.reach.results import Results, load_results

__all__ = [
    "Attendance",
    "Delivered",
    "Ledger",
    "Reach",
    "Register",
    "Results",
    "family_flow",
    "find_problems",
    "load_results",
    "measure_attendance",
    "measure_reach",
    "read_attendance",
    "read_ledger",
    "with_dose",
]

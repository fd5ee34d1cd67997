"""Hypothesis without a deadline: a busy machine is not a wrong result."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

"""Measurements of mande against other programs on made-up data: `python -m benchmarks`."""

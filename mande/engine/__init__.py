"""Where partitions run: here, in processes, on a cluster. The result is the same to the last bit.

A file is cut into pieces (`responses.splitting`); a piece becomes a `Count` (`counting`); counts add up to what the
file says, which is judged (`files`); files add up to an evaluation (`evaluating`). What needs all rows together is
read at once. Nothing is imported here: a worker needs `counting` alone.
"""

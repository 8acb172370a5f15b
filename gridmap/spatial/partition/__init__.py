"""Sharing out a market's stalls into zones: balanced, each in one piece of the walkable graph.

Read in this order: `problem`, `params`, `result` (what goes in and out), `solve` (the whole way), then `feasibility`,
`network` and `apportion` (which levels are zoned together, and into how many), `construct`, `repair`, `terms` and
`search` (one unit's zones), `metrics` and `names` (what people read).
"""

from gridmap.spatial.partition.kernel_cache import keep_kernels

keep_kernels()

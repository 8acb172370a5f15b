"""Where trouble gathers: rates for visits made, tested against chance, with levels kept apart.

Read in this order: `counts` (what goes in), `windows` (which stalls are each other's neighbours), `baseline` (what was
to be expected), `tails` (how likely chance gives so much), `places` (hot places inside a market), `markets` (markets
that differ), `scan` (where a hot place ends), `find` (the whole way). Beside that stand `rates` (for ranking), `trends`
and `comparison` (time), `listing` (what to look at next), `density` (a picture): none of them decides what is hot.
"""

from gridmap.spatial.partition.kernel_cache import keep_kernels

keep_kernels()

METHOD_VERSION = "2"
"""Goes up when the same input may give another answer."""
METHOD = (
    "negative binomial upper tail of each stall's neighbourhoods against the rest of its market, Bonferroni over sizes,"
    " Benjamini-Hochberg over all tests, scan statistic to delimit"
)

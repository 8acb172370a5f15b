"""Where a visit is overdue: the stalls of a market against its site's rules and what came in from the field."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np

from gridmap.model.coverage import VISIT_GAPS
from gridmap.model.ids import StallCode
from gridmap.model.site import SiteRules
from gridmap.services.coverage_zones import Gaps
from gridmap.services.duty_days import DutyDay
from gridmap.spatial.coverage import NEVER, visits_overdue
from gridmap.store.stalls import Occupied


def visit_gaps(
    duties: DutyDay,
    moment: datetime,
    *,
    rules: SiteRules,
    occupied: Iterable[Occupied],
    last: Mapping[StallCode, datetime],
) -> Gaps:
    """
    Return where a visit is overdue, and for how many merchants.

    `last` is when each stall last had a record that resets the clock; days are those of the moment's time zone.
    """
    known = [o for o in occupied if o.stall in duties.index]
    at = np.array([duties.index[o.stall] for o in known], dtype=np.int64)
    days = {stall: when.astimezone(moment.tzinfo).date().toordinal() for stall, when in last.items()}
    overdue = visits_overdue(
        np.array([o.valid_from.toordinal() for o in known], dtype=np.int64),
        np.array([days.get(o.stall, NEVER) for o in known], dtype=np.int64),
        duties.day.toordinal(),
        rules.cycle_days,
        rules.first_visit_days,
    )
    counted = np.array([o.counted for o in known], dtype=np.bool_)
    size = len(duties.codes)
    counts = np.array([np.bincount(at[row & counted], minlength=size) for row in overdue], dtype=np.int64)
    having = np.zeros((len(VISIT_GAPS), size), dtype=np.bool_)
    for r, row in enumerate(overdue):
        having[r, at[row]] = True
    return Gaps(having, counts)

"""`gridmap rate-change`: by how much a rate fell between two times, with bounds."""

from typing import Annotated

import typer

from gridmap.cli.terminal import JsonOption, out, print_json
from gridmap.model.frequencies import frequency_of
from gridmap.spatial.hotspots.comparison import compare_rates, fall_between

_WEEK = 7.0


def rate_change(
    before: Annotated[str, typer.Argument(help="此前,如 6-7次/天 或 312起/52周 / before")],
    after: Annotated[str, typer.Argument(help="此后,如 1-2次/周 / after")],
    as_json: JsonOption = False,
) -> None:
    """前后频次比较,单位自动换算,并给出区间 / compare two frequencies in one unit, with an interval."""
    earlier, later = frequency_of(before), frequency_of(after)
    least, most = fall_between(earlier.per(_WEEK), later.per(_WEEK))
    found: dict[str, object] = {
        "before_per_week": [round(x, 4) for x in earlier.per(_WEEK)],
        "after_per_week": [round(x, 4) for x in later.per(_WEEK)],
        "fall_pct": [round(least, 1), round(most, 1)],
        "interval": None,
    }
    if earlier.counted and later.counted:
        change = compare_rates(
            int(earlier.low), int(later.low), exposure_before=earlier.days, exposure_after=later.days
        )
        found["interval"] = {
            "fall_pct_low": round(100.0 * (1.0 - change.high), 1),
            "fall_pct_high": round(100.0 * (1.0 - change.low), 1),
            "p": float(f"{change.p:.3g}"),
        }
    if as_json:
        print_json(found)
        return
    _tell(found)


app_command = rate_change


def _tell(found: dict[str, object]) -> None:
    (b0, b1), (a0, a1), (f0, f1) = (found[key] for key in ("before_per_week", "after_per_week", "fall_pct"))  # type: ignore[misc]
    out.print(f"每周 {b0:g}–{b1:g} → {a0:g}–{a1:g} / a week", markup=False)
    out.print(f"下降 {f0:.1f}% 至 {f1:.1f}% / down by", markup=False)
    if found["interval"]:
        interval = found["interval"]
        assert isinstance(interval, dict)
        out.print(
            f"95% 区间 / interval: {interval['fall_pct_low']:.1f}% – {interval['fall_pct_high']:.1f}%,"
            f"p = {interval['p']:g}",
            markup=False,
        )

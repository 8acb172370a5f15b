"""Stated shares: can so many of so many be that many per cent?"""

import math
from decimal import Decimal, InvalidOperation


def counts_of_share(percent: str, whole: int) -> range:
    """
    Return the counts that a share can mean which was rounded to the digits it is printed with; none: it is impossible.

    60 % of 23 would be 13.8; rounded to whole per cents it lies between 13.69 and 13.92, and no count does.

    Parameters
    ----------
    percent
        As printed: `60`, `60.9`, with or without the sign.
    whole
        What it is a share of, 1 or more.

    Raises
    ------
    ValueError
        If it is no number.
    """
    try:
        stated = Decimal(percent.strip().rstrip("%％").strip())
    except InvalidOperation as error:
        raise ValueError(f"no percentage: {percent!r}") from error
    exponent = stated.as_tuple().exponent
    half = Decimal(5).scaleb(min(int(exponent), 0) - 1)
    least = max(0, math.ceil((stated - half) * whole / 100))
    most = min(whole, math.floor((stated + half) * whole / 100))
    return range(least, most + 1)

"""Names for the arrays that the spatial floor takes and gives."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = NDArray[np.object_]
"""Object array of shapely geometries."""


def places_of(geometries: object) -> Places:
    """Put geometries (a sequence, or one) into an object array; numpy alone would look inside multi-part ones."""
    items = list(geometries) if isinstance(geometries, (list, tuple, np.ndarray)) else [geometries]
    places: Places = np.empty(len(items), dtype=np.object_)
    places[:] = items
    return places

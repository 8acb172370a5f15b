"""Names of things. A code is what people type; integer keys never leave the store."""

from typing import NewType

MarketCode = NewType("MarketCode", str)
"""`[a-z0-9-]{1,64}`, unique in a database."""
BuildingCode = NewType("BuildingCode", str)
"""Unique in its market."""
MAIN_BUILDING = BuildingCode("main")
"""Of a market that is one building."""
StallCode = NewType("StallCode", str)
"""Unique in its market."""
MerchantCode = NewType("MerchantCode", str)
"""Unique in its market."""
MemberCode = NewType("MemberCode", str)
"""Unique in a database."""
PlanCode = NewType("PlanCode", str)
"""Unique in a database: `<market>-p<number>`."""
ZoneCode = NewType("ZoneCode", str)
"""Unique in its plan."""

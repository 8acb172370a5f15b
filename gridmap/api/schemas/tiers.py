"""Shape of a plan of visits by tiers."""

from pydantic import BaseModel, Field

from gridmap.spatial.tiers import VisitPlan


class TierOut(BaseModel):
    """One tier."""

    name: str
    merchants: int
    wanted_cycle_days: int | None
    visits_a_day: int
    cycle_days: int | None = Field(description="一轮的工作日数,分不到走访时为空 / null if it gets no visit")
    chance_in_turn: float = Field(description="轮流走访时期限内被走访的概率 / visited in turn")
    chance_at_random: float = Field(description="每日随机抽取时的概率 / drawn anew each day")


class VisitPlanOut(BaseModel):
    """A plan for all tiers; visits a day add up to the limit."""

    merchants: int
    limit_a_day: int
    within_days: int
    full_cycle_days: int
    tiers: list[TierOut]
    chance_in_turn: float
    chance_at_random: float

    @classmethod
    def of(cls, plan: VisitPlan) -> "VisitPlanOut":
        """Build from the domain's value."""
        return cls(
            merchants=plan.merchants,
            limit_a_day=plan.limit_a_day,
            within_days=plan.within_days,
            full_cycle_days=plan.full_cycle_days,
            tiers=[
                TierOut(
                    name=p.tier.name,
                    merchants=p.tier.merchants,
                    wanted_cycle_days=p.tier.cycle_days,
                    visits_a_day=p.visits_a_day,
                    cycle_days=p.cycle_days,
                    chance_in_turn=round(p.chance_in_turn, 4),
                    chance_at_random=round(p.chance_at_random, 4),
                )
                for p in plan.tiers
            ],
            chance_in_turn=round(plan.chance_in_turn, 4),
            chance_at_random=round(plan.chance_at_random, 4),
        )

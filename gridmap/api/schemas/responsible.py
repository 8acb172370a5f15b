"""Shape of the answer to 'who is responsible here'."""

from datetime import datetime

from pydantic import BaseModel, Field

from gridmap.model.answers import DutyAnswer, Reason, Responsible
from gridmap.model.kinds import Role


class AnswerOut(BaseModel):
    """The member who answers."""

    member_id: str
    name: str
    role: Role
    office_contact: str
    walk_m: float | None = Field(description="步行米数,无可达路径时为空 / walking metres, null if there is no way")


class AlternativeOut(BaseModel):
    """Somebody else who could."""

    member_id: str
    name: str
    role: Role
    office_contact: str
    walk_m: float | None
    reason: Reason


class NearestOut(BaseModel):
    """Who answers for a place at a moment."""

    as_of: datetime
    market: str
    building: str
    level: int
    stall: str
    zone: str | None
    answer: AnswerOut | None
    reason: Reason
    alternatives: list[AlternativeOut]

    @classmethod
    def of(cls, answer: DutyAnswer) -> "NearestOut":
        """Build from the domain's value."""
        return cls(
            as_of=answer.as_of,
            market=answer.market,
            building=answer.level.building,
            level=answer.level.ordinal,
            stall=answer.stall,
            zone=answer.zone,
            answer=AnswerOut.model_validate(_fields(answer.answer)) if answer.answer else None,
            reason=answer.reason,
            alternatives=[
                AlternativeOut.model_validate({**_fields(other), "reason": other.reason})
                for other in answer.alternatives
            ],
        )


def _fields(responsible: Responsible) -> dict[str, object]:
    return {
        "member_id": responsible.member.code,
        "name": responsible.member.name,
        "role": responsible.role,
        "office_contact": responsible.member.office_contact,
        "walk_m": responsible.walk_m,
    }

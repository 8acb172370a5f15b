"""Shape of the answer to 'who is responsible here'."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field, model_validator
from pydantic_core import to_json

from gridmap.errors import GridmapError, Language
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
        return cls.model_validate(_plain(answer))


class NearestOnLevelsOut(BaseModel):
    """Who answers for a point whose level was not given: once for each level that it can be on, lowest first."""

    as_of: datetime
    market: str
    levels: list[NearestOut]

    @classmethod
    def of(cls, as_of: datetime, market: str, answers: Sequence[DutyAnswer]) -> "NearestOnLevelsOut":
        """Build from the domain's values."""
        return cls(as_of=as_of, market=market, levels=[NearestOut.of(answer) for answer in answers])


class QuestionIn(BaseModel):
    """A place: a stall, or a point on a level. `market` and `at` default to those of the batch."""

    market: str | None = Field(default=None, max_length=64)
    stall: str | None = Field(default=None, max_length=64)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    building: str | None = Field(default=None, max_length=64)
    level: int | None = Field(default=None, ge=-100, le=300)
    at: datetime | None = None

    @model_validator(mode="after")
    def _is_a_place(self) -> "QuestionIn":
        if self.stall is None and (self.lon is None or self.lat is None or self.level is None):
            raise ValueError("请给出铺位号,或同时给出 lon、lat 和 level / give a stall, or lon, lat and level together")
        return self


class BatchIn(BaseModel):
    """Up to 10,000 questions."""

    market: str = Field(default="", max_length=64, description="未写明市场的问题所指 / for questions that name none")
    at: datetime | None = Field(default=None, description="时刻,默认现在 / moment, now if left out")
    k: int = Field(default=0, ge=0, le=50, description="备选人数 / number of alternatives")
    queries: list[QuestionIn] = Field(max_length=10_000)


class UnansweredOut(BaseModel):
    """A question that could not be answered, and why."""

    code: str
    detail: str


class BatchOut(BaseModel):
    """One answer for each question, in their order."""

    as_of: datetime
    answers: list[NearestOut | UnansweredOut]

    @staticmethod
    def written(as_of: datetime, answers: Sequence[DutyAnswer | GridmapError], language: Language) -> bytes:
        """Write the domain's values in this shape, unchecked: ten thousand models would cost most of the answer."""
        told = [
            {"code": answer.code, "detail": answer.text(language)}
            if isinstance(answer, GridmapError)
            else _plain(answer)
            for answer in answers
        ]
        return to_json({"as_of": as_of, "answers": told})


def _plain(answer: DutyAnswer) -> dict[str, object]:
    """Return the fields of `NearestOut`."""
    return {
        "as_of": answer.as_of,
        "market": answer.market,
        "building": answer.level.building,
        "level": answer.level.ordinal,
        "stall": answer.stall,
        "zone": answer.zone,
        "answer": _fields(answer.answer) if answer.answer else None,
        "reason": answer.reason,
        "alternatives": [{**_fields(other), "reason": other.reason} for other in answer.alternatives],
    }


def _fields(responsible: Responsible) -> dict[str, object]:
    return {
        "member_id": responsible.member.code,
        "name": responsible.member.name,
        "role": responsible.role,
        "office_contact": responsible.member.office_contact,
        "walk_m": responsible.walk_m,
    }

"""Is it alive, is it ready."""

from fastapi import APIRouter
from pydantic import BaseModel

from gridmap.api.access import OpenDep
from gridmap.api.errors import problem_responses
from gridmap.services.installation import database_versions

router = APIRouter(tags=["运行状态 health"])


class HealthOut(BaseModel):
    """A word on the state."""

    status: str
    database: str | None = None


@router.get("/healthz")
def healthz(_: OpenDep) -> HealthOut:
    """存活 / the process answers."""
    return HealthOut(status="ok")


@router.get("/readyz", responses=problem_responses(503))
def readyz(database: OpenDep) -> HealthOut:
    """就绪 / the database answers and its migrations are complete."""
    return HealthOut(status="ready", database=database_versions(database))

"""The HTTP door: wiring only."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from gridmap import __version__
from gridmap.api import access, errors
from gridmap.api.headers import Headers
from gridmap.api.routes import (
    absences,
    accounts,
    assignments,
    basemap,
    card,
    changes,
    coverage,
    desk,
    drawings,
    due,
    exports,
    health,
    history,
    hotspots,
    imports,
    layouts,
    map_tiles,
    markets,
    members,
    pages,
    persons,
    places,
    plans,
    quarantine,
    registry,
    responsible_members,
    roads,
    routes,
    search,
    session,
    site_rules,
    staffing,
    sync,
    tiers,
    trades,
)
from gridmap.config import Settings, settings
from gridmap.exchange.calendars import read_calendar
from gridmap.model.workdays import WEEKENDS
from gridmap.store.session import open_database


def create_app(chosen: Settings | None = None) -> FastAPI:
    """Build the application; the database is opened with it and closed at its end."""
    configuration = chosen or settings()
    database = open_database(configuration.database_url)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        database.close()

    app = FastAPI(
        title="市场网格 gridmap",
        version=__version__,
        description="市场、铺位、责任区与责任分工 / markets, stalls, zones and who answers for them",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = configuration
    app.state.database = database
    app.state.calendar = read_calendar(configuration.calendar) if configuration.calendar else WEEKENDS
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=5)
    app.add_middleware(Headers)
    errors.install(app)
    app.include_router(session.router, prefix="/api/v1")
    duty = (members, absences, assignments, coverage, hotspots, sync, site_rules, persons, routes)
    register = (markets, history, imports, quarantine, registry, trades, exports, layouts, drawings)
    looking = (desk, search, due, basemap, roads)
    asked = (*register, plans, responsible_members, staffing, tiers, places, accounts, changes, *duty, *looking)
    for router in (module.router for module in asked):
        app.include_router(router, prefix="/api/v1", responses=errors.problem_responses(401, 403, 422))
    app.include_router(map_tiles.router, responses=errors.problem_responses(401, 403, 422))
    app.include_router(health.router)
    app.include_router(card.router)
    app.include_router(pages.router)
    pages.mount_files(app, configuration.web_dir)
    access.decisions(app)  # raises if a route came in without a decision on who may use it
    return app

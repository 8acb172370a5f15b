"""Bringing a market's files in: read, checked, and written in one transaction."""

from dataclasses import dataclass, replace
from datetime import date

from gridmap.model.ids import MarketCode
from gridmap.model.intake import Datum, ImportReport, IntakeFiles
from gridmap.services import markets
from gridmap.services.intake import read_market
from gridmap.store.session import Database


@dataclass(frozen=True)
class Intake:
    """What is asked of an import."""

    files: IntakeFiles
    market: MarketCode | None = None
    name: str = ""
    datum: Datum = "wgs84"
    dry_run: bool = False


def import_market(database: Database, intake: Intake, *, today: date) -> ImportReport:
    """
    Bring one market in from its files: the good rows go in together, faulty ones are reported.

    Raises
    ------
    InputRefusedError
        If a file cannot be used at all; nothing is written.
    AlreadyExistsError
        If the market is there already; nothing is written.
    """
    draft, report = read_market(intake.files, market=intake.market, datum=intake.datum, today=today)
    if intake.name:
        draft = replace(draft, market=replace(draft.market, name=intake.name))
    if not intake.dry_run:
        markets.add_market(database, draft)
    return report

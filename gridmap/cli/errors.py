"""One table from error class to exit code.

0 ok, 1 unexpected or a check failed, 2 usage, 3 some rows rejected, 4 input refused, 5 infeasible.
"""

from gridmap import errors
from gridmap.errors import GridmapError

SOME_ROWS_REJECTED = 3
EXIT_CODE: dict[type[GridmapError], int] = {
    errors.NotFoundError: 2,
    errors.AlreadyExistsError: 4,
    errors.InvalidParameterError: 2,
    errors.InputRefusedError: 4,
    errors.GeometryError: 4,
    errors.StaleVersionError: 1,
    errors.PlanStateError: 2,
    errors.ImportStateError: 2,
    errors.RegisterConflictError: 4,
    errors.ZoneLockedError: 2,
    errors.DoesNotFitError: 5,
    errors.InfeasibleError: 5,
    errors.TooFewZonesError: 5,
    errors.CapMissedError: 5,
    errors.ZoneCrossesMarketError: 4,
    errors.NotReadyError: 1,
    errors.UnauthenticatedError: 1,
    errors.BadSignInError: 1,
    errors.ForbiddenError: 1,
    errors.CrossSiteError: 1,
    errors.ThrottledError: 1,
    errors.LinkUnusableError: 1,
    errors.AlreadyRunningError: 1,
    errors.VersionAheadError: 1,
    errors.LeaderTakenError: 2,
    errors.TiersShortError: 5,
    errors.DutyConflictError: 2,
}


def exit_code(error: GridmapError) -> int:
    """Return the exit code of a command that ended with this error, or with the class it derives from."""
    return next((EXIT_CODE[c] for c in type(error).__mro__ if c in EXIT_CODE), 1)

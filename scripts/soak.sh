#!/usr/bin/env bash
# The long tests: deep schemathesis as each role, drafting while servers are killed, sixteen clients at once, the sign-in throttle, GDAL as a client.
#
#   scripts/soak.sh                                   all of them
#   SOAK=0.1 scripts/soak.sh                          a tenth of each
#   scripts/soak.sh tests/soak/test_killed_servers.py one of them
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- tests/soak
exec .venv/bin/python -m pytest -m soak -q --durations=0 --durations-min=5 "$@"

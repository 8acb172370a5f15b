#!/usr/bin/env bash
# Benchmarks against peers. Without arguments all of them; with arguments only bench/partition.py, with these.
set -euo pipefail
cd "$(dirname "$0")/.."
lock=$(sha256sum requirements/bench.txt | cut -c1-32)
if [ "$(cat .venv-bench/.lock 2>/dev/null)" != "$lock" ]; then
    printf '\033[1m[gridmap]\033[0m %s\n' "安装对比工具 / installing the peers into .venv-bench"
    .venv/bin/uv venv --quiet --clear --python .venv/bin/python .venv-bench
    .venv/bin/uv pip install --quiet --python .venv-bench/bin/python --require-hashes -r requirements/bench.txt
    printf '%s' "$lock" > .venv-bench/.lock
fi
[ $# -gt 0 ] || .venv/bin/python bench/pmedian.py
exec .venv/bin/python bench/partition.py "$@"

#!/usr/bin/env bash
# Benchmarks against peers; results in bench/results, and a summary at the end of which went through.
#
#   scripts/bench.sh                                 all of them in turn, in sizes that take about an hour
#   scripts/bench.sh nearest --place C --rounds 3    one of them, bench/nearest.py, with its own options
#   scripts/bench.sh --places C --seeds 1            options alone are those of the partition
set -euo pipefail
cd "$(dirname "$0")/.."
whole=(
    "partition --seeds 1"
    "pmedian --seeds 1"
    "register"
    "nearest --rounds 3"
    "routes"
    "hotspots --null 60 --planted 8 --lone 20 --peer 8"
    "real_hotspots"
    "maps --rounds 2"
    "city --rounds 1 --databases spatialite"
)
say() { printf '\033[1m[gridmap]\033[0m %s\n' "$*"; }
run() { local name=$1; shift; .venv/bin/python "bench/$name.py" "$@"; }

case ${1:-} in
    '' | -*) ;;
    *)
        if [[ ! " ${whole[*]%% *} " == *" $1 "* ]]; then
            printf '[gridmap] 没有 %s / no %s: %s\n' "$1" "$1" "${whole[*]%% *}" >&2
            exit 2
        fi
        ;;
esac
lock=$(sha256sum requirements/bench.txt | cut -c1-32)
if [ "$(cat .venv-bench/.lock 2>/dev/null)" != "$lock" ]; then
    say "安装对比工具 / installing the peers into .venv-bench"
    .venv/bin/uv venv --quiet --clear --python .venv/bin/python .venv-bench
    .venv/bin/uv pip install --quiet --python .venv-bench/bin/python --require-hashes -r requirements/bench.txt
    printf '%s' "$lock" > .venv-bench/.lock
fi
case ${1:-} in
    '') ;;
    -*) run partition "$@"; exit ;;
    *) run "$@"; exit ;;
esac
missed=()
for line in "${whole[@]}"; do
    read -ra words <<< "$line"
    say "$line"
    run "${words[@]}" || missed+=("${words[0]}")
done
[ ${#missed[@]} -eq 0 ] || { say "未完成 / did not go through: ${missed[*]}"; exit 1; }

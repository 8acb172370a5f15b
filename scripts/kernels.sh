#!/usr/bin/env bash
# Compile the kernels once, a minute of one core, to where `gridmap` and the tests take them from; afterwards it only loads them.
set -euo pipefail
cd "$(dirname "$0")/.."
for module in partition_files hotspots; do
    .venv/bin/python -c "from gridmap.services.$module import load_kernels; load_kernels()"
done

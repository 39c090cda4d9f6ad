#!/bin/sh
# The main job on the bundled samples; `make demo` runs it. Everything it makes is in demo/.
set -eu
kg="${BIN:-.venv/bin}/kg"
samples="${SAMPLES:-tests/data/digests}"
export KG_GRAPH=demo/graph
say() { printf '\n\033[1m$ kg %s\033[0m\n' "$*"; }

say build "$samples"
"$kg" build "$samples"
say query methods-proposed-by 2106.09685
"$kg" query methods-proposed-by 2106.09685
say query papers-on-method 思维链
"$kg" query papers-on-method 思维链
say show LoRA --limit 3
"$kg" show LoRA --limit 3
say export --output demo/exports
"$kg" export --output demo/exports
printf '\nOpen demo/exports/explorer.html in a browser; load demo/exports/neo4j into Neo4j by its import.sh.\n'

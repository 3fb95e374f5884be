#!/usr/bin/env bash
# Starts the daemon under valgrind with the small test bot, holds one conversation over both protocols, and stops it:
# no invalid access, no leak, exit status 0.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
program=${KEFU_PROGRAM:-$PWD/build/release/kefu}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r tests/support/bot "$work/bot"
export KEFU_BASE=$work/base.kefu KEFU_RATE_LIMIT=off OPENBLAS_NUM_THREADS=1 G_SLICE=always-malloc
"$program" base --dictionary tests/support/bot/dict.txt --out "$KEFU_BASE" 2>"$work/log" || { cat "$work/log"; exit 1; }
"$program" train --bot "$work/bot" --quiet >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
KEFU_PROGRAM=$program KEFU_TEST_BOT=$work/bot node tests/support/valgrind.mjs

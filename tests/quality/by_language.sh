#!/usr/bin/env bash
# tests/quality/by_language.sh KEFU MODEL DATA: what `kefu test nlu` says of the Chinese texts of DATA (those with a Chinese
# character) and of the others, a JSON object each.
set -euo pipefail
[ $# -eq 3 ] || { echo "usage: tests/quality/by_language.sh KEFU MODEL DATA" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" data convert "$3" --format jsonl --out "$work/all.jsonl" --quiet
han='[\x{3400}-\x{9fff}]'
export LC_ALL=C.UTF-8
grep -P "$han" "$work/all.jsonl" >"$work/zh.jsonl"
grep -vP "$han" "$work/all.jsonl" >"$work/en.jsonl"
for lang in zh en; do
	printf '%s ' "$lang"
	"$1" test nlu --model "$2" --data "$work/$lang.jsonl" --out-of-scope out_of_scope --json --quiet | tail -n 1
done

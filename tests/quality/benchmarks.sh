#!/usr/bin/env bash
# tests/quality/benchmarks.sh DATA [SET...]: trains on each set's train split, chooses on its dev split where there is one,
# and reports its test split, a line of Markdown a set. Test splits are for reporting: nothing is chosen by them.
#
#   DATA   a folder with intent/SET/{train,dev,test}.jsonl and sentiment/SET/...
#   SET    clinc150 snips slots smp2018_zh online_shopping_10_cats_zh waimai_10k_zh blitzer_amazon_en sst2_en (default: all)
#   KEFU   the program (default: build/release/kefu)
#   ARCH   (default: what kefu takes by itself)    OPTIONS   more options of kefu train, separated by spaces
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: tests/quality/benchmarks.sh DATA [SET...]" >&2; exit 2; }
data=$1
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
kefu=${KEFU:-$here/build/release/kefu}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sets=("$@")
[ $# -gt 0 ] || sets=(clinc150 snips slots smp2018_zh online_shopping_10_cats_zh waimai_10k_zh blitzer_amazon_en sst2_en)
read -ra more <<<"${ARCH:+--arch $ARCH} ${OPTIONS:-}"

# measure SET TASK TEST_OPTIONS -- TRAIN_OPTIONS
measure() {
	local set=$1 task=$2 asking=()
	shift 2
	while [ "$1" != -- ]; do asking+=("$1"); shift; done
	shift
	"$kefu" train "$task" --quiet --json --out "$work/$set.kefu" "$@" "${more[@]}" | tail -n 1 >"$work/train.json"
	"$kefu" test nlu --quiet --json --model "$work/$set.kefu" "${asking[@]}" --threads 1 | tail -n 1 >"$work/test.json"
	jq -rn --arg set "$set" --argjson bytes "$(stat -c %s "$work/$set.kefu")" --slurpfile t "$work/train.json" \
		--slurpfile r "$work/test.json" 'def p: . * 10000 | round / 100; $r[0] as $r | $t[0] as $t |
		"| \($set) | \($r.accuracy | p) | \($r.macro_f1 | p) | \($r.ece | p) | " + (if $r.joint_accuracy then
		"\($r.joint_accuracy | p), recall \($r.oos_recall | p), AUROC \($r.oos_auroc | p)" else "" end) +
		" | \($t.arch) | \($t.seconds | round) | \($r.texts_per_second | round) | \($bytes / 100000 | round / 10) |"'
}

echo "| set | accuracy | macro-F1 | calibration error | joint, out of scope | arch | training s | texts/s, one thread | MB |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
for set in "${sets[@]}"; do
	at=$data/intent/$set
	[ -d "$at" ] || at=$data/sentiment/$set
	case $set in
	clinc150)
		measure "$set" intent --data "$at/test.jsonl" --out-of-scope oos -- --data "$at/train.jsonl" --dev "$at/dev.jsonl" \
			--out-of-scope oos
		;;
	snips | smp2018_zh) measure "$set" intent --data "$at/test.jsonl" -- --data "$at/train.jsonl" ;;
	sst2_en) measure "$set" sentiment --data "$at/test.jsonl" -- --data "$at/train.jsonl" --dev "$at/dev.jsonl" ;;
	slots)
		at=$data/intent/snips/slots
		"$kefu" train tagger --quiet --json --out "$work/slots.kefu" "$at"/train_*.json | tail -n 1
		"$kefu" test nlu --entities --quiet --json --model "$work/slots.kefu" "$at"/validate_*.json --threads 1 | tail -n 1
		;;
	*)
		measure "$set" sentiment --data "$at/test.jsonl" -- --data "$at/train.jsonl" --data "$at/dev.jsonl"
		;;
	esac
done

#!/usr/bin/env bash
# tests/bench/vectors.sh TEXT [ROUNDS]: `kefu vectors train` beside word2vec.c and fastText on the same words, skip-gram,
# dimension 100, window 5, 5 negatives, subsample 1e-4. TEXT is plain text; it is put into lower case and split at
# everything that is not a letter or digit first, so that all programs read the same words.
#
#   KEFU       the program (default: build/release/kefu)
#   WORD2VEC   word2vec.c's programs, one or several builds separated by spaces (default: none)
#   FASTTEXT   fastText's (default: `fasttext` where it is installed)
#   SUBWORD=1  with character n-grams of 3 to 6, which word2vec.c has not
#   PAIRS      files of "word word score" for Spearman's rho (WordSim-353, MEN), separated by spaces
#   THREADS    (default: 2)      RATE     of fastText and kefu (default: 0.05, fastText's own; word2vec.c has 0.025)
#   EPOCHS     of the run that PAIRS are asked (default: 5)
#
# Programs take turns, ROUNDS (default: 3) times. Speed is words per second of processor time, which other work on the
# machine disturbs less than the clock's: two epochs less one, so that reading the text does not count. It is a thread's
# speed, since processor time adds up over threads. Ratios are kefu's speed over the other's, of the same round.
set -euo pipefail
[ $# -ge 1 ] && [ $# -le 2 ] || { echo "usage: tests/bench/vectors.sh TEXT [ROUNDS]" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
kefu=${KEFU:-$here/build/release/kefu}
fasttext=${FASTTEXT-$(command -v fasttext || true)}
threads=${THREADS:-2} rate=${RATE:-0.05} epochs=${EPOCHS:-5} rounds=${2:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
tr 'A-Z' 'a-z' <"$1" | sed -E 's/[^a-z0-9\x80-\xff]+/ /g' >"$work/text"
words=$(awk '{ n += NF + 1 } END { print n }' "$work/text")

# run PROGRAM EPOCHS: trains, leaves the vectors in $work/out, prints processor seconds.
run() {
	local command subword=()
	case $1 in
	kefu)
		[ -z "${SUBWORD:-}" ] || subword=(--subword 3-6)
		command=("$kefu" vectors train --quiet --pretokenized --input "$work/text" --output "$work/out" --dim 100
			--window 5 --negative 5 --subsample 1e-4 --min-count 5 --rate "$rate" --epochs "$2"
			--threads "$threads" "${subword[@]}")
		;;
	fasttext)
		subword=(-minn 0 -maxn 0 -bucket 1)
		[ -z "${SUBWORD:-}" ] || subword=(-minn 3 -maxn 6)
		command=("$fasttext" skipgram -input "$work/text" -output "$work/out" -dim 100 -ws 5 -neg 5 -t 1e-4
			-minCount 5 -lr "$rate" -epoch "$2" -thread "$threads" -verbose 0 "${subword[@]}")
		;;
	*)
		command=("$1" -train "$work/text" -output "$work/out" -size 100 -window 5 -negative 5 -hs 0 -cbow 0
			-sample 1e-4 -min-count 5 -iter "$2" -threads "$threads" -debug 0)
		;;
	esac
	( TIMEFORMAT='%U %S'; time "${command[@]}" >/dev/null 2>"$work/errors" ) 2>"$work/time" ||
		{ cat "$work/errors" >&2; return 1; }
	[ "$1" != fasttext ] || mv "$work/out.vec" "$work/out"
	awk '{ print $1 + $2 }' "$work/time"
}

programs=(kefu)
[ -n "${SUBWORD:-}" ] || for program in ${WORD2VEC:-}; do programs+=("$program"); done
[ -z "$fasttext" ] || programs+=(fasttext)
for ((round = 1; round <= rounds; round++)); do
	for program in "${programs[@]}"; do
		one=$(run "$program" 1)
		two=$(run "$program" 2)
		echo "$program $round $one $two" >>"$work/times"
	done
done

# A line a program: name, speed, ratio.
awk -v words="$words" '
	{ speed[$1, $2] = words / ($4 - $3); if (!($1 in seen)) { seen[$1]; names[++n] = $1 } rounds = $2 }
	function sort(list, n,   i, j, x) {
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && list[j - 1] > list[j]; j--) { x = list[j]; list[j] = list[j - 1]; list[j - 1] = x }
	}
	function median(list, n) { return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2 }
	END {
		for (i = 1; i <= n; i++) {
			for (r = 1; r <= rounds; r++) { s[r] = speed[names[i], r]; q[r] = speed["kefu", r] / s[r] }
			sort(s, rounds); sort(q, rounds)
			printf "%s|%.0f k|%.1f (%.1f-%.1f)\n", names[i], median(s, rounds) / 1000, median(q, rounds), q[1], q[rounds]
		}
	}' "$work/times" >"$work/table"

printf '%d words, %d threads, %d rounds, %d epochs\n\n' "$words" "$threads" "$rounds" "$epochs"
printf '| program | words/s a thread | kefu is faster (least-most) |'
for pairs in ${PAIRS:-}; do printf ' rho %s |' "$(basename "$pairs")"; done
printf '\n| --- | --- | --- |'
for pairs in ${PAIRS:-}; do printf ' --- |'; done
echo
while IFS='|' read -r program speed ratio; do
	printf '| %s | %s | %s |' "$(basename "$program")" "$speed" "$ratio"
	if [ -n "${PAIRS:-}" ]; then
		run "$program" "$epochs" >/dev/null
		for pairs in $PAIRS; do
			"$kefu" vectors similarity --vectors "$work/out" --file "$pairs" | awk '{ printf " %.3f |", $2 }'
		done
	fi
	echo
done <"$work/table"

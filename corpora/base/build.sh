#!/usr/bin/env bash
# corpora/base/build.sh DATA_DIR [OUT]: builds the base model from the texts listed in README.md. Needs jq, bzip2, Debian's
# python3-jieba and unicode-data, and a built program ($KEFU, else build/release/kefu). The same inputs give the same file.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=${1:?usage: corpora/base/build.sh DATA_DIR [OUT]}
out=${2:-$here/base.kefu}
kefu=${KEFU:-$here/../../build/release/kefu}
words=${DICTIONARY:-/usr/lib/python3/dist-packages/jieba/dict.txt}
variants=${VARIANTS:-/usr/share/unicode/Unihan_Variants.txt.bz2}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $variants in
*.bz2) bzip2 -dc "$variants" >"$work/variants.txt" ;;
*) cp "$variants" "$work/variants.txt" ;;
esac

# What people write to shops and bots: training splits only, every text of a set once.
for file in "$data"/{aspect,intent,matching,sentiment}/*/train.jsonl; do
	jq -r '(.text, .a, .b) | select(. != null and . != "") | gsub("\\s+"; " ")' "$file" | awk '!seen[$0]++'
done >"$work/domain.txt"

# The dictionary first: it splits the text that the vectors are trained on. Rare words of jieba's are kept when people use
# them when they write to shops, and those with letters in them (U盘, SIM卡), which the count of used words has in lower
# case; corpora/base/words.txt adds those that jieba does not know, or ranks too low.
"$kefu" base --quiet --dictionary "$words" --variants "$work/variants.txt" --out "$work/all.kefu"
"$kefu" vectors train --quiet --base "$work/all.kefu" --input "$work/domain.txt" --dim 1 --epochs 1 --min-count 5 \
	--threads 1 --output "$work/used.txt"
LC_ALL=C awk 'FILENAME == ARGV[1] { own[$1]; print; next } FILENAME == ARGV[2] { used[$1]; next }
	!($1 in own) && ($2 >= 4 || $1 in used || $1 ~ /[0-9A-Za-z]/)' "$here/words.txt" "$work/used.txt" "$words" >"$work/words.txt"
words=$work/words.txt
"$kefu" base --quiet --dictionary "$words" --variants "$work/variants.txt" --out "$work/dictionary.kefu"

# Three times the domain: a word is in if it is frequent there or in general text. All words that are not rare teach;
# the file keeps the most frequent ones, without what all of them have in common.
domain=$work/domain.txt
"$kefu" vectors train --base "$work/dictionary.kefu" --input "$data/text_en.txt" --input "$data/text_zh.txt" \
	--input "$domain" --input "$domain" --input "$domain" \
	--dim 128 --window 5 --negative 5 --subsample 1e-4 --epochs 5 --rate 0.05 --min-count 10 --max-words 90000 --seed 1 \
	--threads 1 --binary --output "$work/all.bin" --json
"$kefu" vectors convert --input "$work/all.bin" --words 50000 --common 2 --binary --output "$work/vectors.bin" --json

"$kefu" base --dictionary "$words" --variants "$work/variants.txt" --vectors "$work/vectors.bin" --out "$out" --json

# What "negative" and "positive" mean: a small sentiment head that every bot's own training starts from. Reviews say it;
# questions and requests, and sentences that judge nothing or both ways, show what neither of them is.
neutral=$work/neutral.jsonl
jq -c '{text: (.a, .b), label: "neutral"}' "$data/matching/atec_zh/train.jsonl" | awk '!seen[$0]++' |
	awk 'NR % 12 == 0' >"$neutral"
for set in clinc150:4 bitext_customer_service:2 smp2018_zh:1 snips:6; do
	jq -c '{text, label: "neutral"}' "$data/intent/${set%:*}/train.jsonl" | awk -v n="${set#*:}" '!seen[$0]++ && ++i % n == 0'
done >>"$neutral"
for file in "$data"/aspect/*/train.jsonl; do
	jq -cs 'group_by(.text)[] | {text: .[0].text, says: (map(.label) | unique)} |
		select(.says == ["neutral"] or (.says | index("negative") and index("positive"))) |
		{text, label: "neutral"}' "$file"
done >>"$neutral"
sentiment=()
for file in "$data"/sentiment/*/train.jsonl; do sentiment+=(--data "$file"); done
"$kefu" train sentiment --prior "${sentiment[@]}" --data "$neutral" --base "$out" --out "$out" --json

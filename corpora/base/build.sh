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

# What belongs together: a turn of a dialogue and the next one, and two ways to ask the same. A start for the intents of
# every bot.
turns() { # NAME FIELDS LEAST MOST: neighbouring lines, each in three pairs at most; FIELDS: words (or bytes) count
	grep -v $'\t' | LC_ALL=C awk -v name="$1" -v fields="$2" -v least="$3" -v most="$4" '
		{ n = fields ? NF : length($0); fits = n >= least && n <= most }
		fits && before != "" && before != $0 && used[before] < 3 && used[$0] < 3 {
			used[before]++; used[$0]++; pairs++; print before "\t" name pairs; print $0 "\t" name pairs }
		{ before = fits ? $0 : "" }' | tr -d '\r' | jq -Rc 'split("\t") | {text: .[0], label: .[1]}'
}
{
	sed -n '195001,470000p' "$data/text_en.txt" | turns turn 1 3 45
	sed -n '213001,$p' "$data/text_zh.txt" | turns 话 "" 12 240
	jq -c 'select(.label == 1 and .a != .b) | {text: (.a, .b), label: "question \(input_line_number)"}' \
		"$data/matching/atec_zh/train.jsonl"
} >"$work/together.jsonl"
"$kefu" train intent --prior --data "$work/together.jsonl" --base "$out" --out "$out" --json

# What "negative" and "positive" mean: a small sentiment head that every bot's own training starts from, and that grades
# texts where there is no bot. Whole reviews come first; what is learned from them grades more: sentences of reviews.
shop=$here/../shop
reviews=() taught=()
for file in "$data"/sentiment/*/train.jsonl; do reviews+=(--data "$file"); done
train() { "$kefu" train sentiment --prior "${reviews[@]}" "$@" --json; }
grade() { "$kefu" parse --model "$work/first.kefu" | jq -c '{text, p: .sentiment.probabilities}'; }
sentences() { sed -E 's/([.!?]["'"'"')]*) +/\1\n/g; s/([。！？～]+)/\1\n/g' | awk 'length($0) >= 6 && length($0) <= 240 && !seen[$0]++'; }
every() { awk -v n="$1" 'NR % n == 0'; }

# Questions and requests, and sentences that judge nothing or both ways.
neutral=$work/neutral.jsonl
jq -c '{text: (.a, .b), label: "neutral"}' "$data/matching/atec_zh/train.jsonl" | awk '!seen[$0]++' | every 12 >"$neutral"
for set in clinc150:4 bitext_customer_service:2 smp2018_zh:1 snips:6; do
	jq -c '{text, label: "neutral"}' "$data/intent/${set%:*}/train.jsonl" | awk '!seen[$0]++' | every "${set#*:}"
done >>"$neutral"
for file in "$data"/aspect/*/train.jsonl; do
	jq -cs 'group_by(.text)[] | {text: .[0].text, says: (map(.label) | unique)} |
		select(.says == ["neutral"] or (.says | index("negative") and index("positive"))) |
		{text, label: "neutral"}' "$file"
done >>"$neutral"
train --data "$neutral" --base "$out" --out "$work/first.kefu"

# Sentences of reviews that say with certainty what their review says.
for set in blitzer_amazon_en:6 online_shopping_10_cats_zh:4; do
	for says in negative positive; do
		jq -r --arg says $says 'select(.label == $says) | .text | gsub("\\s+"; " ")' "$data/sentiment/${set%:*}/train.jsonl" |
			sentences | every "${set#*:}" | grade | jq -c --arg says $says 'select(.p[$says] > 0.85) | {text, label: $says}'
	done
done >"$work/sentences.jsonl"
# Film reviews have no label: the whole one is graded, and then its sentences.
grep -iE '\b(film|movie)' "$data/text_en.txt" | grep -w I | awk 'length($0) > 200 && length($0) < 2500' | grade >"$work/films.jsonl"
for says in negative positive; do
	jq -r --arg says $says 'select(.p[$says] > 0.8) | .text' "$work/films.jsonl" | sentences | every 4 | grade |
		jq -c --arg says $says 'select(.p[$says] > 0.85) | {text, label: $says}'
done >>"$work/sentences.jsonl"
# Parts with a negation say what their review says, whatever the grade: they are what it errs on.
for says in negative positive; do
	jq -r --arg says $says 'select(.label == $says) | .text' "$data/sentiment/blitzer_amazon_en/train.jsonl" |
		sed -E 's/([.!?;]["'"'"')]*) +/\1\n/g; s/, (but|and|so|because|though|although|which|or) /\n/g' |
		grep -iE "\b(not|no|never|nothing|without|cannot|hardly)\b|n't\b" |
		awk 'length($0) >= 8 && length($0) <= 120 && !seen[$0]++' | jq -Rc --arg says $says '{text: ., label: $says}'
	cat "$data"/sentiment/{online_shopping_10_cats,waimai_10k}_zh/train.jsonl |
		jq -r --arg says $says 'select(.label == $says) | .text' | sed -E 's/[，。！？,!?;；~～… ]+/\n/g' |
		grep -E "不|没|无|未" | awk 'length($0) >= 9 && length($0) <= 60 && !seen[$0]++' | every 2 |
		jq -Rc --arg says $says '{text: ., label: $says}'
done >"$work/negated.jsonl"
# Short lines of general text and dialogues judge nothing, unless they are graded so with certainty; and what emoji say,
# alone and behind such lines.
for text in text_en:24 text_zh:14; do
	awk 'length($0) >= 4 && length($0) <= 120 && !/^[ -=]*$/' "$data/${text%:*}.txt" | awk '!seen[$0]++' |
		every "${text#*:}" | tr -d '\r' | grade | jq -c 'select(.p.negative < 0.8 and .p.positive < 0.8) | {text, label: "neutral"}'
done >"$work/lines.jsonl"
every 2 <"$work/lines.jsonl" >"$work/elsewhere.jsonl"
jq -r '.text | select(contains("\t") | not)' "$work/lines.jsonl" | awk -F, 'FNR == 1 && NR == 1 { next }
	NR == FNR { emoji[n++] = $1; says[n - 1] = $2; next }
	{ at = FNR % n; e = emoji[at]; if (FNR <= 3 * n) text = FNR <= n ? e : FNR <= 2 * n ? e e : e e e
	  else text = $0 (FNR % 2 ? " " : "") e
	  print text "\t" says[at] }' "$here/emoji.csv" - | jq -Rc 'split("\t") | {text: .[0], label: .[1]}' >"$work/emoji.jsonl"
# What is asked of a shop, and said of a bot.
"$kefu" data convert "$shop/data/nlu" --format jsonl --out "$work/nlu.jsonl" --quiet
jq -c 'select(.label | IN("product_availability", "delivery_time", "delivery_areas", "store_locations", "product_specs",
	"privacy", "dispatch_time", "care_instructions", "shipping_cost", "membership", "gift_wrap", "track_order",
	"repair_service", "warranty", "recommend_product", "start_return", "coupon", "return_policy", "refund_status",
	"size_guide", "return_shipping_cost", "invoice", "exchange_item", "change_address", "price_match", "change_order",
	"cancel_order", "payment_methods", "installment", "compare_products", "wholesale", "capabilities", "delete_account",
	"reset_password")) | {text, label: "neutral"}' "$work/nlu.jsonl" | every 3 >"$work/shop.jsonl"
jq -c 'select(.label == "compliment") | {text, label: "positive"}' "$work/nlu.jsonl" >>"$work/shop.jsonl"
jq -c 'select(.label == "insult") | {text, label: "negative"}' "$work/nlu.jsonl" >>"$work/shop.jsonl"

# Nothing that is measured by is learned, not even where someone else said the same.
"$kefu" data convert "$shop"/tests/sentiment_*.csv --format jsonl --out "$work/tests.jsonl" --quiet
{
	jq -r .text "$work/tests.jsonl" "$data"/sentiment/*/dev.jsonl
	cut -f 3 "$here"/../../tests/unit/models/sentiment_{zh,en}.txt
} >"$work/measured.txt"
for part in neutral elsewhere sentences negated emoji shop; do
	jq -nc --rawfile lines "$work/measured.txt" \
		'(reduce ($lines | split("\n")[]) as $line ({}; .[$line] = true)) as $measured | inputs | select($measured[.text] | not)' \
		"$work/$part.jsonl" >"$work/taught_$part.jsonl"
	taught+=(--data "$work/taught_$part.jsonl")
done
train "${taught[@]}" --data "$shop/sentiment.csv" --base "$out" --out "$out"

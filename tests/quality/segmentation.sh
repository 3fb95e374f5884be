#!/bin/sh
# F1 of word boundaries, as SIGHAN's score script counts it: a word is right when both its ends are.
#   segmentation.sh KEFU MODEL TEXT GOLD
# TEXT has one sentence a line, GOLD the same lines with the words separated by spaces.
set -eu
if [ $# -ne 4 ]; then
	echo "usage: $0 KEFU MODEL TEXT GOLD" >&2
	exit 2
fi
words=$(mktemp)
trap 'rm -f "$words"' EXIT
"$1" segment --model "$2" <"$3" >"$words"
# Ends are counted in bytes: both sides hold the same characters.
LC_ALL=C awk '
	function spans(line, set,   n, i, at, parts) {
		gsub(/\r/, "", line)
		n = split(line, parts, /[ \t]+/)
		at = 0
		count = 0
		for (i = 1; i <= n; i++) {
			if (parts[i] == "")
				continue
			set[at "-" at + length(parts[i])] = 1
			at += length(parts[i])
			count++
		}
		total_bytes = at
		return count
	}
	NR == FNR { ours[FNR] = $0; next }
	{
		split("", a); split("", b)
		got += spans(ours[FNR], a)
		bytes = total_bytes
		want += spans($0, b)
		if (bytes != total_bytes) {
			print "line " FNR ": the characters differ" >"/dev/stderr"
			bad = 1
		}
		for (s in b)
			if (s in a)
				right++
	}
	END {
		p = right / got; r = right / want
		printf "{\"words\":%d,\"precision\":%.4f,\"recall\":%.4f,\"f1\":%.4f}\n", want, p, r, 2 * p * r / (p + r)
		exit bad
	}' "$words" "$4"

#!/bin/sh
# What 'kefu train segmenter' learns from nine tenths of a segmented text, measured on the tenth part. Blocks of 100 lines are
# held out by a hash of their number, so that a text and its neighbours are on the same side.
#   segmenter_dev.sh KEFU SEGMENTED [OPTIONS OF kefu train segmenter...]
set -eu
if [ $# -lt 2 ]; then
	echo "usage: $0 KEFU SEGMENTED [OPTIONS...]" >&2
	exit 2
fi
kefu=$1 text=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C awk -v train="$work/train" -v dev="$work/dev" '
	{ hash = int((NR - 1) / 100) * 2654435761 % 4294967296; print >(hash < 429496730 ? dev : train) }' "$text"
"$kefu" train segmenter --quiet --json --data "$work/train" --dev "$work/dev" --out "$work/model.kefu" "$@"

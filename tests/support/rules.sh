#!/usr/bin/env bash
# The rules of ARCHITECTURE.md that a script can check: layers, lengths, names, banned calls, owners of libraries.
# Prints every breach as file:line: what, and fails if there is one.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=$(mktemp)
trap 'rm -f "$out"' EXIT
sources() { git ls-files -co --exclude-standard -- "$@" | grep -E '\.(c|h)$' | while read -r f; do [ -f "$f" ] && echo "$f"; done; }

# Rooms include downwards only, and within a room a subfolder includes only those listed above it.
layers() { # ROOM "allowed rooms" "subfolders in order"
	sources "$1" | while read -r file; do
		awk -v file="$file" -v room="$1" -v allowed=" $2 " -v order="$3" '
			BEGIN { n = split(order, sub_, " "); for (i = 1; i <= n; i++) rank[sub_[i]] = i
			        split(file, part, "/"); mine = rank[part[2]] }
			/^#include "/ {
				split($0, q, "\""); split(q[2], p, "/"); head = p[1]
				if (index(" corpora nlp models bot ", " " head " ") && index(q[2], "/"))
					{ if (!index(allowed, " " head " ")) print file ":" NR ": " room " may not include " q[2] }
				else if (mine && (head in rank) && rank[head] > mine)
					print file ":" NR ": " part[2] "/ may not include " q[2] ": it is listed below it"
			}' "$file"
	done
}
{
	layers corpora "corpora" "src"
	layers nlp "corpora nlp" "text lex entity embed"
	layers models "corpora nlp models" "tensor layer train text tagger retrieve recommend"
	layers bot "corpora nlp models bot" "config store dialog insight report server batch commands"

	sources corpora nlp models bot tests | while read -r file; do
		awk -v file="$file" '
			/^[a-zA-Z_].*[a-zA-Z0-9_]\(/ && !/;[ \t]*$/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
			/^\{/ { start = NR }
			/^\}/ { if (start && NR - start > 100) print file ":" start ": function " name " has " NR - start " lines (at most 100)"; start = 0 }
			length($0) > 160 && !/^#include/ { print file ":" NR ": line of " length($0) " characters" }
			END { if (NR > 650) print file ": " NR " lines: does it hold more than one noun?" }' "$file"
	done

	sources corpora nlp models bot | grep -nE '(^|/)(util|common|helper|manager|misc)s?[._/]' | sed 's/^[0-9]*://; s/$/: this name says nothing/'

	banned='(^|[^A-Za-z0-9_>.])(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|rand|srand|system|popen|alloca|g_alloca)\('
	sources corpora nlp models bot | xargs grep -nE "$banned" | grep -vE ':[0-9]+:[ \t]*(/\*|\*)' | sed 's/$/   <- banned call/'
	sources corpora nlp models | xargs grep -nE '(^|[^A-Za-z0-9_])(printf|puts|exit|abort|assert|g_print|g_printerr|g_assert[a-z_]*)\(' |
		grep -vE ':[0-9]+:[ \t]*(/\*|\*)' | sed 's/$/   <- libraries neither print nor exit/'

	owner() { # HEADER PATTERN_OF_OWNERS
		sources corpora nlp models bot | grep -vE "$2" | xargs grep -n "#include <$1>" | sed "s:\$:   <- $1 belongs to $2:"
	}
	owner sqlite3.h '^bot/store/'
	owner libwebsockets.h '^bot/(server/|commands/doctor)'
	owner cblas.h '^models/tensor/gemm\.c$'
	owner sodium.h '^bot/'
	owner yaml.h '^corpora/'
	owner csv.h '^corpora/'
	owner pcre2.h '^nlp/'
	owner utf8proc.h '^nlp/'
	owner libstemmer.h '^nlp/text/stem\.c$'
	git ls-files -co --exclude-standard -- corpora nlp models bot web tests | grep -E '\.(c|h|ts)$' | xargs grep -nE '\b(TODO|FIXME|XXX|HACK)\b' 2>/dev/null
} >"$out"
cat "$out"
if [ -s "$out" ]; then
	echo "$(wc -l <"$out") breaches"
	exit 1
fi
echo "the rules hold"

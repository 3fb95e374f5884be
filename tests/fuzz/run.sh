#!/usr/bin/env bash
# tests/fuzz/run.sh SECONDS|ci [NAME...]: builds the fuzzers with clang and runs each for SECONDS over its kept seeds, two
# at a time; `ci`: a minute for what reads text that strangers write, ten seconds for the others. What crashes is left in
# build/fuzz/crashes/ and named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:?usage: tests/fuzz/run.sh SECONDS|ci [NAME...]}
shift
long=" fuzz_document fuzz_utf8 fuzz_patterns fuzz_vectors fuzz_dictionary "
[ -f build/fuzz/build.ninja ] || cmake --preset fuzz >/dev/null
cmake --build --preset fuzz >build/fuzz/build.log 2>&1 || { tail -n 40 build/fuzz/build.log; exit 1; }
mkdir -p build/fuzz/crashes
names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(find build/fuzz/tests/fuzz -maxdepth 1 -type f -name 'fuzz_*' -executable -printf '%f\n' | sort)
[ ${#names[@]} -gt 0 ] || { echo "no fuzzer was built"; exit 1; }

run() { # NAME SECONDS
	local noun=${1#fuzz_} words=()
	[ ! -f "tests/fuzz/${1#fuzz_}.dict" ] || words=("-dict=tests/fuzz/${1#fuzz_}.dict")
	mkdir -p "build/fuzz/corpus/$noun"
	# Without -entropic=0 libFuzzer spends its time on counting what each of thousands of places is worth.
	if "build/fuzz/tests/fuzz/$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
		-entropic=0 "${words[@]}" -print_final_stats=1 -artifact_prefix="build/fuzz/crashes/$noun-" "build/fuzz/corpus/$noun" \
		"tests/fuzz/seeds/$noun" >"build/fuzz/$noun.log" 2>&1; then
		printf '%-24s %3s s  %s executions\n' "$noun" "$2" \
			"$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$noun.log")"
	else
		tail -n 30 "build/fuzz/$noun.log"
		echo "$noun: failed; the input is in build/fuzz/crashes/"
		return 1
	fi
}
export -f run

for name in "${names[@]}"; do
	if [ "$seconds" != ci ]; then
		echo "$name $seconds"
	elif [[ $long == *" $name "* ]]; then
		echo "$name 60"
	else
		echo "$name 10"
	fi
done | sort -s -k2,2nr | xargs -P 2 -L 1 bash -c 'run "$@"' run

#!/usr/bin/env bash
# tests/fuzz/run.sh SECONDS [NAME...]: builds the fuzzers with clang and runs each for SECONDS over its kept seeds. What
# crashes is left in build/fuzz/crashes/ and named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:?usage: tests/fuzz/run.sh SECONDS [NAME...]}
shift
[ -f build/fuzz/build.ninja ] || cmake --preset fuzz >/dev/null
cmake --build --preset fuzz >build/fuzz/build.log 2>&1 || { tail -n 40 build/fuzz/build.log; exit 1; }
mkdir -p build/fuzz/crashes
names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(find build/fuzz/tests/fuzz -maxdepth 1 -type f -name 'fuzz_*' -executable -printf '%f\n' | sort)
[ ${#names[@]} -gt 0 ] || { echo "no fuzzer was built"; exit 1; }
status=0
for name in "${names[@]}"; do
	noun=${name#fuzz_}
	mkdir -p "build/fuzz/corpus/$noun"
	if "build/fuzz/tests/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
		-print_final_stats=1 -artifact_prefix="build/fuzz/crashes/$noun-" "build/fuzz/corpus/$noun" \
		"tests/fuzz/seeds/$noun" >"build/fuzz/$noun.log" 2>&1; then
		printf '%-24s %s executions\n' "$noun" "$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$noun.log")"
	else
		tail -n 30 "build/fuzz/$noun.log"
		echo "$noun: failed; the input is in build/fuzz/crashes/"
		status=1
	fi
done
exit $status

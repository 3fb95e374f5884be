#!/usr/bin/env bash
# clang-format over every C file; prints what differs. `format.sh --fix` mends it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if [ "${1:-}" = --fix ]; then
	git ls-files -co --exclude-standard -z -- '*.c' '*.h' | xargs -0 clang-format -i
else
	git ls-files -co --exclude-standard -z -- '*.c' '*.h' | xargs -0 clang-format --dry-run -Werror
	echo "formatted"
fi

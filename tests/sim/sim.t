#!/usr/bin/env bash
# The payout core among everything that goes wrong, simulated: a share of the seeds (README.md).
#
#   SIM_SEEDS=200000 tests/sim/sim.t
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
set -uo pipefail

sim=${BUILD:-build}/tests/sim/sim
seeds=${SIM_SEEDS:-10000}
said=$(mktemp "${TMPDIR:-/tmp}/chitra-sim-XXXXXX")
trap 'rm -f "$said" "$said.again"' EXIT

if "$sim" SEED=1 SEEDS="$seeds" >"$said" 2>&1; then
	pass "nobody is paid twice, nobody is lost, nothing is unexplained, and every fault, move and break was met"
else
	fail "nobody is paid twice, nobody is lost, nothing is unexplained, and every fault, move and break was met" "$(head -n 200 "$said")"
fi
grep -E 'seeds a second' "$said"

"$sim" SEED=77 SEEDS=1 VERBOSE=1 2>&1 | grep -v 'CPU seconds' >"$said"
"$sim" SEED=77 SEEDS=1 VERBOSE=1 2>&1 | grep -v 'CPU seconds' >"$said.again"
if [ "$(wc -l <"$said")" -gt 100 ] && cmp -s "$said" "$said.again"; then
	pass "a seed tells the same story each time"
else
	fail "a seed tells the same story each time" "$(diff "$said" "$said.again" | head -n 5)"
fi

# What make check has built under sanitizers; nothing of it need be there.
if [ -x build/san/tests/sim/sim ]; then
	if build/san/tests/sim/sim SEED=1 SEEDS=200 >"$said" 2>&1; then
		pass "under AddressSanitizer and UBSan too"
	else
		fail "under AddressSanitizer and UBSan too" "$(head -n 60 "$said")"
	fi
fi

done_testing

#!/usr/bin/env bash
# The demo is killed half way with everything that it started, again and again, and run again: it goes on, and pays nobody twice.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/lib/payroll.sh
. tests/scenario/lib/payroll.sh
# shellcheck disable=SC2154

export DEMO_DIR=$scratch/demo PLACE_TEMPORARY=1
export BANK_CONFIG=$'concurrency = 4\nrate = 20' PROFILE='{"items_per_message":50}'
places+=("$DEMO_DIR")

# killed_at TEXT: the run is killed as soon as this step is reached, the daemon and the bank with it
killed_at()
{
	local run_pid i
	: >"$scratch/out"
	setsid ops/demo/demo run >"$scratch/out" 2>&1 &
	run_pid=$!
	for ((i = 0; i < 6000; i++)); do
		grep -qF "] $1" "$DEMO_DIR/log/demo.log" 2>/dev/null && break
		kill -0 $run_pid 2>/dev/null || break
		sleep 0.02
	done
	sleep "${2:-0}"
	kill -KILL -- -$run_pid 2>/dev/null
	wait $run_pid 2>/dev/null
	payroll_place demo
	kill -KILL "$(process_pid chitrad)" "$(process_pid bank)" 2>/dev/null
	ops/private-db stop "$here/pg" immediate
	grep -qF "] $1" "$logs/demo.log"
}

ok "killed while it imports" killed_at "import of the lists" 0.3
ok "killed while it makes batches" killed_at "batches made" 0.2
ok "killed while it releases" killed_at "released by two" 0.3
ok "killed while it pays" killed_at "paid" 1
ok "killed while the rest of the money comes" killed_at "the money that was waited for" 0.7
ok "killed while it settles" killed_at "first day's statement" 0.5
ops/demo/demo run >"$scratch/out" 2>&1
is $? 0 "and then it ends with 0" || cat "$scratch/out" >&2
payroll_place demo
database_start
is "$(bank_twice)" 0 "the bank paid nobody twice"
is "$(bank_executed)" "$(($(truth settled_count) + 1 - $(cash_settled)))" "and everybody once"
ops/demo/demo run >"$scratch/out" 2>&1
is "$(grep 'new payouts' "$scratch/out")" "0 new payouts" "run again it pays nobody"

done_testing

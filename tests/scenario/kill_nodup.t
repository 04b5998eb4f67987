#!/usr/bin/env bash
# The same kills at a bank that does not deduplicate: nobody is paid twice and nothing is lost. What was in doubt ends by the
# statements, and what they prove unpaid stays owed.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/lib/payroll.sh
. tests/scenario/lib/payroll.sh
# shellcheck source=tests/scenario/lib/kill.sh
. tests/scenario/lib/kill.sh

seed=${SEED:-1}
echo "# SEED=$seed"
payroll_place demo
slow_bank ',"deduplicates":false,"dedupe_days":0' --dedup=false
ok "a payroll is approved and has its money" payroll_to s_money
database_start
kills "$seed" "${KILLS:-20}"
is "$(wc -l <"$here/out/kills")" "${KILLS:-20}" "${KILLS:-20} kills, each while a dispatch was sent"
OWED=1
ok "it goes on to the end; claims differ only where they stay owed" payroll_to s_compare
is "$(bank_twice)" 0 "double = 0: the bank paid nobody twice, though it would have"
lost=$(sql "select count(*) from payout.payout_state s join payout.state t on t.code = s.state where not t.ended")
is "$lost" 0 "lost = 0: every payout came to an end"
echo "# $(sql "select count(*) from payout.payout_state where state = 9") payouts ended not_paid and stay owed"

done_testing

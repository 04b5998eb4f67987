#!/usr/bin/env bash
# Kill anything at any instant: what restarts reads the rows and goes on. Each duty, the supervisor, a connection's server, the
# postmaster and the whole of PostgreSQL are killed while payouts are sent and unanswered. The bank deduplicates: nothing differs.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/lib/payroll.sh
. tests/scenario/lib/payroll.sh
# shellcheck source=tests/scenario/lib/kill.sh
. tests/scenario/lib/kill.sh

seed=${SEED:-1}
echo "# SEED=$seed"
payroll_place demo
slow_bank "" ""
ok "a payroll is approved and has its money" payroll_to s_money
database_start
kills "$seed" "${KILLS:-22}"
is "$(wc -l <"$here/out/kills")" "${KILLS:-22}" "${KILLS:-22} kills, each while a dispatch was sent"
ok "it goes on to the end, and ends as truth.json says" payroll_to s_compare
is "$(bank_twice)" 0 "the bank paid nobody twice"
is "$(bank_executed)" "$(($(truth settled_count) + 1 - $(cash_settled)))" "and everybody once"
starts=$(grep -c 'event=duty_started' "$logs/chitrad.log")
ok "duties were started again ($starts starts)" test "$starts" -gt 4
asked=$(sql "select count(*) from payout.payout_move m join payout.cause c on c.code = m.cause where c.name = 'enquiry'")
ok "payouts were recovered by enquiry ($asked moves)" test "$asked" -gt 0
taken=$(sql "select count(*) from payout.payout_move m join payout.cause c on c.code = m.cause where c.name = 'takeover'")
ok "what a dead teller had sent became unknown ($taken moves)" test "$taken" -gt 0

done_testing

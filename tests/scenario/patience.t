#!/usr/bin/env bash
# A statement whose pages follow each other slowly, without end, does not keep the bank's other words waiting: the scribe waits 20 s for
# it in all, and comes back when it is there.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh

payroll 4 valid_hours=30
bank_day --page-lines 1
for name in gate scribe teller; do
	duty $name
done
ok "everybody is credited" until_true 40 "select count(*) = 4 from payout.payout_state where state = 6"
bank_says book '{"account":"110000000001","direction":"credit","amount":1,"text":"LAI TIEN GUI","times":130}' >/dev/null
bank_says will '{"fault":"delay","match":{"call":"statements"},"always":true,"ms":200}' >/dev/null
next_day
ok "the pages begin to come" until_true 20 "select count(*) > 2 from bank.message where kind = 'statement'"
said=$(sql "select end_to_end_id from payout.payout order by id limit 1")
say "$said" 1 200000000001 ACCC
ok "a callback comes after them" until_true 10 "select count(*) = 1 from bank.message m where m.kind = 'status' and m.id > (
	select min(id) from bank.message where kind = 'statement') and not exists (select from bank.statement)"
ok "it is heard" until_true 40 "select count(*) = 1 from recon.break where kind = 'contradiction'"
is "$(sql "select count(*) from bank.statement")" 0 "before the last page is there"
ok "which is waited for all the same" settled_through 2024-04-03 60
is "$(sql "select line_count from bank.statement")" 135 "with every line"
done_testing

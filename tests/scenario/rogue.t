#!/usr/bin/env bash
# The bank's statement shows debits with the ids of payouts that nobody sent: one was cancelled, one is held, one is ready. It is told at once,
# none of them is sent beside it, and two officers find whose money it is.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# The environment's time zone, which no program of ours asks for: here it is another day.
export TZ=Pacific/Kiritimati

# shellcheck disable=SC2119
fresh_database
clock_start
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh
by_config=$scratch/all.conf
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh

payroll 3 valid_hours=30
bank_day --page-lines 100
id_of()
{
	sql "select p.end_to_end_id from payout.payout p join payout.claim c on c.id = p.claim where c.person = $1 and p.issue = 1"
}
amount_of()
{
	sql "select p.amount_dong from payout.payout p join payout.claim c on c.id = p.claim where c.person = $1 and p.issue = 1"
}
# state_of PERSON, break_of PERSON
state_of()
{
	sql "select t.name from payout.payout p join payout.payout_state s on s.payout = p.id join payout.state t on t.code = s.state where p.end_to_end_id = '$(id_of "$1")'"
}
break_of()
{
	sql "select max(k.id) from recon.break k join payout.payout p on p.id = k.payout where k.kind = 'rogue_debit' and p.end_to_end_id = '$(id_of "$1")'"
}

is "$(by minh pause all --reason 'rà soát')" 0 "nothing leaves"
is "$(by hoa cancel "$(id_of 1)" --reason 'nhầm người') $(by hoa hold "$(id_of 2)" --reason 'chờ giấy')" "0 0" "one payout is cancelled, one is held"
for person in 1 2 3; do
	bank_says book "{\"account\":\"110000000001\",\"direction\":\"debit\",\"amount\":$(amount_of $person),\"text\":\"CHUYEN TIEN\",\"end_to_end_id\":\"$(id_of $person)\",\"counterparty\":\"20000000000$person\"}" >/dev/null
done
next_day
duty scribe
duty teller
ok "the statement is settled" settled_through 2024-04-03 40
is "$(state_of 1) $(state_of 2) $(state_of 3)" "cancelled held ready" "a debit that nobody ordered moves nobody"
is "$(sql "select count(distinct payout) from recon.break where kind = 'rogue_debit'")" 3 "each has a break of that name"
like "$(cat "$scratch/scribe.log")" "rogue_debit.*chitra pause all" "the scribe says so at once, and what to do"
is "$(reconcile 2024-04-03)" 2 "the day is not explained"

is "$(by minh resume all --reason 'đã xem')" 0 "payments go on"
ok "the ready one is held instead of sent" until_true 20 "select exists (select from payout.hold h join payout.payout p on p.id = h.payout
	where h.reason = 'bank_knows_it' and p.end_to_end_id = '$(id_of 3)')"
for person in 1 2 3; do
	k=$(break_of $person)
	if [ $person != 1 ]; then
		is "$(by minh break list)" 0 "$person: the list of breaks"
		like "$(cat "$scratch/said")" "$k Tiền ra không do ta lệnh.*chitra cancel" "$person: says what comes first"
		is "$(by minh break propose "$k" --as paid_after_all --reason 'đã nhận tiền') $(by hoa break confirm "$k" --as paid_after_all)" \
			"0 65 break_outcome" "$person: what may still be sent was not paid"
		is "$(by hoa cancel "$(id_of $person)" --reason 'ngân hàng đã trừ tiền')" 0 "$person: it is cancelled"
	fi
	is "$(sql "select payout.in_question(claim, 2::smallint) from payout.payout where end_to_end_id = '$(id_of $person)'")" t "$person: its claim is not paid again meanwhile"
	is "$(by minh break propose "$k" --as paid_after_all --reason 'đã nhận tiền') $(by minh break confirm "$k" --as paid_after_all)" "0 77 same_officer" "$person: one officer does not decide"
	is "$(by hoa break confirm "$k" --as paid_after_all)" 0 "$person: two officers find that the person has the money"
	is "$(state_of $person)" settled "$person: and the claim is paid"
	is "$(sql "select payout.in_question(claim, 2::smallint) from payout.payout where end_to_end_id = '$(id_of $person)'")" t "$person: never again"
done
is "$(bank_count paid)" 0 "the bank was asked for none of them"
is "$(reconcile 2024-04-03)" 0 "the day is explained"
is "$(by hoa ledger check)" 0 "the books are whole"
done_testing

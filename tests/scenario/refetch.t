#!/usr/bin/env bash
# The database is lost, and the dump is older than the statements whose differences two officers have resolved since, or older than all that
# happened to the payouts. `chitra recover` brings the differences and the decisions back under their numbers, the statements are fetched
# again, and nothing is decided or booked twice.
# shellcheck disable=SC2119,SC2154
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh

# shellcheck source=tests/scenario/lib/restored.sh
. tests/scenario/lib/restored.sh
by_config=$scratch/desk.conf
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh

id_of()
{
	sql "select p.end_to_end_id from payout.payout p join payout.claim c on c.id = p.claim where c.person = $1"
}
amount_of()
{
	sql "select p.amount_dong from payout.payout p join payout.claim c on c.id = p.claim where c.person = $1"
}
states()
{
	sql "select string_agg(c.person || ' ' || t.name, ', ' order by c.person) from payout.payout p join payout.claim c on c.id = p.claim
		join payout.payout_state s on s.payout = p.id join payout.state t on t.code = s.state"
}
# break_of KIND [AMOUNT]
break_of()
{
	sql "select max(id) from recon.break where kind = '$1' and amount_dong = coalesce(nullif('${2:-}', '')::bigint, amount_dong)"
}
# Each difference with its number, its line as the bank names it, its payout, and the day of the statement that it is about.
breaks()
{
	sql "select string_agg(concat_ws(' ', k.id, k.kind, k.day, l.entry_ref, p.end_to_end_id, k.amount_dong, s.day), ', ' order by k.id)
		from recon.break k left join bank.statement_line l on l.id = k.line left join payout.payout p on p.id = k.payout
		left join bank.statement s on s.id = k.statement"
}
resolutions()
{
	sql "select string_agg(concat_ws(' ', r.break, r.outcome, r.pair, r.payout, r.day, a.login, b.login), ', ' order by r.break)
		from recon.break_resolution r join auth.officer a on a.id = r.first_officer join auth.officer b on b.id = r.second_officer"
}
# two BREAK OUTCOME [option ...]: both officers say it
two()
{
	local brk=$1 as=$2
	shift 2
	echo "$(by minh break propose "$brk" --as "$as" "$@" --reason 'đã xem') $(by hoa break confirm "$brk" --as "$as" "$@")"
}
settled_through()
{
	until_true 30 "select count(*) = 1 and not exists (select from bank.line_waiting) and
		(select upto from ops.progress where name = 'absence') >= max(id) from bank.statement where day = '$1'"
}

fresh_database
genesis
clock_start
payroll 12 items=20 valid_hours=30
desk_conf
bank_start --reply-status ACCC
for person in 1 6; do
	bank_says will "{\"fault\":\"reject\",\"reason\":\"AC04\",\"match\":{\"end_to_end_id\":\"$(id_of $person)\"}}" >/dev/null
done
bank_says will "{\"fault\":\"double_debit\",\"match\":{\"end_to_end_id\":\"$(id_of 2)\"}}" >/dev/null
bank_says will "{\"fault\":\"hide_id\",\"match\":{\"end_to_end_id\":\"$(id_of 3)\"}}" >/dev/null
scribe_start
sealed
dump first
teller_start
ok "two are refused, the others credited" until_true 30 \
	"select count(*) filter (where state = 8) = 2 and count(*) filter (where state = 6) = 10 from payout.payout_state"
scribe_stop
teller_drain
dump early

# ---- after the dump: three statements, and what two officers find on them --------------------------------------------------------

book credit "$(amount_of 4)" "TRA LAI TIEN"
book credit 3450000 "LAI TIEN GUI"
book debit 6789 "TRICH NO"
book debit 4321 "GHI NHAM"
book credit 4321 "HOAN GHI NHAM"
book debit 777 "CHUA RO"
bank_says will "{\"fault\":\"lose_statement_line\",\"match\":{\"end_to_end_id\":\"$(id_of 7)\"}}" >/dev/null
scribe_start
teller_start
bank_says next-day >/dev/null
next_day
ok "the first day is settled" settled_through 2024-04-03
for person in 1 6; do
	bank_says book "{\"account\":\"110000000001\",\"direction\":\"debit\",\"amount\":$(amount_of $person),\"text\":\"CHI HO\",\"end_to_end_id\":\"$(id_of $person)\"}" >/dev/null
done
bank_says next-day >/dev/null
next_day 2024-04-05
ok "and the second" settled_through 2024-04-04
late=$(break_of contradiction "$(amount_of 1)")
came=$(break_of unmatched_credit "$(amount_of 4)")
double=$(break_of double_debit)
open=$(break_of unmatched_debit 777)
wrong=$(break_of unmatched_debit 4321)
right=$(break_of unmatched_credit 4321)
is "$(two "$late" paid_after_all) $(two "$(break_of contradiction "$(amount_of 6)")" paid_after_all)" "0 0 0 0" \
	"two officers find that late debits paid what had been refused"
is "$(two "$double" recovery)" "0 0" "that a second debit is to be recovered"
is "$(two "$came" return --payout "$(id_of 4)")" "0 0" "whose money came back"
is "$(two "$(break_of unmatched_credit 3450000)" refundable)" "0 0" "that a credit is interest"
is "$(two "$(break_of unmatched_debit 6789)" fee)" "0 0" "that a debit is a fee"
is "$(two "$wrong" taken_back --with "$right")" "0 0" "what the bank took and gave back"
is "$(two "$(break_of balance_gap)" without_entry)" "0 0" "and they have looked into a statement that does not add up"
bank_says book "{\"account\":\"110000000001\",\"direction\":\"credit\",\"amount\":$(amount_of 1),\"text\":\"HOAN TRA\",\"end_to_end_id\":\"$(id_of 1)\",\"returned_reason\":\"AC04\"}" >/dev/null
book credit "$(amount_of 6)" "TRA LAI TIEN"
bank_says next-day >/dev/null
next_day 2024-04-06
ok "on the third day what had been paid late comes back" settled_through 2024-04-05
is "$(two "$(break_of unmatched_credit "$(amount_of 6)")" return --payout "$(id_of 6)")" "0 0" "of one without his name: two officers say whose it is"
sealed
paid=$(bank_count paid)
breaks >"$scratch/breaks"
resolutions >"$scratch/resolutions"
states >"$scratch/states"
sql "$balances" >"$scratch/balances"
like "$(cat "$scratch/states")" "1 returned, 2 settled, 3 credited, 4 returned, 5 settled, 6 returned" "so the payouts stand"
scribe_stop
teller_drain

# ---- the dump is older -----------------------------------------------------------------------------------------------------------

for name in early first; do
	older='the statements'
	[ "$name" = early ] || older='the first payment'
	ok "a dump from before $older is restored" restore "$name"
	out=$(recover)
	is $? 0 "and recovered"
	while read -r line; do echo "# $line"; done <<<"$out"
	is "$(sql "select count(*) from recon.break")" "$(tr ',' '\n' <"$scratch/breaks" | wc -l)" "every difference is there before its statement is"
	is "$(sql "select payout.in_question(c.id, 2::smallint) from payout.claim c where c.person = 1")" t "nobody is paid again meanwhile whom a late debit paid"
	is "$(by minh break propose "$open" --as without_entry --reason 'đã xem')" "65 line_missing" "nobody resolves a difference whose line is not there yet"
	like "$(cat "$scratch/said")" "sao kê" "and it is said what is waited for"
	like "$out" "CHƯA đưa lại: chênh lệch $came .*sao kê" "what has to wait for its payout's statement is named"
	is "$(grep -c CHƯA <<<"$out")" 1 "and is the only one"
	recover --resume >/dev/null
	next_day 2024-04-06
	scribe_start
	teller_start
	ok "the statements are fetched again" settled_through 2024-04-05
	is "$(breaks)" "$(cat "$scratch/breaks")" "the differences are the same ones, with their numbers, and no other"
	is "$(by minh break propose "$came" --as refundable --reason 'đã xem')" "65 resolved_in_books" "what the books have resolved nobody resolves again"
	like "$(cat "$scratch/said")" "chitra recover" "it is said what brings the decision back"
	is "$(by minh break list)" 0 "the list"
	like "$(cat "$scratch/said")" "$came Tiền vào.*chitra recover" "says it too"
	is "$(LC_ALL=C.UTF-8 grep -cE '^.{81}' "$scratch/said")" 0 "and fits a terminal"
	sed 's/^/# /' "$scratch/said"
	is "$(by hoa break propose "$late" --as paid_after_all --reason 'đã xem')" "65 break_resolved" "what was brought back is resolved"
	sealed
	scribe_stop
	teller_drain
	out=$(recover)
	is $? 0 "recovery runs again"
	while read -r line; do echo "# $line"; done <<<"$out"
	is "$(grep -c CHƯA <<<"$out")" 0 "and nothing is left behind"
	is "$(resolutions)" "$(cat "$scratch/resolutions")" "every decision is there"
	is "$(states)" "$(cat "$scratch/states")" "every payout stands where it stood"
	is "$(sql "$balances")" "$(cat "$scratch/balances")" "and the books too: nothing is booked twice"
	is "$(sql "select count(*) from books.txn where kind = 'break.resolved'")" "$(tr ',' '\n' <"$scratch/resolutions" | wc -l)" "each decision is in the books once"
	is "$(two "$open" fee)" "0 0" "what was open is resolved now, as ever"
	is "$(by hoa ledger check)" 0 "the books are whole"
	is "$(bank_count paid)" "$paid" "the bank paid nobody again"
done

done_testing

#!/usr/bin/env bash
# A run goes over the end of a month: whose month it is stands in the claim, and no clock says it. Then claims are paid by a second issue, and
# what the first one was worth comes late, twice, or back: a line is its own id's, and the second issue stays paid.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
bank_date=2024-07-31
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh
by_config=$scratch/all.conf
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh

# clock_at INSTANT: ours
clock_at()
{
	psql -XAtq -c "set session_replication_role = replica; update ops.instance set clock_offset = timestamptz '$1+07' - now()"
}
id_of()
{
	sql "select p.end_to_end_id from payout.payout p join payout.claim c on c.id = p.claim where c.person = $1 and p.issue = ${2:-1}"
}
amount_of()
{
	sql "select amount_dong from payout.claim where person = $1"
}
# states PERSON: of its issues
states()
{
	sql "select string_agg(p.issue || ' ' || t.name, ', ' order by p.issue) from payout.payout p join payout.claim c on c.id = p.claim
		join payout.payout_state s on s.payout = p.id join payout.state t on t.code = s.state where c.person = $1"
}
# break_of KIND PERSON [ISSUE]
break_of()
{
	sql "select max(k.id) from recon.break k join payout.payout p on p.id = k.payout where k.kind = '$1' and p.end_to_end_id = '$(id_of "$2" "${3:-1}")'"
}
# book DIRECTION PERSON [ISSUE [,"more":…]]
book()
{
	bank_says book "{\"account\":\"110000000001\",\"direction\":\"$1\",\"amount\":$(amount_of "$2"),\"text\":\"CHI HO\",\"end_to_end_id\":\"$(id_of "$2" "${3:-1}")\"${4:-}}" >/dev/null
}

# ---- over the end of the month -----------------------------------------------------------------------------------------------------

clock_at '2024-07-31 20:00'
payroll 24 items=1 valid_hours=48
bank_day --page-lines 100
printf '%s\n' 'concurrency = 1' 'rate = 4' >>"$scratch/all.conf"
bank_says clock '{"time":"23:59"}' >/dev/null
for person in 1 3; do
	bank_says will "{\"fault\":\"reject\",\"reason\":\"AC04\",\"match\":{\"end_to_end_id\":\"$(id_of $person)\"}}" >/dev/null
done
bank_says will "{\"fault\":\"return_later\",\"match\":{\"end_to_end_id\":\"$(id_of 2)\"}}" >/dev/null
sql "select string_agg(end_to_end_id, ' ' order by id) from payout.payout" >"$scratch/ids"
clock_at '2024-07-31 23:59:56'
for name in gate scribe teller; do
	duty $name
done
until_true 20 "select ops.today() = '2024-08-01'"
bank_says next-day >/dev/null
ok "a run that began in July ends in August" until_true 40 "select count(*) filter (where state in (6, 7)) = 22 and count(*) filter (where state = 8) = 2 from payout.payout_state"
july=$(bank_says book.csv | awk -F, '$4 ~ /paid|returned/ && $5 == "2024-07-31"' | wc -l)
ok "the bank paid some in July ($july), the others in August" test "$july" -gt 0 -a "$july" -lt 22
is "$(bank_count paid) $(bank_count returned) $(bank_twice)" "21 1 0" "each once"
is "$(sql "select string_agg(distinct c.month || ' ' || b.period, ', ') from payout.claim c join payout.payout p on p.claim = c.id join payout.batch b on b.id = p.batch")" \
	"2024-04-01 2024-04-01" "for the month that they are owed for"
ok "July's statement is settled" settled_through 2024-07-31 30
next_day
ok "August's first, too" settled_through 2024-08-01 30
is "$(sql "select string_agg(distinct day::text, ', ') from (select s.day from bank.statement s join bank.statement_line l on l.statement = s.id
	join payout.payout p on p.end_to_end_id = l.end_to_end_id) x")" "2024-07-31, 2024-08-01" "the payments stand on both"
is "$(states 2)" "1 returned" "one came back"
is "$(reconcile 2024-07-31) $(reconcile 2024-08-01)" "0 0" "both days reconcile"

# ---- a second issue ------------------------------------------------------------------------------------------------------------------

# An account that sent money back is looked at anew before it is sent any.
sql "insert into register.account_check (account, source, status, grade, id_linked, passes) select id, 'bank_inquiry', 'open', 'exact', true, true
	from register.payee_account where person in (1, 2, 3)"
is "$(by minh pause demo --reason 'chờ sao kê')" 0 "in August an officer lets nothing leave for now"
like "$(payroll 0 first=1001 fund=no; cat "$scratch/fixture.log")" "lines 3 " "the three who have no money yet are owed it, and nobody else"
is "$(sql "select count(*) from payout.claim") $(sql "select count(*) from payout.payout where end_to_end_id = any (string_to_array('$(cat "$scratch/ids")', ' '))")" \
	"24 24" "for the same claims, under other ids"
book debit 3 1
next_day
ok "when they are released the bank pays one of them what it had refused" settled_through 2024-08-02 30
is "$(states 3)" "1 rejected, 2 ready" "whom both issues would pay now"
is "$(by hoa resume demo --reason 'đã có sao kê')" 0 "the officer lets go"
ok "the two others are paid" until_true 30 "select count(*) = 2 from payout.payout p join payout.payout_state s on s.payout = p.id where p.issue = 2 and s.state = 6"
ok "the one who has the money is held" until_true 10 "select count(*) = 1 from payout.hold h join payout.payout p on p.id = h.payout
	where p.end_to_end_id = '$(id_of 3 2)' and h.reason = 'earlier_in_question'"
is "$(bank_says book.csv | grep -c "$(id_of 3 2)")" 0 "and the bank never heard of the second issue"
paid=$(break_of contradiction 3)
as=(--as paid_after_all)
is "$(by minh break propose "$paid" "${as[@]}" --reason 'đã nhận') $(by hoa break confirm "$paid" "${as[@]}")" "0 65 still_live" "two officers cannot say that he was paid while another payout of his may leave"
is "$(by minh cancel "$(id_of 3 2)" --reason 'đã nhận tiền') $(by hoa break confirm "$paid" "${as[@]}")" "0 0" "they can when it was cancelled"
is "$(states 3)" "1 settled, 2 cancelled" "and the first issue has paid him"
# The bank now pays what it had refused another, which makes two payments of one claim, and gives back once more what it had given back.
book debit 1 1
book credit 2 1 ',"returned_reason":"AC04"'
next_day
ok "they are settled" settled_through 2024-08-03 30
late=$(break_of contradiction 1)
again=$(break_of return_unknown 2)
ok "the late debit and the second return are differences ($late, $again), each of its own issue" test -n "$late" -a -n "$again"
is "$(states 1) / $(states 2)" "1 rejected, 2 settled / 1 returned, 2 settled" "the second issues stay paid"
# And now it takes back what it had paid late.
book credit 1 1 ',"returned_reason":"AC04"'
next_day
ok "on the day after comes the late return of the first issue" settled_through 2024-08-04 30
back=$(break_of return_unknown 1)
is "$(states 1) $(break_of return_unknown 1 2)" "1 rejected, 2 settled " "it is not the second issue's"
for pair in "$back 1" "$again 2"; do
	read -r credit person <<<"$pair"
	as=(--as return --payout "$(id_of "$person" 2)")
	is "$(by minh break propose "$credit" "${as[@]}" --reason 'hoàn') $(by hoa break confirm "$credit" "${as[@]}")" "0 65 not_its_return" \
		"nor do two officers make it so ($person)"
done
is "$(states 1) / $(states 2)" "1 rejected, 2 settled / 1 returned, 2 settled" "so neither claim is owed again"
is "$(by minh break propose "$late" --as taken_back --with "$back" --reason 'đã trả lại') $(by hoa break confirm "$late" --as taken_back --with "$back")" "0 0" "two officers pair what it paid late with what it took back"
is "$(by minh break propose "$again" --as refundable --reason 'hoàn hai lần') $(by hoa break confirm "$again" --as refundable)" "0 0" "and what came back twice is not ours"
is "$(states 1) / $(states 2)" "1 rejected, 2 settled / 1 returned, 2 settled" "the second issues stay paid"
like "$(payroll 0 first=2001 fund=no; cat "$scratch/fixture.log")" "lines 0 " "nobody is owed anything"
is "$(reconcile 2024-08-03) $(reconcile 2024-08-04)" "2 0" "of the first day what was in suspense that evening is an open difference, of the second nothing is"
is "$(sql "select sum(balance) from books.balance")" 0 "the books balance"
is "$(by hoa ledger check)" 0 "and are whole"
done_testing

#!/usr/bin/env bash
# The bank refuses and pays all the same, says two things, or gives money back without saying whose: two officers say what it is, the
# books have it right, and nobody is paid twice.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh
by_config=$scratch/all.conf
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh

payroll 12 valid_hours=30
bank_day --page-lines 100
id_of()
{
	sql "select p.end_to_end_id from payout.payout p join payout.claim c on c.id = p.claim where c.person = $1 and p.issue = 1"
}
amount_of()
{
	sql "select p.amount_dong from payout.payout p join payout.claim c on c.id = p.claim where c.person = $1 and p.issue = 1"
}
state_of()
{
	sql "select t.name from payout.payout p join payout.payout_state s on s.payout = p.id join payout.state t on t.code = s.state where p.end_to_end_id = '$1'"
}
balance()
{
	sql "select coalesce(sum(b.balance), 0) from books.balance b join books.ledger_account a on a.id = b.account where a.code = '$1'"
}
break_of()
{
	sql "select max(k.id) from recon.break k join payout.payout p on p.id = k.payout where p.end_to_end_id = '$1'"
}
for person in 1 2 3 4; do
	bank_says will "{\"fault\":\"reject\",\"reason\":\"AC04\",\"match\":{\"end_to_end_id\":\"$(id_of $person)\"}}" >/dev/null
done
for name in gate scribe teller; do
	duty $name
done
ok "four are refused, the others credited" until_true 40 "select count(*) filter (where state = 8) = 4 and count(*) filter (where state = 6) = 8 from payout.payout_state"

# ---- two words of the bank, while it may still pay -----------------------------------------------------------------------------------

said=$(id_of 1)
say "$said" "$(amount_of 1)" 200000000001 ACCC
ok "the bank says that it credited what it refused: a contradiction" until_true 20 "select count(*) = 1 from recon.break where kind = 'contradiction'"
both=$(break_of "$said")
claim=$(sql "select claim from payout.payout where end_to_end_id = '$said'")
is "$(by minh break propose "$both" --as without_entry --reason 'ngân hàng đính chính')" "65 too_early" "nobody resolves it while the bank may still pay"
like "$(cat "$scratch/said")" "Chờ sao kê đủ" "which is said in Vietnamese"
like "$(cat "$scratch/said")" "too_early: .*2024-04-04" "with the day"
is "$(by minh break show "$both")" 0 "it is shown"
like "$(cat "$scratch/said")" "chờ:.*sao kê đủ đến hết ngày 04/04/2024" "with the day for which it waits"
next_day
ok "the first day is settled" settled_through 2024-04-03 40
is "$(by minh break propose "$both" --as without_entry --reason 'ngân hàng đính chính')" "65 too_early" "one statement is not the one of its last valid day"

# ---- late debits, and a credit without a name -------------------------------------------------------------------------------------------

# Person 4 was paid again, which the bank refused too.
psql -XAtqc "set session_replication_role = replica" -c "with p as (
	insert into payout.payout (claim, issue, batch, line, payee_account, account_hash, amount_dong, line_hash, end_to_end_id)
	select claim, 2, batch, 98, payee_account, account_hash, amount_dong, line_hash, repeat('4', 19) from payout.payout where end_to_end_id = '$(id_of 4)' returning id)
	insert into payout.payout_state (payout, state) select id, 8 from p"
bank_says book "{\"account\":\"110000000001\",\"direction\":\"debit\",\"amount\":$(amount_of 4),\"text\":\"CHI HO\",\"end_to_end_id\":\"4444444444444444444\",\"counterparty\":\"200000000004\"}" >/dev/null
for person in 2 3 4; do
	bank_says book "{\"account\":\"110000000001\",\"direction\":\"debit\",\"amount\":$(amount_of $person),\"text\":\"CHI HO\",\"end_to_end_id\":\"$(id_of $person)\",\"counterparty\":\"20000000000$person\"}" >/dev/null
done
bank_says book "{\"account\":\"110000000001\",\"direction\":\"credit\",\"amount\":$(amount_of 5),\"text\":\"TRA LAI TIEN\"}" >/dev/null
next_day
ok "the second day is settled" settled_through 2024-04-04 40
late=$(break_of "$(id_of 2)")
twice=$(break_of "$(id_of 3)")
came=$(sql "select id from recon.break where kind = 'unmatched_credit'")
ok "the statement was judged" until_true 20 "select recon.waits_for($both) is null"
is "$(reconcile 2024-04-04)" 2 "what nothing explains is an open break"
payable=$(balance liabilities:payable:so-ldtbxh:merit)
unclaimed=$(balance liabilities:unclaimed:so-ldtbxh:merit)

is "$(by minh break propose "$both" --as without_entry --reason 'ngân hàng đính chính')" 0 "now the bank can pay it no more"
is "$(by hoa break confirm "$both" --as without_entry)" 0 "two officers resolve it"
is "$(sql "select payout.in_question($claim, 2::smallint)")" f "and its claim may be paid again"

is "$(by minh break propose "$late" --as fee --reason 'phí')" "65 paid_after_all" "a late debit is no fee"
is "$(by minh break propose "$late" --as recovery --reason 'đã trả')" 0 "nor to be recovered,"
is "$(by hoa break confirm "$late" --as recovery)" "65 break_outcome" "while its claim is owed"
is "$(by minh break propose "$late" --as paid_after_all --reason 'đã nhận tiền')" 0 "one officer says that it was paid after all"
# The same officer in two sessions, at once: the line's lock is held until both wait.
line=$(sql "select line from recon.break where id = $late")
psql -XAtqc "begin; select 1 from bank.statement_line where id = $line for update; select pg_sleep(3); commit" >/dev/null &
until_true 5 "select count(*) = 1 from pg_stat_activity where query ~ 'pg_sleep' and pid <> pg_backend_pid()"
confirming=()
for n in 1 2; do
	mkdir "$scratch/session.$n"
	(
		said=$(scratch=$scratch/session.$n by hoa break confirm "$late" --as paid_after_all)
		echo "$said" >"$scratch/end.$n"
	) &
	confirming+=($!)
done
ok "two confirmations of one line wait for each other" until_true 3 \
	"select count(*) = 2 from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'break_resolution'"
wait "${confirming[@]}"
is "$(sort "$scratch"/end.? | paste -sd' ')" "0 65 break_resolved" "and one of them decides what it is"
is "$(sql "select count(*) from books.txn where idem = 'k$late.resolved'")" 1 "which is booked once"
is "$(state_of "$(id_of 2)")" settled "its payout is settled: nobody pays it again"
is "$(balance liabilities:payable:so-ldtbxh:merit)" "$((payable + $(amount_of 2)))" "and what was owed is paid"

# The other one was paid again before the debit came.
psql -XAtqc "set session_replication_role = replica" -c "with p as (
	insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id)
	select claim, 2, batch, 99, account_hash, amount_dong, line_hash, repeat('2', 19) from payout.payout where end_to_end_id = '$(id_of 3)' returning id)
	insert into payout.payout_state (payout, state) select id, 7 from p"
is "$(by minh break propose "$twice" --as paid_after_all --reason 'đã nhận tiền')" 0 "a debit of what was paid again since"
is "$(by hoa break confirm "$twice" --as paid_after_all)" "65 paid_twice" "paid it twice"
like "$(cat "$scratch/said")" "thu hồi" "and the officer is told what to do"
is "$(by minh break propose "$twice" --as recovery --reason 'chi hai lần')" 0 "so the money is to be recovered"
is "$(by hoa break confirm "$twice" --as recovery)" 0 "as two officers say"
is "$(balance assets:clawback:so-ldtbxh:merit)" "$(amount_of 3)" "the books have it as a claim"
is "$(by minh recovery list)" 0 "the list of what is to be recovered"
like "$(cat "$scratch/said")" "chênh lệch $twice: 1.00[0-9].000 đ, còn 1.00[0-9].000 đ, demo-funding, .*$(id_of 3) \(minh, hoa\)" "has it too, with who decided it"
is "$(by minh --json recovery list)" 0 "in JSON"
like "$(cat "$scratch/said")" "\"bank_debits\":\[\{\"break\":$twice,.*\"dong\":$(amount_of 3)," "as well"

# Two debits of one claim arrive late, its first payout's and its second one's; two pairs of officers look at them at once, each in a session
# of its own. The claim is owed once: one debit paid it, the other is to be recovered.
first=$(id_of 4)
claim=$(sql "select claim from payout.payout where end_to_end_id = '$first'")
debits=()
for end_to_end_id in "$first" 4444444444444444444; do
	debits+=("$(sql "select max(k.id) from recon.break k join payout.payout p on p.id = k.payout where p.end_to_end_id = '$end_to_end_id'")")
done
for n in 0 1; do
	is "$(by minh break propose "${debits[$n]}" --as paid_after_all --reason 'đã nhận tiền')" 0 "one officer says of late debit $n that it paid the claim"
done
psql -XAtqc "begin; select 1 from payout.claim where id = $claim for update; select pg_sleep(3); commit" >/dev/null &
until_true 5 "select count(*) = 1 from pg_stat_activity where query ~ 'pg_sleep' and pid <> pg_backend_pid()"
confirming=()
for n in 0 1; do
	mkdir "$scratch/session.debit$n"
	(
		said=$(scratch=$scratch/session.debit$n by hoa break confirm "${debits[$n]}" --as paid_after_all)
		echo "$said" >"$scratch/paid.$n"
	) &
	confirming+=($!)
done
ok "two debits of one claim wait for each other" until_true 3 \
	"select count(*) = 2 from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'break_resolution'"
wait "${confirming[@]}"
is "$(sort "$scratch"/paid.? | paste -sd' ')" "0 65 paid_twice" "and one of them paid it, however many were debited"
is "$(sql "select count(*) from payout.payout p join payout.payout_state s on s.payout = p.id where p.claim = $claim and s.state = 7")" 1 "the claim is paid once"
other=$(grep -l paid_twice "$scratch"/paid.?)
other=${debits[${other##*.}]}
is "$(by minh break propose "$other" --as recovery --reason 'chi hai lần') $(by hoa break confirm "$other" --as recovery)" "0 0" "the other is to be recovered"

back=$(id_of 5)
is "$(by minh break propose "$came" --as return --reason 'hoàn')" "65 break_outcome" "a return is a payout's"
is "$(by minh break propose "$came" --as return --payout "$(id_of 6)" --reason 'hoàn')" 0 "one officer names one"
is "$(by hoa break confirm "$came" --as return --payout "$back")" "65 proposal_differs" "the other another"
is "$(by hoa break confirm "$came" --as return --payout "$(id_of 6)")" "65 not_its_return" "which has another amount"
is "$(by minh break propose "$came" --as return --payout "$back" --reason 'hoàn')" 0 "one officer says whose money came back"
is "$(by hoa break confirm "$came" --as return --payout "$back")" 0 "and the other the same"
is "$(state_of "$back")" returned "the payout is returned"
is "$(balance liabilities:unclaimed:so-ldtbxh:merit)" "$((unclaimed - $(amount_of 5)))" "and what was paid is owed again"
is "$(reconcile 2024-04-04)" 0 "the day reconciles: nothing is unexplained"
like "$(cat "$scratch/words")" "KHỚP" "and says so"
is "$(sql "select sum(balance) from books.balance")" 0 "the books balance"
is "$(by hoa ledger check)" 0 "and are whole"

# ---- a statement that never adds up ------------------------------------------------------------------------------------------------------

say "$(id_of 1)" "$(amount_of 1)" 200000000001 ACCC
ok "the bank contradicts itself again" until_true 20 "select count(*) = 1 from recon.break k where k.kind = 'contradiction' and not exists (
	select from recon.break_resolution r where r.break = k.id)"
again=$(break_of "$(id_of 1)")
chained()
{
	psql -XAtqc "set session_replication_role = replica" -c "update bank.statement set chained = $1 where day = '2024-04-03'"
}
chained false
letter='CV 12/NH, 20/04/2024'
is "$(by minh break propose "$again" --as without_entry --letter "$letter" --reason 'ngân hàng đính chính')" "65 too_early" "a letter comes too early while the bank may yet tell"
for day in 05 06 07 08 09; do
	next_day
	settled_through "2024-04-$day" 40
done
ok "five statements later" until_true 20 "select recon.letter_may($again)"
is "$(by minh break list)" 0 "the list"
like "$(cat "$scratch/said")" "$again Ngân hàng nói trái ngược.*--letter" "says that a letter is needed"
is "$(by minh break propose "$again" --as without_entry --reason 'ngân hàng đính chính')" "65 too_early" "nothing but a letter"
is "$(by minh break propose "$again" --as without_entry --letter "$letter" --reason 'ngân hàng đính chính')" 0 "stands for the statement"
is "$(by hoa break confirm "$again" --as without_entry --letter 'CV 13/NH')" "65 proposal_differs" "when both officers name the same"
is "$(by hoa break confirm "$again" --as without_entry --letter "$letter")" 0 "as they do"
chained true

# ---- who may ----------------------------------------------------------------------------------------------------------------------------

is "$(by lan break show "$came")" 0 "an officer of the agency sees its breaks"
psql -XAtqc "set session_replication_role = replica" -c "update auth.mandate set agency = 'so-khac' where officer = (select id from auth.officer where login = 'lan')"
is "$(by lan break show "$came")" "65 break_unknown" "one of another agency does not"
is "$(by lan --json break list --all)" 0 "nor in the list"
is "$(cat "$scratch/said")" '{"breaks":[]}' "which is empty for him"
say "$(id_of 1)" "$(amount_of 1)" 200000000001 ACCC
ok "one more contradiction" until_true 20 "select count(*) = 1 from recon.break k where k.kind = 'contradiction' and not exists (
	select from recon.break_resolution r where r.break = k.id)"
new=$(break_of "$(id_of 1)")
is "$(by minh break propose "$new" --as without_entry --reason 'đã hỏi')" 0 "is proposed"
sql "insert into auth.revocation (certificate, text, signatures) select id, 'x', 'x' from auth.certificate where officer = (select id from auth.officer where login = 'minh')"
is "$(by hoa break confirm "$new" --as without_entry)" "65 first_mandate" "but not resolved: whoever proposed it lost the mandate"
like "$(cat "$scratch/said")" "Nhờ cán bộ khác đề nghị lại" "and the officer is told what to do"
done_testing

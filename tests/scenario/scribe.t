#!/usr/bin/env bash
# Callbacks hasten, statements settle: the bank, the gate, the teller and the scribe together, and what the scribe does when it dies.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh

# ---- a day ---------------------------------------------------------------------------------------------------------------------

payroll 300 special_every=100 special_suffix=4 valid_hours=30
bank_day --page-lines 60
# Ids that were given out and never came: nobody waits for them for ever.
sql "select nextval('bank.message_id_seq') from generate_series(1, 3)" >/dev/null
for name in gate scribe teller; do
	duty $name
done
scribe_pid=${pids[1]}
ok "everybody is credited, by callbacks" until_true 40 "select count(*) = 300 from payout.payout_state where state = 6"
ok "a gap in the messages is passed when nobody can fill it" until_true 10 \
	"select upto >= (select max(id) from bank.message) from ops.progress where name = 'digest'"
ok "a callback moved some" test "$(sql "select count(*) from payout.payout_move where cause = 3")" -gt 0
is "$(sql "select count(*) from books.txn where kind = 'payout.settled'")" 0 "but settles nobody"

# ---- words that do not count -----------------------------------------------------------------------------------------------

id=$(sql "select end_to_end_id from payout.payout order by id limit 1")
amount=$(sql "select amount_dong from payout.payout order by id limit 1")
seen=$(sql "select max(id) from bank.message")
say "$id" $((amount + 1)) 200000000001 ACCC
say ZZZZZZZZZZZZZZZZZZZ 5 200000000001 ACCC
say "$id" "$amount" 200000000002 RJCT ',"reason":"AC04"'
ok "three more callbacks are stored" until_true 20 "select count(*) = 3 from bank.message where id > $seen and direction = 'callback'"
ok "and digested" until_true 10 "select upto >= (select max(id) from bank.message) from ops.progress where name = 'digest'"
is "$(sql "select count(*) from payout.payout_state where state <> 6")" 0 "another amount or account moves nothing"
is "$(sql "select string_agg(distinct kind, ' ') from recon.break")" contradiction "it is a contradiction, for a person"

# ---- the statement, in five pages, while the scribe is killed -----------------------------------------------------------------

bank_says callbacks '{"mode":"off"}' >/dev/null
kill -9 "$scribe_pid"
wait "$scribe_pid" 2>/dev/null
next_day
ok "the pages are fetched" until_true 30 "select count(*) = 6 from bank.message where kind = 'statement'"
for _ in 1 2 3 4 5 6; do
	duty scribe
	sleep "0.$((RANDOM % 4 + 1))"
	kill -9 "$last_pid"
	wait "$last_pid" 2>/dev/null
done
duty scribe
ok "the statement is settled, however often the scribe died" settled_through 2024-04-03 40
is "$(sql "select count(*) from bank.statement_line where detail = 0")" 301 "each line is there once"
is "$(sql "select count(*) from payout.payout_state where state = 7")" 300 "each payout is settled"
is "$(sql "select count(*) from payout.payout_move where to_state = 7")" 300 "once"
is "$(sql "select count(*) from books.txn where kind = 'payout.settled'")" 300 "with one receipt in the books"
is "$(sql "select -b.balance from books.balance b join books.ledger_account a on a.id = b.account
	where a.code = 'liabilities:in-flight:demo-funding'")" 0 "nothing is in flight"
is "$(sql "select string_agg(kind || ' ' || n, ', ' order by kind) from
	(select kind, count(*) as n from recon.explained group by kind) x")" "funding 1, payout 300" "every line is explained by one thing"
bank_says entries.csv | awk -F, '$3 == "2024-04-03" { print $2 "," $3 "," $1 "," $4 "," $5 "," $6 }' | sort >"$scratch/theirs"
"$CHITRA_BIN/chitra" --config "$scratch/all.conf" --session "$scratch/session" report statements --csv | tail -n +2 | sort >"$scratch/ours"
ok "our lines are the bank's own, one by one" cmp "$scratch/theirs" "$scratch/ours"
is "$(reconcile 2024-04-03)" 0 "the day reconciles: nothing is unexplained"
like "$(cat "$scratch/words")" "KHỚP" "and says so"
is "$(reconcile 2024-04-04)" 1 "a day without its statement does not"
ok "the batch is closed when all have ended" until_true 20 "select bool_and(state = 'closed') from payout.batch"

# ---- what comes back, and what nobody ordered -----------------------------------------------------------------------------------

bank_says will '{"fault":"rogue_debit","account":"110000000001","amount":55555}' >/dev/null
bank_says book '{"account":"110000000001","direction":"credit","amount":777,"text":"LAI TIEN GUI"}' >/dev/null
next_day
ok "the next statement is settled" settled_through 2024-04-04 40
is "$(sql "select count(*) from payout.payout_state where state = 10")" 3 "what the bank returns is returned"
is "$(sql "select string_agg(kind || ' ' || amount_dong, ', ' order by kind) from recon.break where line is not null")" \
	"rogue_debit 55555, unmatched_credit 777" "what nobody ordered has a name"
is "$(reconcile 2024-04-04)" 2 "every unexplained đồng is an open break"
like "$(cat "$scratch/words")" "56.332" "and their sum is on the page"
is "$(sql "select result || ' ' || unexplained_dong from recon.reconciliation order by id desc limit 1")" "breaks 56332" \
	"and in the reconciliation's row"
is "$(sql "select sum(balance) from books.balance")" 0 "the books balance"

# ---- two officers say what it is ---------------------------------------------------------------------------------------------------

by_config=$scratch/all.conf
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh
break_of()
{
	sql "select id from recon.break where kind = '$1' order by id desc limit 1"
}
rogue=$(break_of rogue_debit)
interest=$(break_of unmatched_credit)
is "$(by minh break list)" 0 "an officer sees what is open"
like "$(cat "$scratch/said")" "$rogue.*Tiền ra không do ta lệnh.*55.555 đ.*Chưa có đề nghị" "with what waits in suspense"
is "$(by minh --json break show "$rogue")" 0 "and each of them"
like "$(cat "$scratch/said")" '"suspense_dong":55555,"direction":"debit"' "to programs too"
is "$(by minh break propose "$rogue" --as funding --reason 'kho bạc')" "65 break_outcome" "a debit is no money of the treasury's"
is "$(by minh break propose "$rogue" --as without_entry --reason 'đã xem')" "65 break_outcome" "money in suspense does not vanish"
is "$(by minh break propose "$rogue" --as taken_back --reason 'đã trả')" "65 break_pair" "what the bank took back came back somewhere"
is "$(by minh break propose "$rogue" --as taken_back --with "$interest" --reason 'đã trả')" "65 break_pair" "and is the same amount"
is "$(by lan break propose "$rogue" --as fee --reason 'phí')" "77 no_mandate" "a maker decides nothing of that"
is "$(by hoa break confirm "$interest" --as refundable)" "65 not_proposed" "nobody confirms what nobody proposed"
is "$(by minh break propose "$interest" --as refundable --reason 'lãi tiền gửi')" 0 "one officer says that a credit is interest, owed to the treasury"
is "$(by minh break confirm "$interest" --as refundable)" "77 same_officer" "the same officer does not confirm it"
is "$(sql "select count(*) from recon.break_resolution")" 0 "and nothing is resolved by one"
is "$(by hoa break confirm "$interest" --as funding)" "65 proposal_differs" "nor does another one who says something else"
is "$(by hoa break confirm "$interest" --as refundable)" 0 "the second one who says the same does"
is "$(by hoa break confirm "$interest" --as refundable)" "65 break_resolved" "once"
is "$(sql "select -b.balance from books.balance b join books.ledger_account a on a.id = b.account where a.code = 'liabilities:refundable:demo-funding'")" \
	777 "it is where it belongs"
is "$(reconcile 2024-04-04)" 2 "the other difference is still open"
like "$(cat "$scratch/words")" "55.555" "alone"
bank_says book '{"account":"110000000001","direction":"credit","amount":55555,"text":"HOAN TIEN GHI NHAM"}' >/dev/null
next_day
ok "the bank gives the money back" settled_through 2024-04-05 40
back=$(break_of unmatched_credit)
is "$(reconcile 2024-04-05)" 2 "which is a difference of its own"
is "$(by minh break propose "$rogue" --as taken_back --with "$back" --reason 'ngân hàng trả lại')" 0 "one officer says that it is the same money"
is "$(by minh break confirm "$back" --as sent_back --with "$rogue")" "77 same_officer" "the same officer twice is one officer"
is "$(by hoa break confirm "$rogue" --as taken_back --with "$interest")" "65 break_resolved" "with another credit it is something else"
# moves SIGN: the bank's account on the books, as if the bank had overdrawn it
moves()
{
	sql "set session_replication_role = replica; update books.balance set balance = balance $1 1000000000000
		where account = (select id from books.ledger_account where code = 'assets:bank:demo-funding')"
}
moves -
is "$(by hoa break confirm "$back" --as sent_back --with "$rogue")" "65 floor" "not while the bank has overdrawn the account"
like "$(cat "$scratch/said")" "Chờ tiền về tài khoản rồi làm lại" "and the officer is told what to wait for"
moves +
is "$(by hoa break confirm "$back" --as sent_back --with "$rogue")" 0 "another one says so from the other end"
is "$(sql "select count(*) from recon.break_resolution where pair is not null")" 2 "both are resolved"
is "$(reconcile 2024-04-05)" 0 "the day reconciles: nothing is unexplained"
is "$(reconcile 2024-04-04)" 2 "and the day before is told as it stood that evening"
is "$(by minh break propose "$(break_of contradiction)" --as without_entry --reason 'ngân hàng đính chính')" 0 "a contradiction holds no money"
is "$(by hoa break confirm "$(break_of contradiction)" --as without_entry)" 0 "and is resolved by two"
is "$(sql "select count(*) from recon.break k where not exists (select from recon.break_resolution r where r.break = k.id)")" \
	"$(sql "select count(*) - 1 from recon.break where kind = 'contradiction'")" "nothing else is open"
is "$(by hoa ledger check)" 0 "the books are whole"

# ---- a claim that nobody is owed any more --------------------------------------------------------------------------------------------

claim=$(sql "select p.claim from payout.payout p join payout.payout_state s on s.payout = p.id where s.state = 10 order by 1 limit 1")
owed=$(sql "select amount_dong from payout.claim where id = $claim")
area=$(sql "select area_code from payout.claim where id = $claim")
unclaimed()
{
	sql "select string_agg(-b.balance || '', ' ' order by a.code) from books.balance b join books.ledger_account a on a.id = b.account
		where a.code ~ '^(liabilities:(advance:demo-funding|unclaimed:))'"
}
before=$(unclaimed)
is "$(by lan claim list --period 2024-04 --area "$area")" 0 "an officer sees what the people of a ward are owed"
like "$(cat "$scratch/said")" "$claim .*099•••••.*tiền bị hoàn lại" "with a masked ID and what became of it"
unlike "$(cat "$scratch/said")" '0990[0-9]{8}' "and no ID in full"
is "$(by lan claim void "$(sql "select p.claim from payout.payout p join payout.payout_state s on s.payout = p.id where s.state = 7 limit 1")" --reason died)" \
	"65 still_live" "what was paid is not voided"
is "$(by lan claim void "$claim" --reason bored)" "65 void_reason" "nor for just any reason"
is "$(by lan claim void "$claim" --reason died)" 0 "one officer says that the person died"
is "$(by lan claim void "$claim" --reason died)" "77 same_officer" "and cannot void it alone"
is "$(sql "select count(*) from payout.claim_void")" 0 "so it is owed still"
is "$(by minh claim void "$claim" --reason died)" 0 "a second one for the same reason voids it"
is "$(by minh claim void "$claim" --reason died)" "65 claim_voided" "once"
read -r advance waiting <<<"$before"
is "$(unclaimed)" "$((advance + owed)) $((waiting - owed))" "what came back of it is the treasury's again"
is "$(sql "select sum(balance) from books.balance")" 0 "the books balance after that"
is "$(by hoa ledger check)" 0 "and are whole"

psql -XAtqc "set session_replication_role = replica" -c "update payout.payout_state set state = 5 where payout = (select min(payout) from payout.payout_state where state = 7)"
is "$(reconcile 2024-04-05)" 1 "a payout that somebody set back round the guards is noticed"
like "$(cat "$scratch/words")" "LỆCH: tiền đang chuyển" "because the books have no such money on its way"

# ---- pages that do not follow each other closely ----------------------------------------------------------------------------------

for _ in {1..61}; do
	bank_says book '{"account":"110000000001","direction":"credit","amount":1,"text":"LAI TIEN GUI"}' >/dev/null
done
bank_says will '{"fault":"delay","match":{"call":"statements"},"after_n":1,"ms":900}' >/dev/null
next_day
ok "a statement whose second page comes late is settled" settled_through 2024-04-06 40
is "$(sql "select count(*), count(distinct l.line) from bank.statement_line l join bank.statement s on s.id = l.statement where s.day = '2024-04-06'")" \
	"61|61" "with each line once"
is "$(grep -c -e message_passed -e poll_failed "$scratch/scribe.log")" 0 "and nothing was refused on the way"

kill -TERM "$last_pid"
wait "$last_pid"
is "$?" 0 "told to stop, the scribe ends with 0"
unlike "$(cat "$scratch/scribe.log" "$scratch/gate.log")" '2000000[0-9]{5}|0990[0-9]{8}' "the logs hold no account and no ID number"
done_testing

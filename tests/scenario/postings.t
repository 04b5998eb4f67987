#!/usr/bin/env bash
# What two officers decide about money beside payouts is in the books, stays within what is there, comes back after a restore, and is what
# an auditor's verifier and other people's bookkeeping expect.
# shellcheck disable=SC2046,SC2119,SC2154
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
balance()
{
	sql "select coalesce(sum(b.balance), 0) from books.balance b join books.ledger_account a on a.id = b.account where a.code = '$1'"
}
# break_of KIND AMOUNT
break_of()
{
	sql "select max(id) from recon.break where kind = '$1' and amount_dong = $2"
}
# both WORD...: both officers say it
both()
{
	echo "$(by minh "$@") $(by hoa "$@")"
}
# resolved BREAK OUTCOME [option ...]
resolved()
{
	local brk=$1 as=$2
	shift 2
	echo "$(by minh break propose "$brk" --as "$as" "$@" --reason 'đã xem') $(by hoa break confirm "$brk" --as "$as" "$@")"
}
# bank_day DAY: the bank ends its day, which is settled; it is that day then
bank_day()
{
	local before
	before=$(sql "select ops.today()")
	bank_says next-day >/dev/null
	next_day "$1"
	until_true 30 "select count(*) = 1 and not exists (select from bank.line_waiting) and
		(select upto from ops.progress where name = 'absence') >= max(id) from bank.statement where day = '$before'"
}
# come_back PERSON: what was paid comes back
come_back()
{
	bank_says book "{\"account\":\"110000000001\",\"direction\":\"credit\",\"amount\":$(amount_of "$1"),\"text\":\"HOAN TRA\",\"end_to_end_id\":\"$(id_of "$1")\",\"returned_reason\":\"AC04\"}" >/dev/null
}

fresh_database
genesis
clock_start
payroll 12 items=20 valid_hours=30
desk_conf
bank_start --reply-status ACCC
book credit "$(sql "select sum(sum_dong) from payout.batch")" 'KHO BAC'	# what the fixture has booked
sql "insert into bank.message (bank, direction, kind, external_id, sha256, body, authentic) values ('demo', 'request', 'intraday', 'fixture', sha256('x'), 'x', true)"
psql -XAtqc "set session_replication_role = replica" -c "insert into org.funding_order (funding_account, kind, reference, amount_dong, made_by)
	select id, 'treasury', 'QD-FIXTURE', (select sum(sum_dong) from payout.batch), 1 from org.funding_account" -c "insert into bank.intraday_credit
	(funding_account, entry_ref, amount_dong, value_date, funding_order, message, item)
	select funding_account, '$(bank_says entries.csv | sed -n 2p | cut -d, -f1)', amount_dong, '2024-04-03', id, (select id from bank.message), 0 from org.funding_order"
bank_says will "{\"fault\":\"double_debit\",\"match\":{\"end_to_end_id\":\"$(id_of 2)\"}}" >/dev/null
book credit 3000000 'LAI TIEN GUI'
by minh fund expect --account demo-funding --amount 900000 --reference KB-CAP-BO-SUNG >"$scratch/out"
book credit 900000 'KB-CAP-BO-SUNG kho bac cap'
scribe_start
teller_start
ok "all are credited" until_true 30 "select count(*) filter (where state = 6) = 12 from payout.payout_state"
ok "and settled" bank_day 2024-04-04
sealed
dump older

# ---- back to the treasury -----------------------------------------------------------------------------------------------------------

refund=(fund expect --account demo-funding --kind refund --reference NOP-TRA-01 --amount)
unspent=(fund expect --account demo-funding --kind unspent --reference NOP-TRA-02 --amount)
is "$(resolved "$(break_of unmatched_credit 3000000)" refundable)" "0 0" "two officers find that a credit is the treasury's interest"
is "$(by lan "${refund[@]}" 2000000)" "77 no_mandate" "who may not release pays nothing back"
is "$(by minh "${refund[@]}" 2000000)" 0 "one officer says what is paid back to the treasury"
like "$(cat "$scratch/said")" "chờ cán bộ thứ hai" "which waits for a second one"
is "$(by minh "${refund[@]}" 2000000)" 0 "who is another one:"
like "$(cat "$scratch/said")" "chờ cán bộ thứ hai" "the same twice is one"
is "$(by hoa "${refund[@]}" 1999999)" "65 order_differs" "and says the same"
book debit 2000000 'NOP-TRA-01 nop tra kho bac'
ok "a debit that one officer ordered" bank_day 2024-04-05
is "$(sql "select count(*) from recon.suspended where amount_dong = 2000000")" 1 "is in suspense"
book credit 2000000 'NGAN HANG TRA LAI'
ok "the bank gives it back" bank_day 2024-04-06
is "$(resolved "$(break_of unmatched_debit 2000000)" taken_back --with "$(break_of unmatched_credit 2000000)")" "0 0" "and that is one thing"
is "$(by hoa "${refund[@]}" 2000000)" 0 "the other officer says the same"
like "$(cat "$scratch/said")" "hai cán bộ đã nói" "so two did"
is "$(both fund expect --account demo-funding --kind refund --reference NOP-TRA-03 --amount 1000001)" "0 65 refund_too_much" \
	"more than the treasury is owed beside that is not paid back"
is "$(both "${unspent[@]}" 900001)" "0 65 refund_too_much" "nor more than was not spent"
# Both wait for whoever posts, so each is judged after the other.
for n in 05 06; do
	by minh fund expect --account demo-funding --kind unspent --reference NOP-TRA-$n --amount 900000 >/dev/null
done
PGAPPNAME=holder psql -XAtqc 'begin; select from books.counter for update; select pg_sleep(300)' >/dev/null 2>&1 &
ok "somebody posts" until_true 20 "select count(*) = 1 from pg_stat_activity where datname = current_database() and application_name = 'holder' and wait_event = 'PgSleep'"
both_pids=()
for n in 05 06; do
	"$CHITRA_BIN/chitra" --config "$by_config" --session "$scratch/token.hoa" fund expect --account demo-funding --kind unspent --reference NOP-TRA-$n \
		--amount 900000 >"$scratch/said.$n" 2>&1 &
	both_pids+=($!)
done
ok "two orders for the same money are confirmed at once, and wait" until_true 20 "select count(*) = 2 from pg_stat_activity
	where usename = 'chitra_desk' and datname = current_database() and wait_event_type = 'Lock'"
sql "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'holder'" >/dev/null
both_status=()
for n in "${both_pids[@]}"; do
	wait "$n"
	both_status+=($?)
done
is "$(printf '%s\n' "${both_status[@]}" | sort -n | paste -sd' ')" "0 65" "one of them is"
like "$(cat "$scratch/said.05" "$scratch/said.06")" refund_too_much "and the other is more than there is then"
is "$(by hoa fund withdraw --account demo-funding --reason 'thôi nộp' --reference "$(sql "select o.reference from org.refund_confirmed c
	join org.funding_order o on o.id = c.funding_order where o.kind = 'unspent'")")" 0 "that one is stopped again"
is "$(both fund expect --account demo-funding --kind unspent --reference NOP-TRA-04 --amount 900000)" "0 0" "what was not spent is, by two officers"
is "$(by hoa --json fund list)" 0 "the list"
like "$(cat "$scratch/said")" '"advance_dong":900000,"promised_dong":900000' "says that all of the advance is promised"
like "$(cat "$scratch/said")" '"reference":"NOP-TRA-02","amount_dong":900001,"booked":false,"waits_for_second":true' "has what waits for a second one"
book debit 2000000 'NOP-TRA-01 nop tra kho bac'
book debit 900000 'NOP-TRA-04 nop tra kinh phi'
book debit 900000 'NOP-TRA-04 nop tra kinh phi'
ok "the money goes" bank_day 2024-04-07
is "$(balance liabilities:refundable:demo-funding) $(balance liabilities:advance:demo-funding)" "-1000000 0" "and the books have what is left of each"
is "$(sql "select string_agg(kind, ' ' order by seq) from books.txn where effective = '2024-04-06' and kind in ('refund', 'suspense')")" "suspense refund refund" \
	"an order lets one debit go, and no second"
is "$(by hoa fund withdraw --account demo-funding --reference NOP-TRA-04 --reason 'nhầm')" "65 refund_gone" "what has gone is not stopped"
is "$(sql "select org.promised('liabilities:refundable:demo-funding') + org.promised('liabilities:advance:demo-funding')")" 0 "and is promised no more"

# ---- nobody came for it ---------------------------------------------------------------------------------------------------------------

claim_of()
{
	sql "select id from payout.claim where person = $1"
}
echo 'Quyết định 12/QĐ: hủy khoản không ai nhận' >"$scratch/decision"
echo 'Quyết định 13/QĐ' >"$scratch/other"
: >"$scratch/empty"
cancel=(claim cancel "$(claim_of 3)" --decision)
unclaimed=$(balance liabilities:unclaimed:so-ldtbxh:merit) benefit=$(balance expenses:benefit:so-ldtbxh:merit)
funding=$(balance income:funding:so-ldtbxh:merit)
is "$(by minh "${cancel[@]}" "$scratch/decision")" "65 still_live" "what was paid is not cancelled"
come_back 3
come_back 4
ok "two come back" bank_day 2024-04-08
is "$(by minh claim cancel "$(claim_of 3)" --decision "$scratch/empty")" "65 decision_empty" "nothing is cancelled without a written decision"
is "$(by minh "${cancel[@]}" "$scratch/decision")" 0 "one officer says by which"
is "$(by minh "${cancel[@]}" "$scratch/decision")" "77 same_officer" "he alone cancels nothing"
is "$(by hoa "${cancel[@]}" "$scratch/other")" 0 "another one who names another decision"
is "$(sql "select count(*) from payout.claim_void")" 0 "only proposes that"
is "$(by minh "${cancel[@]}" "$scratch/other")" 0 "two who name the same do"
is "$(sql "select l from books.txn t, regexp_split_to_table(convert_from(t.leaf, 'UTF8'), '\n') l where t.kind = 'unclaimed.cancelled' and l ~ '^decision'")" \
	"decision $(sha256sum <"$scratch/other" | cut -d' ' -f1)" "and the books have its hash"
is "$(balance liabilities:unclaimed:so-ldtbxh:merit) $(balance expenses:benefit:so-ldtbxh:merit) $(balance income:funding:so-ldtbxh:merit)" \
	"$((unclaimed - $(amount_of 4))) $((benefit - $(amount_of 3))) $((funding + $(amount_of 3)))" "what nobody came for is no cost any more"
is "$(balance liabilities:refundable:demo-funding)" "$((-1000000 - $(amount_of 3)))" "and its money is the treasury's"
is "$(by hoa "${cancel[@]}" "$scratch/other")" "65 claim_voided" "it is cancelled once"
is "$(by hoa claim void "$(claim_of 3)" --reason died)" "65 claim_voided" "nor voided beside"
never="select exists (select from payout.claim_void v where v.claim = $(claim_of 3))"
is "$(sql "$never")" t "and never paid again"

# ---- what the bank debited too much -----------------------------------------------------------------------------------------------------

double=$(sql "select id from recon.break where kind = 'double_debit'")
claimed=$(amount_of 2)
received=(recovery received "$double" --break)
is "$(resolved "$double" recovery)" "0 0" "two officers find that a second debit of a payout is to be recovered"
book credit 600000 'TRA LAI MOT PHAN GHI NO HAI LAN'
book credit 50000 'LAI TIEN GUI THANG'
book debit 6789 'TRICH NO'
ok "the bank gives a part of it back" bank_day 2024-04-09
credit=$(break_of unmatched_credit 600000)
is "$(by minh "${received[@]}" "$credit")" "65 not_refundable" "nothing is counted before two officers found whose it is not"
is "$(resolved "$credit" refundable) $(resolved "$(break_of unmatched_credit 50000)" refundable)" "0 0 0 0" "as they do"
refundable=$(balance liabilities:refundable:demo-funding)
is "$(by minh "${received[@]}" "$double")" "65 not_refundable" "a debit is no money that came back"
is "$(by minh "${received[@]}" "$credit" --amount 600001)" "65 repaid_too_much" "no more of a credit is counted than it has"
is "$(by lan "${received[@]}" "$credit")" "77 no_mandate" "nor by who may not"
is "$(by minh "${received[@]}" "$credit" --amount 400000) $(by minh "${received[@]}" "$credit" --amount 400000)" "0 77 same_officer" "one officer says how much of it is the claim's"
is "$(by hoa "${received[@]}" "$credit" --amount 400000)" 0 "and another the same"
is "$(both "${received[@]}" "$credit" --amount 200001)" "65 repaid_too_much 65 repaid_too_much" "what is counted is not counted again"
is "$(both "${received[@]}" "$credit")" "0 0" "the rest of it is the claim's too"
is "$(balance assets:clawback:so-ldtbxh:merit) $(balance liabilities:refundable:demo-funding)" "$((claimed - 600000)) $((refundable + 600000))" \
	"the claim is less by what came back, which is not the treasury's"
is "$(sql "select recon.line_key(line) = (select t.idem from books.txn t where t.kind = 'suspense' and convert_from(t.leaf, 'UTF8') ~ E'\nbreak $credit\n')
	from recon.break where id = $credit")" t "what is counted names its credit by the key that the books know"
is "$(by hoa recovery list)" 0 "the list"
like "$(cat "$scratch/said")" "chênh lệch $double: 1.002.000 đ, còn 402.000 đ" "has what is open"
giving_up=(recovery give-up "$double" --decision)
is "$(by minh "${giving_up[@]}" "$scratch/decision" --amount 402001)" "65 repaid_too_much" "no more is given up than is open"
is "$(by minh "${giving_up[@]}" "$scratch/decision") $(by hoa "${giving_up[@]}" "$scratch/other")" "0 0" "two officers who name two decisions give nothing up"
is "$(balance expenses:loss:so-ldtbxh:merit)" 0 "so nothing is lost"
is "$(by hoa "${giving_up[@]}" "$scratch/decision")" 0 "who name the same do"
is "$(balance assets:clawback:so-ldtbxh:merit) $(balance expenses:loss:so-ldtbxh:merit)" "0 $((claimed - 600000))" "what the bank keeps is a loss"
is "$(both "${giving_up[@]}" "$scratch/other")" "65 repaid_too_much 65 repaid_too_much" "and nothing is open any more"
is "$(by hoa --json recovery list)" 0 "which leaves the list"
is "$(cat "$scratch/said")" '{"cases":[],"bank_debits":[]}' "empty"

# ---- taken back -----------------------------------------------------------------------------------------------------------------------

# seq KEY: of the transaction with this key
seq()
{
	sql "select seq from books.txn where idem = '$1'"
}
# back KEY: taking it back
back()
{
	echo "ledger reverse $(seq "$1") --reason wrong_finding"
}
fee=$(break_of unmatched_debit 6789)
is "$(resolved "$fee" fee)" "0 0" "two officers find that a debit was a fee"
on=$(sql "select effective from books.txn where idem = 'k$fee.resolved'")
is "$(by minh break show "$fee")" 0 "the break"
like "$(cat "$scratch/said")" "chitra ledger reverse" "says how that is taken back"
like "$(cat "$scratch/said")" "bút toán: +$(seq "k$fee.resolved");" "and what"
is "$(by lan $(back "k$fee.resolved"))" "77 no_mandate" "who may not resolve it does not take that back"
is "$(by minh $(back "k$fee.resolved")) $(by minh $(back "k$fee.resolved"))" "0 77 same_officer" "nor one officer alone"
is "$(balance expenses:fees:demo-funding)" 6789 "so it is a fee still"
is "$(by hoa break show "$fee")" 0 "the break again"
like "$(cat "$scratch/said")" "minh đề nghị đảo; cán bộ khác: chitra $(back "k$fee.resolved")" "tells the second officer what the first one said"
is "$(by hoa $(back "k$fee.resolved"))" 0 "two do"
again=$(break_of unmatched_debit 6789)
like "$(cat "$scratch/said")" "lại treo.*chitra break show $again" "which says what is to be done now"
is "$(balance expenses:fees:demo-funding) $(balance assets:suspense-debit:demo-funding)" "0 $((900000 + 6789))" "it is suspense again"
is "$(by hoa break show "$fee")" 0 "the break that was resolved wrongly"
like "$(cat "$scratch/said")" "đã đảo" "says that it was taken back"
unlike "$(cat "$scratch/said")" "chitra ledger reverse" "and cannot be again"
is "$(sql "select effective from books.txn where reverses = $(seq "k$fee.resolved")")" "$on" "from the day for which it had been resolved"
is "$(sql "select count(*) from recon.suspended where amount_dong = 6789")" 1 "as the rows say"
is "$(by minh break list)" 0 "the list of breaks"
like "$(cat "$scratch/said")" "$again Tiền ra không rõ lý do: 6.789 đ" "has it under a new number"
is "$(both $(back "k$fee.resolved"))" "65 reversed_already 65 reversed_already" "nothing is taken back twice"
is "$(both $(back "r$(seq "k$fee.resolved").reversed"))" "65 not_reversible 65 not_reversible" "nor is the taking back"
is "$(resolved "$again" fee)" "0 0" "it is resolved again, as another break"
for key in "k$double.resolved" "$(sql "select idem from books.txn where kind = 'payout.settled' limit 1")" "c$(claim_of 3).cancelled" \
	"$(sql "select idem from books.txn where kind = 'suspense' limit 1")" "$(sql "select idem from books.txn where kind = 'refund' limit 1")" \
	"$(sql "select idem from books.txn where kind = 'batch.approved' limit 1")" "$(sql "select idem from books.txn where kind = 'dispatch.sent' limit 1")"; do
	is "$(by minh $(back "$key"))" "65 not_reversible" "$(sql "select kind from books.txn where idem = '$key'") is never taken back"
done
is "$(by minh $(back "k$credit.resolved"))" "65 counted_already" "nor that a credit is the treasury's while its money is counted as something else"
is "$(both $(back "w$double.2"))" "0 0" "what was counted wrongly is taken back"
is "$(balance assets:clawback:so-ldtbxh:merit) $(sql "select recon.clawback_open($double) || ' ' || recon.credit_left($credit)")" "200000 200000 200000" \
	"and is open again, in the books and in the rows"
is "$(both "${received[@]}" "$credit" --amount 150000)" "0 0" "so that the right amount is counted"
sql "insert into auth.mandate select m.officer, m.certificate, 'auditor', '*', '*', 0 from auth.mandate m join auth.officer o on o.id = m.officer
	where o.login = 'hoa' limit 1"
# asked WORD...: the keys of the differences, claims on a bank and reversals that `ledger query transactions` has
asked()
{
	by hoa --json ledger query transactions "$@" >"$scratch/out"
	/usr/bin/python3 -c 'import json, sys; print(*[r["key"] for r in json.load(open(sys.argv[1]))["rows"] if r["key"][0] in "kwr"])' "$scratch/said"
}
named=$(sql "with named as (select seq, idem from books.txn where convert_from(leaf, 'UTF8') ~ E'\nid $(id_of 2)\n' and idem ~ '^[kw]')
	select string_agg(idem, ' ' order by seq) from (select seq, idem from named union select t.seq, t.idem from named n join books.txn t on t.reverses = n.seq) x")
like "$named" "^k$double.opened k$double.resolved w$double.1 w$double.2 w$double.3 r[0-9]+.reversed w$double.4\$" "all of it is in the books"
is "$(asked --payout "$(id_of 2)")" "$named" "and an auditor who asks for the payout is shown all of it, also what was taken back"
like "$(asked --entry "$(sql "select l.entry_ref from recon.break k join bank.statement_line l on l.id = k.line where k.id = $fee")")" \
	"k$fee.opened k$fee.resolved r[0-9]+.reversed k$again.opened k$again.resolved" "as is who asks for the bank's entry"
by hoa --json ledger query breaks >"$scratch/out"
is "$(/usr/bin/python3 -c 'import json, sys; print(*[r["break"] for r in json.load(open(sys.argv[1]))["rows"] if r["taken_back_seq"]])' "$scratch/said")" "$fee" \
	"of the differences it says whose finding was taken back"

is "$(sql "select string_agg(distinct what, ' ' order by what) from audit.act where officer = 'hoa' and what ~ '^(refund|clawback|reversal)'")" \
	"clawback.confirmed clawback.proposed refund.confirmed refund.withdrawn reversal.confirmed" "an auditor sees what the second officer said of all that"

# ---- balances of then -------------------------------------------------------------------------------------------------------------------

# held ACCOUNT [option ...]: what the command says that it holds
held()
{
	local account=$1
	shift
	by hoa --json ledger accounts "$@" >"$scratch/out"
	/usr/bin/python3 -c 'import json, sys
print(next(a["balance_dong"] for a in json.load(open(sys.argv[1]))["accounts"] if a["account"] == sys.argv[2]))' "$scratch/said" "$account"
}
loss=expenses:loss:so-ldtbxh:merit
when=$(sql "select to_char(recorded at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from books.txn where idem = 'w$double.1'")
is "$(held assets:clawback:so-ldtbxh:merit) $(held assets:clawback:so-ldtbxh:merit --effective 2024-04-08) $(held assets:clawback:so-ldtbxh:merit --recorded "$when")" \
	"50000 $claimed $((claimed - 400000))" "an account's balance now, by what counts up to a day, and by what was recorded up to then"
is "$(held $loss --effective 2024-04-09) $(held $loss --effective 2024-04-08) $(held $loss --recorded "$when")" "$((claimed - 600000)) 0 0" "as for what was lost"
# all_held [option ...]: every account with what it holds, nothing left out
all_held()
{
	by hoa --json ledger accounts "$@" >"$scratch/out"
	/usr/bin/python3 -c 'import json, sys
print(" ".join("%s=%d" % (a["account"], a["balance_dong"]) for a in json.load(open(sys.argv[1]))["accounts"] if a["balance_dong"]))' "$scratch/said"
}
# added_up CONDITION: the same, out of nothing but postings
added_up()
{
	sql "select coalesce(string_agg(code || '=' || dong, ' ' order by code), '') from (select a.code, sum(p.amount) as dong
		from books.posting p join books.txn t on t.seq = p.seq join books.ledger_account a on a.id = p.account where $1 group by 1 having sum(p.amount) <> 0) x"
}
for day in 2024-04-02 $(sql "select distinct effective from books.txn order by 1"); do
	is "$(all_held --effective "$day")" "$(added_up "t.effective <= '$day'")" "what counts up to $day"
done
for at in $(sql "select to_char(recorded at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from books.txn where seq % 7 = 0 order by seq"); do
	[ "$(all_held --recorded "$at")" = "$(added_up "t.recorded <= '$at'")" ] || fail "what was recorded up to $at"
done
is "$(all_held)" "$(added_up true)" "and what is there now is what the postings add up to"
is "$(sql "select count(*) from (select p.account, p.seq, p.balance_after, sum(p.amount) over (partition by p.account order by p.seq, p.n) as s from books.posting p) x where balance_after <> s")" 0 "as the postings add up"
is "$(by hoa ledger accounts --national)" 0 "all accounts"
like "$(cat "$scratch/said")" "assets:bank:demo-funding .* 112 Tiền gửi ngân hàng, kho bạc \(kế toán chưa duyệt\)" "have their place in the national chart, as far as somebody knows it"
like "$(cat "$scratch/said")" "liabilities:payable:.*chưa xác định" "and it is said of which nobody does"

# ---- what others make of it -----------------------------------------------------------------------------------------------------------------

is "$(by hoa ledger check)" 0 "the books are whole"
sealed
printf '%s\n' '[scribe]' "log_key = $keys/log" 'log_origin = recover.test/ledger' >>"$scratch/desk.conf"
is "$(by hoa ledger key)" 0 "the log's key"
cp "$scratch/said" "$scratch/key"
is "$(by hoa ledger publish "$scratch/pub")" 0 "the books are published"
"$CHITRA_BIN/chitra-verify" --key "$scratch/key" "$scratch/pub" >"$scratch/said" 2>&1
found=$(sed -n 's/^finding [a-z_]*: leaf \([0-9]*\):.*/\1/p' "$scratch/said" | sort -nu | paste -sd,)
is "$(sql "select string_agg(idem, ' ' order by seq) from books.txn where seq = any ('{$found}')")" \
	"$(sql "select string_agg(idem, ' ' order by seq) from books.txn where kind = 'batch.released' or idem = 'sdemo-funding.2024-04-03'
		or seq = (select min(t.seq) from books.txn t where t.kind = 'funding')")" \
	"the verifier finds the fixture's funding and unsigned batch, and nothing in what was posted here" || sed 's/^/# /' "$scratch/said"
if command -v hledger >/dev/null; then
	is "$(by hoa ledger export --format hledger --period 2024-04 "$scratch/month")" 0 "the month is exported"
	ok "hledger accepts it, with what the bank's statements say" hledger -f "$scratch/month" check -s ordereddates
fi

# ---- restored -----------------------------------------------------------------------------------------------------------------------------

breaks()
{
	sql "select string_agg(concat_ws(' ', k.id, k.kind, k.nth, l.entry_ref, k.amount_dong, r.outcome), ', ' order by k.id) from recon.break k
		left join bank.statement_line l on l.id = k.line left join recon.break_resolution r on r.break = k.id"
}
stands()
{
	sql "$balances"
	breaks
	sql "select recon.clawback_open($double), recon.credit_left($credit), (select reason || first_officer || second_officer || decision from payout.claim_void),
		(select string_agg(a.kind || ' ' || a.amount_dong, ', ' order by a.kind, a.amount_dong) from recon.allocation a),
		(select string_agg(x.amount_dong::text, ', ' order by x.amount_dong) from recon.suspended x)"
}
stands >"$scratch/stood"
scribe_stop
teller_drain
ok "a dump from the first day is restored" restore older
out=$(recover)
is $? 0 "and recovered" || echo "$out"
is "$(sql "$never")" t "what was cancelled is not paid"
is "$(sql "select recon.clawback_open($double)")" 50000 "what is open is known before the statements are"
recover --resume >/dev/null
next_day 2024-04-09
scribe_start
teller_start
ok "the statements are fetched again" until_true 40 "select count(*) = 1 and not exists (select from bank.line_waiting) and
	(select upto from ops.progress where name = 'absence') >= max(id) from bank.statement where day = '2024-04-08'"
scribe_stop
teller_drain
recover >"$scratch/out"
stands >"$scratch/stands"
ok "all stands as it stood" diff "$scratch/stood" "$scratch/stands"
is "$(both $(back "k$fee.resolved"))" "65 reversed_already 65 reversed_already" "nothing is taken back twice"
is "$(both "${giving_up[@]}" "$scratch/other" --amount 50001)" "65 repaid_too_much 65 repaid_too_much" "nor counted twice"
is "$(both "${giving_up[@]}" "$scratch/other")" "0 0" "and what is open goes on"

is "$(by hoa ledger check)" 0 "the books are whole"
done_testing

#!/usr/bin/env bash
# The database is lost, and a dump from the middle of a payroll is all there is. The archive and the sent journal know the rest: nothing is
# sent until `chitra recover` has brought it back, and in the end everything is as it was, and nobody was paid twice.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck source=tests/scenario/lib/restored.sh
. tests/scenario/lib/restored.sh

states()
{
	sql "select p.end_to_end_id, t.name from payout.payout p join payout.payout_state s on s.payout = p.id
		join payout.state t on t.code = s.state order by 1"
}

# desk WORD...: the command of an officer who is logged in; its words are in $said
desk()
{
	printf '00%.0s' {1..32} >"$scratch/session"
	echo >>"$scratch/session"
	sql "insert into auth.session (token_hash, officer, expires_at) select sha256(decode(repeat('00', 32), 'hex')), id, now() + interval '1 day'
		from auth.officer where login = 'minh' on conflict do nothing"
	said=$("$CHITRA_BIN/chitra" --config "$scratch/chitra.conf" --session "$scratch/session" "$@" 2>&1)
}

# order REFERENCE AMOUNT: money that is expected
order()
{
	psql -XAtqc "set session_replication_role = replica" -c "insert into org.funding_order (funding_account, kind, reference, amount_dong, made_by)
		select id, 'treasury', '$1', $2, 1 from org.funding_account"
}

breaks()
{
	sql "select coalesce(string_agg(kind || ' ' || amount_dong, ', ' order by kind, amount_dong), 'none') from recon.break"
}

explained()
{
	sql "select string_agg(kind || ' ' || n || ' ' || dong, ', ' order by kind)
		from (select kind, count(*) as n, sum(amount_dong) as dong from recon.explained group by kind) x"
}

ready_says()
{
	local address end=$((SECONDS + 20 * ${CHITRA_PATIENCE:-1}))
	while [ $SECONDS -lt $end ]; do
		address=$(cat "$scratch/run/teller-0.admin" 2>/dev/null || cat "$scratch"/run/*admin* 2>/dev/null)
		curl -s "http://${address##* }/readyz" | tee "$scratch/readyz" | grep -q "$1" && return 0
		sleep 0.2
	done
	return 1
}


# ---- a payroll, dumped twice ------------------------------------------------------------------------------------------------------

# shellcheck disable=SC2119
fresh_database
genesis
clock_start
payroll 100 items=20 release=no
bank_start --reply-status ACCC --reply-delay 50ms
scribe_start
sealed
sql "insert into org.fee_rule (bank, pattern, max_dong) values ('DEMO', 'PHI', 50000)"
order KB-KNOWN 700000
dump approved
scribe_stop
payroll 600 first=20001 items=20 special_every=40 special_suffix=1
last=$(sql "select max(seq) from books.txn")
forge="set session_replication_role = replica; update books.txn set effective = effective"
psql -XAtqc "$forge + 1 where seq = $last"
scribe_start
scribe_says()
{
	curl -s "http://$(cat "$scratch/run-scribe/scribe.0.admin")/$1" >"$scratch/scribe.said"
	grep -q "$2" "$scratch/scribe.said"
}
ok "a row that is not what its leaf says is not sealed, and the scribe is not ready" within 20 scribe_says readyz "^seal NOT .*effective"
ok "how much waits for its checkpoint is counted" within 20 scribe_says metrics "^chitra_scribe_leaves_unsealed [1-9]"
psql -XAtqc "$forge - 1 where seq = $last"
dump released
sealed
ok "when it is put right sealing goes on" within 20 scribe_says readyz "^seal ok"
ok "and nothing waits" within 20 scribe_says metrics "^chitra_scribe_leaves_unsealed 0"
teller_start 'concurrency = 2' 'rate = 10'
until_true 30 "select count(*) >= 100 from payout.payout_state where state = 6"
dump sending
sent=$(state_count credited)
ok "a dump is taken while payments leave ($sent of 600 are credited)" test "$sent" -lt 600
# Lines that are no payout: the order of the second credit and the rule of the second fee are lost with each dump.
order KB-LOST 800000
sql "insert into org.fee_rule (bank, pattern, max_dong) values ('DEMO', 'LE PHI', 50000)"
book credit 700000 "KHO BAC KB-KNOWN"
book credit 800000 "KHO BAC KB-LOST"
ok "the treasury's money is booked on the day" until_true 20 "select count(*) = 2 from bank.intraday_credit"
book debit 11000 "PHI DICH VU"
book debit 12000 "LE PHI CHUYEN TIEN"
book credit 345 "LAI TIEN GUI"
book debit 6789 "TRICH NO"
ok "every payment is answered" until_true 60 "select not exists (select from payout.payout_state s
	join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim where c.person > 20000 and s.state in (1, 3, 4, 5))"
bank_says next-day >/dev/null
next_day
ok "and is on the statement" until_true 60 "select not exists (select from payout.payout_state s
	join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim where c.person > 20000 and s.state not in (7, 8))"
ok "with everything that is on it" until_true 20 "select count(*) >= 6 from recon.allocation"
sealed
teller_drain
scribe_stop
is "$(breaks)" "unmatched_credit 345, unmatched_debit 6789" "two lines are nothing that we know"
all_breaks=$(breaks)
all_explained=$(explained)
echo "# $all_explained"
states >"$scratch/end"
sql "$balances" >"$scratch/end-balances"
paid=$(bank_count paid)

# ---- too old ------------------------------------------------------------------------------------------------------------------------

ok "a dump from before the release is restored" restore approved
out=$(recover)
is $? 65 "and refused"
like "$out" "dump_before_release|newer dump" "by name, with what to do"

# in_doubt NAME: a teller on the restored dump, before recovery
in_doubt()
{
	local before
	before=$(bank_says book.csv | wc -l)
	teller_start
	ok "$1: the teller is not ready" ready_says 'history.*archive'
	sleep 2
	is "$(bank_says book.csv | wc -l)" "$before" "$1: and sends nothing"
	ok "$1: the log says why" grep -q history_in_doubt "$scratch/teller.log"
	teller_kill KILL
	desk batch list
	is $? 75 "$1: the desk refuses too"
	like "$said" "history_in_doubt: run chitra recover" "$1: and says what to do"
	desk ledger head
	is $? 0 "$1: but shows where the books stand"
}

# ---- from the middle -----------------------------------------------------------------------------------------------------------------

for name in released sending; do
	ok "the dump '$name' is restored" restore "$name"
	[ "$name" = sending ] || in_doubt "$name"
	out=$(recover --dry-run --json)
	is $? 0 "$name: a dry run says what would be done"
	echo "# $out"
	is "$(sql "select count(*) from payout.payout_move m join payout.cause c on c.code = m.cause where c.name = 'recovery'")" 0 \
		"$name: and does nothing"
	out=$(recover)
	is $? 0 "$name: recovery brings back what the dump lacks"
	while read -r line; do echo "# $line"; done <<<"$out"
	is "$(sql "select count(*) from payout.payout_state s join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim
		where c.person > 20000 and s.state in (1, 3)")" 0 "$name: nothing that left is ready"
	desk batch list
	is $? 0 "$name: the desk works again"
	out=$(recover --json)
	like "$out" '"leaves_brought_back": *0.*"dispatches_sent": *0.*"payouts_in_doubt": *0' "$name: a second run finds nothing to do"
	like "$(recover --resume)" "cho chi tiền trở lại" "$name: somebody looked, and money may leave"
	scribe_start
	teller_start
	ok "$name: the banks are asked" until_true 60 "select not exists (select from payout.payout_state s
		join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim where c.person > 20000 and s.state in (1, 3, 4, 5))"
	next_day
	until_true 60 "select not exists (select from payout.payout_state s
		join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim where c.person > 20000 and s.state not in (7, 8))"
	sealed
	states >"$scratch/end-$name"
	ok "$name: every payout is where it was" cmp "$scratch/end" "$scratch/end-$name"
	is "$(sql "$balances")" "$(cat "$scratch/end-balances")" "$name: every account too"
	is "$(breaks)" "$all_breaks" "$name: the same differences are found, and no other"
	is "$(explained)" "$all_explained" "$name: and every line is what it was"
	is "$(bank_count paid)" "$paid" "$name: the bank paid nobody again"
	is "$(bank_twice)" 0 "$name: and nobody twice"
	desk ledger check
	is $? 0 "$name: the books are whole"
	teller_drain
	scribe_stop
done

# ---- what officers decided after the dump ------------------------------------------------------------------------------------------

desk_conf
by_config=$scratch/desk.conf
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh

# of PERSON WHAT: of what is owed for April
of()
{
	sql "select $2 from payout.claim c join payout.payout p on p.claim = c.id join payout.payout_state s on s.payout = p.id
		join payout.state t on t.code = s.state where c.person = $1 and c.month = (select min(month) from payout.claim where person = $1)"
}

# void CLAIM: two officers do
void()
{
	is "$(by lan claim void "$1" --reason died) $(by minh claim void "$1" --reason died)" "0 0" "two officers void claim $1"
}

# The bank pays what it had refused, and gives back what it had paid without saying whose that is.
refused=$(sql "select p.end_to_end_id from payout.payout p join payout.payout_state s on s.payout = p.id where s.state = 8 order by p.id limit 1")
settled=$(sql "select p.end_to_end_id from payout.payout p join payout.payout_state s on s.payout = p.id where s.state = 7 order by p.id limit 1")
amount_of()
{
	sql "select amount_dong from payout.payout where end_to_end_id = '$1'"
}
state_of()
{
	sql "select t.name from payout.payout p join payout.payout_state s on s.payout = p.id join payout.state t on t.code = s.state where p.end_to_end_id = '$1'"
}
bank_says book "{\"account\":\"110000000001\",\"direction\":\"debit\",\"amount\":$(amount_of "$refused"),\"text\":\"CHI HO\",\"end_to_end_id\":\"$refused\"}" >/dev/null
book credit "$(amount_of "$settled")" "TRA LAI TIEN"
bank_says next-day >/dev/null
next_day 2024-04-05
scribe_start
teller_start
ok "a late debit and a credit without a name are on a statement" until_true 30 \
	"select count(*) = 1 and not exists (select from bank.line_waiting) from bank.statement where day = '2024-04-04'"
teller_drain
scribe_stop
late=$(sql "select id from recon.break where kind = 'contradiction'")
came=$(sql "select max(id) from recon.break where kind = 'unmatched_credit'")

payroll 5 first=30001 items=20
sql "insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
	select person, programme, '2024-05-01', kind, amount_dong, agency, '2024-05-01', area_code, area_valid_from
	from payout.claim where person in (30001, 30003)"
programme=$(sql "select programme from payout.claim where person = 30001 limit 1")
may=$(sql "select id from payout.claim where person = 30001 and month = '2024-05-01'")
april=$(of 30001 c.id)
credit=$(sql "select id from recon.break where kind = 'unmatched_credit' and amount_dong = 345")
scribe_start
sealed
dump decided
is "$(by minh cancel "$(of 30001 p.end_to_end_id)" "$(of 30002 p.end_to_end_id)" --reason 'đã mất')" 0 "after a dump one officer cancels two payouts"
void "$april"
void "$may"
sql "insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
	select person, programme, '2024-05-01', kind, amount_dong, agency, '2024-05-01', area_code, area_valid_from from payout.claim where person = 30004"
young=$(sql "select max(id) from payout.claim")
void "$young"
is "$(by minh break propose "$credit" --as refundable --reason 'lãi') $(by hoa break confirm "$credit" --as refundable)" "0 0" \
	"and two say what a credit is"
is "$(by minh break propose "$late" --as paid_after_all --reason 'đã nhận') $(by hoa break confirm "$late" --as paid_after_all)" "0 0" \
	"whose the late debit is"
is "$(by minh break propose "$came" --as return --payout "$settled" --reason 'hoàn') $(by hoa break confirm "$came" --as return --payout "$settled")" \
	"0 0" "and whose money came back"
is "$(state_of "$refused") $(state_of "$settled")" "settled returned" "so that one is paid, and one is not"
sealed
scribe_stop
voids="select string_agg(concat_ws(' ', v.claim, v.reason, a.login, b.login, date_trunc('second', v.at)), ', ' order by v.claim)
	from payout.claim_void v join auth.officer a on a.id = v.first_officer join auth.officer b on b.id = v.second_officer"
resolutions="select string_agg(concat_ws(' ', r.break, r.outcome, r.pair, r.payout, r.day, a.login, b.login), ', ' order by r.break)
	from recon.break_resolution r join auth.officer a on a.id = r.first_officer join auth.officer b on b.id = r.second_officer"
sql "$voids" | sed "s/, $young .*//" >"$scratch/voids"
sql "$resolutions" >"$scratch/resolutions"
sql "$balances" >"$scratch/end-balances"
paid=$(bank_count paid)

dump held
is "$(by minh hold "$(of 30003 p.end_to_end_id)" --reason 'xem lại')" 0 "after another dump one officer holds a payout: no leaf follows it"
ok "that other dump is restored into the same cluster" restore held
is "$(of 30003 t.name)" ready "and has it ready to be sent"
is "$(by minh batch list)" "75 history_in_doubt" "which is noticed"
teller_start
sleep 3
is "$(bank_count paid)" "$paid" "and nothing is sent"
teller_drain

ok "that dump is restored" restore decided
is "$(sql "$voids")$(sql "$resolutions")" "" "and knows nothing of it"
# A recovery that ends in the middle: the books are whole, what two decided is not back.
sql "alter table payout.claim_void add constraint nobody check (false)"
recover >/dev/null
ok "recovery breaks off when the books are back" test $? -ne 0
is "$(by minh batch list)" "0" "so that the books look recovered"
out=$(recover --resume)
is "$? $(grep -c 'Chạy lại chitra recover.*chưa xong' <<<"$out") $(sql "select count(*) from ops.pause where what = 'all'")" "65 1 1" \
	"but nobody lets money leave before it has ended" || echo "# $out"
sql "alter table payout.claim_void drop constraint nobody"
out=$(recover)
is $? 0 "recovery brings it back"
while read -r line; do echo "# $line"; done <<<"$out"
like "$out" "2 khoản hưởng đã hủy.*3 chênh lệch" "and says so"
like "$out" "CHƯA đưa lại: khoản hưởng $young \(.*died bởi lan và minh" "a voided claim that the dump lacks is named"
is "$(grep -c CHƯA <<<"$out")" 1 "and nothing else is lost"
is "$(sql "select pg_sequence_last_value(pg_get_serial_sequence('payout.claim', 'id')::regclass) >= $young")" t "no new claim takes its number"
is "$(sql "$voids")" "$(cat "$scratch/voids")" "who voided which claims, and why"
is "$(sql "$resolutions")" "$(cat "$scratch/resolutions")" "and what which difference was"
is "$(sql "$balances")" "$(cat "$scratch/end-balances")" "the books are where they were"
is "$(state_of "$refused") $(state_of "$settled")" "settled returned" "who was paid after all is paid, and whose money came back is not"
is "$(of 30001 t.name) $(of 30002 t.name)" "held ready" "what was ready of a voided claim is held; a cancellation is in no leaf"
is "$(sql "select reason ~ 'chitra recover --resume' from ops.pause where what = 'all'")" t "so nothing leaves, and the reason says what to look at"
is "$(sql "select count(*) from pg_trigger where tgenabled <> 'O' and not tgisinternal")" \
	"$(sql "select count(*) from pg_trigger where tgenabled = 'A' and not tgisinternal")" "the guards are awake again"
scribe_start
teller_start
sleep 3
is "$(bank_count paid)" "$paid" "the teller sends nothing"
is "$(by minh unhold "$(of 30001 p.end_to_end_id)"; by hoa unhold "$(of 30001 p.end_to_end_id)")" "0
65 not_decided" "no two officers let go what nobody is owed"
is "$(by minh cancel "$(of 30001 p.end_to_end_id)" "$(of 30002 p.end_to_end_id)" --reason 'đã mất')" 0 "an officer cancels again what she had cancelled"
is "$(by lan --json batch make --programme "$programme" --period 2024-05 --all)" 0 "batches are made again"
is "$(sql "select string_agg(c.person || ' ' || p.issue, ', ') from payout.payout p join payout.batch b on b.id = p.batch and b.state = 'open'
	join payout.claim c on c.id = p.claim and c.person > 30000 and c.month = '2024-05-01'")" "30003 1" "and make nothing of a voided claim"
like "$(recover --resume)" "cho chi tiền trở lại" "she lets money leave"
ok "the others are paid" until_true 30 "select not exists (select from payout.payout_state s join payout.payout p on p.id = s.payout
	join payout.claim c on c.id = p.claim where c.person > 30002 and s.state in (1, 3, 4, 5))"
is "$(bank_count paid)" "$((paid + 3))" "and nobody else"
is "$(by hoa ledger check)" 0 "the books are whole"
teller_drain
is "$(by hoa ledger publish "$scratch/pub")" 0 "and published"
printf '%s\n' '[scribe]' "log_key = $keys/log" 'log_origin = recover.test/ledger' >>"$scratch/desk.conf"
is "$(by hoa ledger key)" 0 "with the log's key"
cp "$scratch/said" "$scratch/log.key"
"$CHITRA_BIN/chitra-verify" --key "$scratch/log.key" "$scratch/pub" >"$scratch/verified"
like "$(cat "$scratch/verified")" "statements were fetched again after a restore" "the auditor's verifier sees that statements came again"
unlike "$(cat "$scratch/verified")" "recovered_root|statement_pages|dispatch_unlisted" "and believes the leaf that says why: the leaves before it give its root"
scribe_stop

done_testing

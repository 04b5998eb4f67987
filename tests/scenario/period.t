#!/usr/bin/env bash
# A month is closed by two officers: not before everything of it is there and explained, and then for ever. What comes later is late.
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
state_of()
{
	sql "select t.name from payout.payout p join payout.claim c on c.id = p.claim join payout.payout_state s on s.payout = p.id
		join payout.state t on t.code = s.state where c.person = $1"
}
# missing MONTH: the codes of what keeps it from being closed
missing()
{
	by hoa --json period check "$1" >/dev/null
	/usr/bin/python3 -c 'import json, sys; print(*[m["code"] for m in json.load(open(sys.argv[1]))["missing"]])' "$scratch/said"
}
# settled_on DAY: the day's statement is here, judged, and each of its lines explained or named
settled_on()
{
	until_true 30 "select count(*) = 1 and not exists (select from bank.line_waiting) and
		(select upto from ops.progress where name = 'absence') >= max(id) from bank.statement where day = '$1'"
}
reconciled()
{
	by hoa reconcile --account demo-funding --date "$1" >/dev/null
}
same()
{
	/usr/bin/python3 -c 'import sys; a, b = (open(p, "rb").read() for p in sys.argv[1:]); sys.exit(a != b or not a)' "$1" "$2"
}

# posted IDEM: its day, and whether it is late
posted()
{
	sql "select effective || case when late then ' late' else '' end || case when leaf like '%\012late yes\012%'::bytea then ' in its leaf' else '' end
		from books.txn where idem = '$1'"
}
payout_of()
{
	sql "select p.id from payout.payout p join payout.claim c on c.id = p.claim where c.person = $1"
}

fresh_database
genesis
clock_start
payroll 12 items=20 valid_hours=720
desk_conf
bank_start --reply-status ACCC
funded=$(sql "select sum(sum_dong) from payout.batch")
bank_says book "{\"account\":\"110000000001\",\"direction\":\"credit\",\"amount\":$funded,\"text\":\"KHO BAC\"}" >/dev/null
entry=$(bank_says entries.csv | sed -n 2p | cut -d, -f1)
psql -XAtqc "set session_replication_role = replica" -c "insert into bank.message (id, bank, direction, kind, external_id, sha256, body, authentic)
	overriding system value values (0, 'demo', 'file', 'statement', 'fixture', sha256(''), '', true)" -c "insert into org.funding_order (funding_account, kind, reference, amount_dong, made_by)
	select id, 'treasury', 'QD-FIXTURE', $funded, 1 from org.funding_account" -c "insert into bank.intraday_credit (funding_account, entry_ref, amount_dong,
	value_date, funding_order, message, item) select funding_account, '$entry', amount_dong, '2024-04-03', id, 0, 0 from org.funding_order"
bank_says will "{\"fault\":\"return_later\",\"match\":{\"end_to_end_id\":\"$(id_of 1)\"}}" >/dev/null
is "$(by hoa hold --reason 'chờ xem' "$(id_of 2)")" 0 "one payout waits"
scribe_start
teller_start
ok "the others are paid in April" until_true 30 "select count(*) = 11 from payout.payout_state where state = 6"
is "$(missing 2024-04)" "period_running" "a month that runs is not closed"
is "$(missing 2024-03)" "period_empty" "nor one before the books begin"

bank_says date '{"date":"2024-04-26"}' >/dev/null
next_day 2024-04-26
ok "the day's statement is settled" settled_on 2024-04-03
book credit 777 'LAI TIEN GUI'
book credit 888 'LAI TIEN GUI THANG 3'
book credit 999 'LAI TIEN GUI THANG 2'
bank_says date '{"date":"2024-05-02"}' >/dev/null
is "$(by hoa unhold "$(id_of 2)") $(by minh unhold "$(id_of 2)")" "0 0" "the payout that waited is let go in April's last days;"
ok "the bank does not open before May" until_true 30 "select count(*) = 1 from payout.payout_state where state = 6"

# ---- what keeps it open ---------------------------------------------------------------------------------------------------------

# faults_if STATEMENT...: what would keep April open if a superuser had done this
faults_if()
{
	psql -XAtq -v ON_ERROR_STOP=1 -c "begin; set local session_replication_role = replica" -c "$1" \
		-c "select string_agg(distinct code, ' ' order by code) from books.period_faults('so-ldtbxh', '2024-04-01')" -c rollback
}
teller_drain
psql -XAtq -c "set session_replication_role = replica; update ops.instance set clock_offset = timestamptz '2024-05-02 08:00+07' - now()"
sealed
is "$(by hoa period check 2024-04)" 65 "a month without its last statement is not closed"
like "$(tr '\n' ' ' <"$scratch/said")" "1\. .*thiếu sao kê.* demo-funding, ngày 04/04/2024 đến 26/04/2024 .*2\. .*chitra reconcile.*03/04/2024" \
	"each thing that is missing is said, with the account, the days and what to do"
is "$(by hoa period close 2024-04)" "65 statement_missing" "nor proposed"
teller_start
ok "the statement comes" settled_on 2024-04-26
sealed
is "$(missing 2024-04)" "unreconciled" "each day is reconciled first"
reconciled 2024-04-03
reconciled 2024-04-26
sealed
is "$(missing 2024-04)" "" "then nothing is missing: days that the bank was closed have no statement, and the next one continues the last"
is "$(missing 2024-05)" "period_order period_running" "months are closed one after the other"
is "$(faults_if "update bank.statement set chained = false where day = '2024-04-26'")" statement_gap "a balance that does not continue keeps it open"
is "$(faults_if "update bank.statement set complete = false where day = '2024-04-26'")" statement_incomplete "so does a statement that does not add up"
is "$(faults_if "update recon.reconciliation set result = 'broken' where day = '2024-04-26'")" reconciled_broken "a day that does not reconcile"
is "$(faults_if "update ops.progress set upto = 0 where name = 'settle.1'")" lines_unsettled "lines that nobody has explained yet"
is "$(faults_if "delete from books.tree_head where size >= (select max(seq) from books.txn where effective <= '2024-04-30')")" period_unsealed \
	"what is not sealed"
for family in in-flight:in_flight_differs unclaimed:unclaimed_differs suspense-credit:suspense_not_itemised; do
	is "$(faults_if "update books.balance_day d set moved = moved - 1 from books.ledger_account a where a.id = d.account
		and a.code like 'liabilities:${family%:*}:%' and d.day in ('2024-04-03', '2024-04-26')")" "$(printf '%s\n' period_unbalanced "${family#*:}" | sort | paste -sd' ')" \
		"one đồng of ${family%:*} that no payment or line explains"
done
is "$(faults_if "delete from recon.break_resolution; insert into recon.cash_list (channel, message, paid_count, paid_dong, unpaid_count, unpaid_dong, first_officer)
	select id, 0, 1, 1, 0, 0, 1 from org.channel limit 1; insert into recon.cash_line select l.id, 1, p.id, true, 1, '2024-04-26' from recon.cash_list l, payout.payout p
	join payout.payout_state s on s.payout = p.id where s.state = 6")" cash_unconfirmed "a list of the cash agent that waits for its second officer"

is "$(faults_if "insert into bank.statement (funding_account, day, opening_dong, closing_dong, line_count, pages, sequence, source, complete, chained)
	select funding_account, '2024-05-02', 1, 1, 0, 1, 9, 'fetched', true, false from bank.statement limit 1")" statement_gap \
	"May's first statement does not continue April's last: one of April may be missing"
is "$(faults_if "delete from bank.statement; delete from books.balance_day d using books.ledger_account a where a.id = d.account and a.code = 'assets:bank:demo-funding'")" \
	"period_unbalanced statement_missing" "payouts were sent from an account of which no statement ever came"
# April and the others, in a transaction that is rolled back, when April is closed and a statement then tells of March
later_of_march()
{
	psql -XAtq -v ON_ERROR_STOP=1 -c "begin; set local session_replication_role = replica" -c "insert into books.closed values (999, 'so-ldtbxh', '2024-04-01');
		insert into books.balance_day select id, '2024-03-15', case when code like 'a%' then 1 else -1 end from books.ledger_account
		where code in ('assets:bank:demo-funding', 'liabilities:advance:demo-funding')" -c "$1" -c rollback
}
is "$(later_of_march "select books.began('so-ldtbxh'), string_agg(f.code, ' ') from books.period_faults('so-ldtbxh', '2024-03-01') f")" "2024-04-01|period_empty" \
	"a month before the first one that was closed is never closed after it, whatever a bank tells of it"

# A bank that left out a number: the balance goes on, and two officers looked into it.
psql -XAtqc "set session_replication_role = replica" -c "update bank.statement set chained = false where day = '2024-04-26'" -c "with k as (
	insert into recon.break (kind, funding_account, day, statement, amount_dong, note) select 'chain_gap', funding_account, day, id, 0, 'fixture'
	from bank.statement where day = '2024-04-26' returning id) insert into recon.break_resolution (break, outcome, first_officer, second_officer)
	select k.id, 'without_entry', 1, 2 from k"
is "$(missing 2024-04)" "" "a number that the bank left out, when two officers looked into it, keeps no month open"
is "$(by hoa reconcile --account demo-funding --date 2024-04-26)" 2 "nor does reconciling the day again:"
like "$(cat "$scratch/said")" "KHÔNG NỐI TIẾP ngày trước \(hai cán bộ đã xem\); sổ cái khớp" "it says what is wrong and that they did"
is "$(missing 2024-04)" "" "so that the clerk is not stuck"
psql -XAtqc "set session_replication_role = replica" -c "delete from recon.break_resolution where break = (select id from recon.break where kind = 'chain_gap')"
is "$(by hoa reconcile --account demo-funding --date 2024-04-26)" 1 "without their word the day is not reconciled,"
is "$(missing 2024-04)" "statement_gap reconciled_broken" "and the month not closed"
psql -XAtqc "set session_replication_role = replica" -c "delete from recon.break where kind = 'chain_gap'" -c "update bank.statement set chained = true where day = '2024-04-26'"
reconciled 2024-04-26

# ---- two officers ------------------------------------------------------------------------------------------------------------------

is "$(by lan period close 2024-04)" "77 no_mandate" "who only makes batches closes nothing" || sed 's/^/# /' "$scratch/said" >&2
is "$(by hoa period confirm 2024-04)" "65 not_proposed" "nobody confirms what nobody proposed"
dump open
is "$(by hoa period close 2024-04)" 0 "one officer proposes"
is "$(by hoa period confirm 2024-04)" "77 same_officer" "and does not confirm it"
brk=$(sql "select id from recon.break where amount_dong = 888")
is "$(by minh break propose "$brk" --as refundable --reason 'lãi') $(by hoa break confirm "$brk" --as refundable)" "0 0" \
	"meanwhile two officers find what a credit was; it counts from its statement's day"
sealed
is "$(by minh period confirm 2024-04)" "65 period_changed" "what the first officer saw is not what would be closed"
is "$(by hoa period close 2024-04)" 0 "he looks again"
like "$(cat "$scratch/said")" "Đang chuyển: 1 khoản, $(sql "select replace(to_char($(amount_of 2), 'FM999,999,999'), ',', '.')") đ" \
	"what is on its way at the end of the month is carried over"

# A transaction that holds what the closing must change: by the time both wait, the text is made and its leaf is not in the books.
hold_income()
{
	coproc holder { psql -XAtq; }
	echo "begin; select from books.balance b join books.ledger_account a on a.id = b.account where a.code like 'income:%' for update of b; select 'held';" \
		>&"${holder[1]}"
	read -r <&"${holder[0]}"
}
let_go()
{
	echo "rollback; \\q" >&"${holder[1]}"
	wait "$holder_pid" 2>/dev/null
}
waiting()
{
	until_true 20 "select count(*) = $1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and application_name !~ 'autovacuum'"
}
mkdir "$scratch/beside" "$scratch/other"
hold_income
holder_pid=$!
printf '%s' minh | sha256sum | cut -d' ' -f1 >"$scratch/token.minh"
"$CHITRA_BIN/chitra" --config "$by_config" --session "$scratch/token.minh" period confirm 2024-04 >"$scratch/beside/said" 2>&1 &
closing=$!
ok "a closing waits between its text and its leaf" waiting 1
kill -9 $closing
wait $closing 2>/dev/null
let_go
ok "it is killed there" until_true 10 "select not exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
is "$(sql "select (select count(*) from ops.period_text) + (select count(*) from books.closed) + (select count(*) from books.txn where kind = 'close')")" 0 \
	"and nothing is half closed"

brk=$(sql "select id from recon.break where amount_dong = 777")
is "$(by hoa break propose "$brk" --as refundable --reason 'lãi')" 0 "another credit of April will be found to be interest"
hold_income
holder_pid=$!
"$CHITRA_BIN/chitra" --config "$by_config" --session "$scratch/token.minh" period confirm 2024-04 >"$scratch/beside/said" 2>&1 &
closing=$!
ok "while April is being closed" waiting 1
"$CHITRA_BIN/chitra" --config "$by_config" --session "$scratch/token.minh" break confirm "$brk" --as refundable >"$scratch/other/said" 2>&1 &
posting=$!
ok "that is posted with April's day" waiting 2
let_go
wait $closing
is $? 0 "April is closed"
wait $posting
is $? 0 "and what waited for it is posted"
is "$(posted "k$brk.resolved")" "2024-04-26 late in its leaf" "with its own day, and as late"
like "$(sql "select text from ops.period_text")" "c demo-funding .* $brk 777 VND" "April has it as it stood when it was closed"
is "$(sql "select kind || ' ' || effective || ' ' || late from books.txn where idem = 'close.so-ldtbxh.2024-04'")" "close 2024-04-30 false" "its closing is not late"
is "$(sql "select coalesce(sum(d.moved), 0) from books.balance_day d join books.ledger_account a on a.id = d.account
	where a.code ~ '^(income:funding|expenses:benefit)' and d.day <= '2024-04-30'")" 0 "what the month earned and cost is taken to its result"
is "$(by hoa period confirm 2024-04) $(by hoa period close 2024-04)" "0 0" "closed again, nothing happens"
is "$(sql "select count(*) from books.txn where kind = 'close'")" 1 "there is one leaf"
is "$(by hoa --json period list)" 0 "what is closed and what is not"
like "$(cat "$scratch/said")" '"period":"2024-04","state":"closed","proposed_by":"hoa","confirmed_by":"minh".*"period":"2024-05","state":"open"' "is listed"

# posted_by_hand DAY LATE: what the database says of a transaction that somebody posts with this day and says to be late, or not
posted_by_hand()
{
	psql -XAtq -v ON_ERROR_STOP=1 <<-SQL 2>&1 | sed -n 's/^ERROR: *\([a-z_]*\):.*/\1/p; /^done$/p'
		begin;
		select first_seq as first, recorded, accounts from books.begin_post(array['test'], array[sha256('test')],
			array['assets:bank:demo-funding', 'liabilities:advance:demo-funding']) \\gset
		select null from books.post(:first, :'recorded', array['test'], array[sha256('test')], array['funding'], array['$1'::date],
			array[$2], array[null::bigint], array[2::smallint], array['test'::bytea], array[sha256('\\x00'::bytea || 'test'::bytea)],
			array[1, 1], array[1, 2]::smallint[], array[1, 2], array[5, -5]::bigint[], :'accounts', true);
		select 'done';
		rollback;
	SQL
}
is "$(posted_by_hand 2024-04-30 false), $(posted_by_hand 2024-03-31 false), $(posted_by_hand 2024-05-01 true)" "late, late, late" \
	"PostgreSQL: what has a closed month's day or an earlier one is late, and nothing else is"
is "$(posted_by_hand 2024-04-30 true), $(posted_by_hand 2024-05-01 false)" "done, done" "and that is taken"
is "$(sql "begin; insert into books.closed values (0, 'so-ldtbxh', '2024-05-01'); set role chitra_desk; commit" 2>&1 | sed -n 's/^ERROR: *\([a-z_]*\):.*/\1/p')" \
	period_leaf "a month is not closed without its text"

# ---- reports of April stay as they are -------------------------------------------------------------------------------------------------

# exports MONTH DIR: it in every format
exports()
{
	local format
	mkdir -p "$scratch/$2"
	for format in hledger beancount csv json; do
		is "$(by hoa ledger export --format $format --period "$1" "$scratch/$2/$1.$format")" 0 "$1 is exported as $format"
	done
}
sealed
exports 2024-04 before
bank_says return "{\"end_to_end_id\":\"$(id_of 3)\",\"reason\":\"AC04\"}" >/dev/null
bank_says next-day >/dev/null
next_day 2024-05-03
ok "May's first statement comes: it settles what was on its way, and returns a payout of April" settled_on 2024-05-02
is "$(posted "p$(payout_of 2).settled"), $(posted "p$(payout_of 3).returned")" "2024-05-02, 2024-05-02" "both are May's"
last=$(sql "select id from recon.break where amount_dong = 999")
is "$(by minh break propose "$last" --as refundable --reason 'lãi') $(by hoa break confirm "$last" --as refundable)" "0 0" "what a third credit of April was is found in May"
is "$(posted "k$last.resolved")" "2024-04-26 late in its leaf" "which is late"
sealed
exports 2024-04 after
for format in hledger beancount csv json; do
	ok "April's $format is the same byte for byte" cmp "$scratch/before/2024-04.$format" "$scratch/after/2024-04.$format"
done
exports 2024-05 after
is "$(grep -c '^late,2024-04-26' "$scratch/after/2024-05.csv")" 4 "what came late is in May's, with its own day"
is "$(sed -n '/^; What came late/,/balances after/p' "$scratch/after/2024-05.hledger" | grep -c '^2024-05-01 .* late:yes, effective:2024-04-26')" 2 \
	"under a heading of its own"
is "$(grep '^opening' "$scratch/after/2024-05.csv" | cut -d, -f10,11 | grep -v ',0$' | sort)" \
	"$(sql "select text from ops.period_text" | sed -nE 's/^a ((assets|liabilities)[^ ]*) (-?[0-9]+) VND$/\1,\3/p' | grep -v ',0$' | sort)" \
	"May begins with what April's text ends with"
for program in "hledger -f $scratch/after/2024-05.hledger check -s ordereddates" "ledger --file $scratch/after/2024-05.hledger --strict --pedantic balance" \
	"bean-check $scratch/after/2024-05.beancount" "hledger -f $scratch/after/2024-04.hledger check -s ordereddates"; do
	# shellcheck disable=SC2086
	ok "${program%% *} accepts it, with what the bank says" $program
done

# ---- an auditor computes it again ------------------------------------------------------------------------------------------------------

sealed
by hoa ledger key >/dev/null
cp "$scratch/said" "$scratch/key"
# found DIR: what chitra-verify says of periods and of what is late
found()
{
	"$CHITRA_BIN/chitra-verify" --key "$scratch/key" "$1" >"$scratch/verified" 2>&1
	sed -nE 's/^finding ((period|close|late)_[a-z_]*): .*/\1/p' "$scratch/verified" | sort -u | paste -sd' '
}
is "$(by hoa ledger publish "$scratch/pub")" 0 "the books are published"
for month in 2024-04 2024-05; do
	for format in hledger beancount csv json; do
		is "$("$CHITRA_BIN/chitra-verify" --key "$scratch/key" export "$scratch/after/$month.$format" "$scratch/pub" | tail -1)" \
			"result      everything fits" "who checks $month's $format beside the leaves finds nothing, whatever came late"
	done
done
cp "$scratch/after/2024-05.csv.note" "$scratch/after/less.csv.note"
last_leaf=$(sql "select seq from books.txn where idem = 'k$last.resolved'")
sed "/^late,[^,]*,$last_leaf,/d" "$scratch/after/2024-05.csv" >"$scratch/after/less.csv"
"$CHITRA_BIN/chitra-verify" --key "$scratch/key" export "$scratch/after/less.csv" "$scratch/pub" >"$scratch/verified"
like "$(cat "$scratch/verified")" "export_differs: leaf $last_leaf: the file lacks it" "a late transaction that May's file leaves out is missed, by its leaf"
text=period/so-ldtbxh.2024-04
ok "with the text of April" same "$scratch/pub/$text" <(sql "select text from ops.period_text" | sed '$ { /^$/d }')
is "$(found "$scratch/pub")" "" "who computes April from the leaves alone finds what the officers closed, and what came late"
like "$(cat "$scratch/verified")" "periods +1 closed" "and says so"
cat >"$scratch/attack.py" <<'P'
import hashlib, pathlib, re, sys
directory, text, what, first, then = sys.argv[1:]
path, entries = pathlib.Path(directory, text), next(p for p in pathlib.Path(directory, "tile/entries").rglob("*") if p.is_file())
old = path.read_text()
changes = [(first.encode(), then.encode())]
if what != "leaf":
    new = re.sub(first, then, old, count=1, flags=re.M)
    assert new != old, first
    path.write_text(new)
    changes = [(hashlib.sha256(old.encode()).hexdigest().encode(), hashlib.sha256(new.encode()).hexdigest().encode())]
if what != "text":
    data, out, n = entries.read_bytes(), b"", 0
    while data:
        size = data[0] << 8 | data[1]
        leaf, data = data[2:2 + size], data[2 + size:]
        was = leaf
        for a, b in changes:
            leaf = re.sub(a, b, leaf)
        n += leaf != was
        out += bytes([len(leaf) >> 8, len(leaf) & 255]) + leaf
    assert n == 1, n
    entries.write_bytes(out)
P
# attacked WHAT FIRST THEN: what is found when somebody writes THEN for FIRST in the "text" of April; with the log's key in a "leaf"; or in the text,
# and its hash into the leaf ("both")
attacked()
{
	rm -rf "$scratch/bad"
	cp -r "$scratch/pub" "$scratch/bad"
	/usr/bin/python3 "$scratch/attack.py" "$scratch/bad" "$text" "$@" || return
	[ "$1" = text ] || tests/lib/forge-log "$scratch/bad" "$keys/log"
	found "$scratch/bad"
}
other=$(id_of 3)
is "$(attacked text '^(a assets:bank:demo-funding .*)4 VND' '\g<1>5 VND')" "period_balance period_differs period_sums" "one đồng of a balance in the text"
like "$(cat "$scratch/verified")" "period_balance: leaf [0-9]+: assets:bank:demo-funding was at 2005664 .* 2005665" "is named, with the account"
is "$(attacked both '^(a assets:bank:demo-funding .*)4 VND' '\g<1>5 VND')" "period_balance period_sums" "also by somebody who signs the text's hash"
is "$(attacked both '^a liabilities:refundable.*\n' '')" "period_malformed period_sums" "an account that is left out"
is "$(attacked both '^accounts 9((?:\n.*)*?)\na liabilities:refundable.*' 'accounts 8\1')" "period_accounts period_sums" "and taken off the count"
is "$(attacked both '^in-flight 1((?:\n.*)*?)\nf .*' 'in-flight 0\1')" period_list "a payout on its way that is left out"
is "$(attacked both "^f demo-funding $(id_of 2)" "f demo-funding $other")" period_item "another in its place, which was paid in April"
like "$(cat "$scratch/verified")" "period_item: leaf .* payout $other is carried over, and leaf [0-9]+ says how it ended" "is named"
is "$(attacked both "^u merit $(id_of 1)" "u merit $other")" period_item "another in place of what came back"
is "$(attacked both '^(c demo-funding .*) 777 VND' '\1 776 VND')" "period_item period_list" "another amount of what nobody had explained"
is "$(attacked leaf 'trial-balance [0-9a-f]{64}' "trial-balance $(printf '0%.0s' {1..64})")" period_differs "a leaf that has another hash"
is "$(attacked leaf "(kind close\n(?:.*\n)*root )[0-9a-f]{64}" "\\g<1>$(printf '0%.0s' {1..64})")" close_root "or another root of the tree that it covers"
is "$(attacked leaf '(p expenses:benefit:so-ldtbxh:merit -)12078000( VND\np income:funding:so-ldtbxh:merit \+)12078000' '\g<1>12078001\g<2>12078001')" close_result \
	"that closes more than the month cost"
is "$(attacked leaf "(idem k$brk\.resolved\n(?:.*\n)*?)late yes\n" '\1')" late_wrong "a late transaction that does not say so"
is "$(attacked leaf '(idem b1\.v1\.released\n(?:.*\n)*?)(batch )' '\1late yes\n\2')" "close_root late_wrong" "and one that says so and is not"
rm "$scratch/bad/$text"
is "$(found "$scratch/bad" | tr ' ' '\n' | grep period)" period_missing "a text that is not there is missed"

# ---- the database is lost, and the dump is from before the closing ----------------------------------------------------------------------

teller_drain
scribe_stop
ok "a dump is restored that knows of no closing" restore open
is "$(sql "select count(*) from ops.period_text")" 0 "nor has its text"
out=$(recover)
is $? 0 "what was closed is brought back"
like "$out" "Kỳ đã đóng: đã lập lại văn bản của 1 kỳ" "which is said"
is "$(by hoa period confirm 2024-04)" 0 "the month is closed, as it was"
is "$(by hoa ledger publish "$scratch/again")" 0 "the books are published"
ok "with the same text byte for byte" same "$scratch/pub/$text" "$scratch/again/$text"
is "$(found "$scratch/again")" "" "and an auditor finds nothing"
like "$(cat "$scratch/verified")" "periods +1 closed" "about the closed month"
is "$(recover --json | /usr/bin/python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["period_texts"], d["period_texts_lost"])')" "0 []" \
	"brought back again, nothing happens"

done_testing

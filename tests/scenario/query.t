#!/usr/bin/env bash
# What auditors ask of the books: chitra ledger query as far as a mandate reaches, and the views of schema audit as sql/auditors.md shows them.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh
payroll 60 wards=3 valid_hours=30
# shellcheck disable=SC2119  # no option of its own
bank_day
for name in gate teller scribe; do
	duty $name
done
ok "everybody is credited" until_true 40 "select count(*) = 60 from payout.payout_state where state = 6"
next_day
ok "and settled by the statement" settled_through 2024-04-03 40
kill "${pids[@]}"
wait "${pids[@]}" 2>/dev/null

# A second agency that has paid nobody; auditors of everything, of each agency, of one ward, and an officer who is none.
sql "insert into org.agency (code, name_vi) values ('other', 'Phòng khác')"
agency=$(sql "select code from org.agency where code <> 'other'")
ward=$(sql "select area_code from payout.batch order by id limit 1")
# auditor LOGIN AGENCY AREA
auditor()
{
	sql "with o as (insert into auth.officer (login, name) values ('$1', '$1') returning id), c as (
			insert into auth.certificate (officer, sha256, text, signatures, public_key, not_before, not_after)
			select id, sha256('$1'), '$1', 'admin', sha256('$1'), now() - interval '1 day', now() + interval '1 day' from o returning id, officer)
		insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) select officer, id, 'auditor', '$2', '$3', 0 from c" &&
		session "$1"
}
session()
{
	printf '%s' "$1" | sha256sum | cut -d' ' -f1 >"$scratch/token.$1"
	sql "insert into auth.session (token_hash, officer, expires_at) select sha256('\\x$(cat "$scratch/token.$1")'), id, now() + interval '1 day'
		from auth.officer where login = '$1'"
}
auditor all '*' '*' && auditor whole "$agency" '*' && auditor foreign other '*' && auditor village "$agency" "$ward" && session lan

# q LOGIN WORD...: chitra ledger query; its words are in $scratch/said, what is wrong in $scratch/wrong
q()
{
	"$CHITRA_BIN/chitra" --config "$scratch/all.conf" --session "$scratch/token.$1" ledger query "${@:2}" >"$scratch/said" 2>"$scratch/wrong"
}
# rows COLUMN LOGIN WORD...: that column of the answer, in a line
rows()
{
	q "${@:2}" --json && jq_column "$1" <"$scratch/said"
}
jq_column()
{
	/usr/bin/python3 -c 'import json, sys; print(*[r[sys.argv[1]] for r in json.load(sys.stdin)["rows"]])' "$1"
}
field()
{
	/usr/bin/python3 -c 'import json, sys; v = json.load(sys.stdin)
for k in sys.argv[1].split("."): v = v[int(k)] if k.isdigit() else v[k]
print(v)' "$1" <"$scratch/said"
}
# refused LOGIN WORD...: the exit status and the code
refused()
{
	local status
	q "$@"
	status=$?
	echo "$status$(sed -n 's/^chitra [a-z]*: \([a-z_]*\): .*/ \1/p' "$scratch/wrong")"
}
# listed SQL: its rows in a line
listed()
{
	sql "$1" | paste -sd' '
}

# ---- each way to ask ---------------------------------------------------------------------------------------------------------

size=$(sql "select next_seq from books.counter")
payout=$(sql "select id from payout.payout where batch = 2 and line = 3")
id=$(sql "select end_to_end_id from payout.payout where id = $payout")
is "$(rows seq all transactions --limit 10000)" "$(listed "select seq from books.txn order by seq")" "all transactions are listed in the order of their numbers"
is "$(rows seq all transactions --kind payout.settled,funding --limit 10000)" \
	"$(listed "select seq from books.txn where kind in ('payout.settled', 'funding') order by 1")" "by kind"
is "$(rows seq all transactions --account "liabilities:payable:$agency:merit")" \
	"$(listed "select seq from books.posting p join books.ledger_account a on a.id = p.account where a.code = 'liabilities:payable:$agency:merit' order by 1")" "by account"
amount=$(sql "select amount_dong from payout.payout where id = $payout")
is "$(rows seq all transactions --amount "$amount")" "$(listed "select distinct seq from books.posting where amount = $amount order by 1")" "by amount"
is "$(rows seq all transactions --amount "$amount..$((amount + 2000))" --kind payout.settled)" \
	"$(listed "select distinct seq from books.posting p join books.txn t using (seq) where amount between $amount and $amount + 2000 and t.kind = 'payout.settled' order by 1")" "by a range of amounts"
is "$(rows kind all transactions --payout "$id")" "$(listed "select kind from books.txn where idem in ('p$payout.settled') or idem like 'b2.%' or idem ~ '^a[0-9]+[.]'
		or idem like 'd' || (select dispatch from payout.payout_state where payout = $payout) || '.%' order by seq")" \
	"by payout: what became of it, of its batch, its signatures and its dispatch"
is "$(rows key all transactions --payout "$payout")" "$(rows key all transactions --payout "$id")" "its number will do"
is "$(rows key all transactions --batch 2)" "$(listed "select idem from books.txn where idem like 'b2.%' or idem ~ '^a[0-9]+[.]' or idem in
	(select distinct 'd' || dispatch || '.e1.sent' from payout.payout p join payout.payout_state s on s.payout = p.id where batch = 2) order by seq")" "by batch"
is "$(rows key all transactions --officer hoa)" "$(listed "select idem from books.txn where convert_from(leaf, 'UTF8') ~ '\n(officer |actor officer:)hoa\n' order by seq")" "by officer"
entry=$(sql "select entry_ref from bank.statement_line where payout = $payout")
is "$(rows key all transactions --entry "$entry")" "p$payout.settled" "by the bank's name for its entry"
is "$(rows payout_id all lines --entry "$entry")" "$id" "and the statement's line"
is "$(rows entry all lines --payout "$id")" "$entry" "the line of a payout"
is "$(rows became all lines --entry "$entry")" "['payout']" "with what it became"
is "$(rows settled_seq all payouts --payout "$id")" "$(sql "select seq from books.txn where idem = 'p$payout.settled'")" "a payout with the transaction that settled it"
is "$(rows payout all payouts --batch 2)" "$(listed "select id from payout.payout where batch = 2 order by line")" "the payouts of a batch"
is "$(rows released_by all batches)" "['minh', 'hoa'] ['minh', 'hoa'] ['minh', 'hoa']" "batches with who let them go"
is "$(rows balance_dong all postings --account assets:bank:demo-funding)" \
	"$(listed "select balance_after from books.posting p join books.ledger_account a on a.id = p.account where a.code = 'assets:bank:demo-funding' order by seq, n")" \
	"postings of an account with its running balance"
is "$(rows what all acts --officer lan)" "$(listed "select what from audit.act where officer = 'lan' order by at")" "what an officer did"
q all transactions --entry "$entry" --json
is "$(field rows.0.leaf)" "$(sql "select convert_from(leaf, 'UTF8') from books.txn where idem = 'p$payout.settled'")" "a transaction has its leaf, byte for byte"
is "$(field rows.0.postings)" "[{'account': 'liabilities:in-flight:demo-funding', 'amount_dong': $amount}, {'account': 'assets:bank:demo-funding', 'amount_dong': -$amount}]" \
	"and its postings"

# ---- pages ---------------------------------------------------------------------------------------------------------------------

# paged WORD...: the rows' numbers of all pages of seven, and how many pages
paged()
{
	local column=$1 go_on=() all=() n=0 next
	shift
	while q all "$@" --limit 7 "${go_on[@]}" --json; do
		all+=("$(jq_column "$column" <"$scratch/said")")
		n=$((n + 1))
		next=$(field next)
		[ "$next" != None ] || break
		go_on=(--after "$next")
	done
	echo "${all[*]} in $n"
}
for words in "seq transactions" "seq transactions --effective 2024-04-03..2024-04-04" "seq transactions --kind payout.settled" \
	"payout payouts" "seq postings --account assets:bank:demo-funding" "line lines" "object acts"; do
	read -ra split <<<"$words"
	whole=$(rows "${split[@]:0:1}" all "${split[@]:1}" --limit 10000)
	count=$(wc -w <<<"$whole")
	is "$(paged "${split[@]}")" "$whole in $(((count + 6) / 7))" "pages of seven have every row once, in order, and the last says so: ${words#* }"
done
q all transactions --limit 3
like "$(tail -n 1 "$scratch/said")" "Còn nữa, thêm: --after [0-9_a-f-]+" "people are told how to go on"
after=$(sed -n 's/.*--after //p' "$scratch/said")
is "$(refused all transactions --limit 3 --kind fee --after "$after")" 64 "a cursor goes on with its own question alone"
is "$(refused all transactions --after "${after/_2_/_9_}")" 64 "and is not made by hand"

# ---- as of -----------------------------------------------------------------------------------------------------------------------

then=$(sql "select to_char(recorded at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from books.txn where seq = 9")
is "$(rows seq all transactions --as-of "$then" --limit 10000)" "$(listed "select seq from books.txn where recorded <= '$then' order by 1")" "as of an instant: what was recorded by then"
is "$(rows seq all transactions --as-of 5)" "0 1 2 3 4" "as of a size: the first so many"
is "$(rows seq all transactions --effective ..2024-04-03 --as-of 20 --limit 10000)" "$(listed "select seq from books.txn where effective <= '2024-04-03' and seq < 20 order by effective, seq")" \
	"both clocks at once"
is "$(rows seq all transactions --recorded "$then..$then")" "$(listed "select seq from books.txn where recorded = '$then' order by 1")" "recorded between two instants"
today=$(sql "select (now() at time zone 'Asia/Ho_Chi_Minh')::date")
is "$(rows seq all transactions --recorded "$today" --limit 10000 | wc -w)" "$size" "recorded on a day"

# ---- a person -----------------------------------------------------------------------------------------------------------------------

person=$(sql "select c.person from payout.payout p join payout.claim c on c.id = p.claim where p.id = $payout")
personal_id=$(printf '0990%08d' "$person")
is "$(rows payout all payouts --person "$personal_id" --reason "hồ sơ 12")" "$payout" "by person"
is "$(sql "select o.login || ' ' || l.what || ' ' || l.reason from auth.access_log l join auth.officer o on o.id = l.officer where l.person = $person order by l.id desc limit 1")" \
	"all ledger.query hồ sơ 12" "and that somebody looked is kept, with the reason"
unlike "$(cat "$scratch/said")" "$personal_id" "the ID is not in the answer"
looks()
{
	sql "select count(*) from auth.access_log where person = $person"
}
looked=$(looks)
unread=("$CHITRA_BIN/chitra" --config "$scratch/all.conf" --session "$scratch/token.all" ledger query payouts --person "$personal_id" --reason "hồ sơ 12")
"${unread[@]}" 2>/dev/null | true
"${unread[@]}" >/dev/full 2>/dev/null
is "$(($(looks) - looked))" 2 "also when nobody reads the answer, or it cannot be written"
is "$(refused all payouts --person "$personal_id")" 64 "without a reason nobody is looked at"
is "$(refused all payouts --person 099000009999 --reason "hồ sơ 13")" "65 person_unknown" "nobody is nobody"

# ---- who may --------------------------------------------------------------------------------------------------------------------------

is "$(refused lan transactions)" "77 no_mandate" "who is no auditor asks nothing"
is "$(rows seq whole transactions --limit 10000)" "$(rows seq all transactions --limit 10000)" "an agency's auditor sees what is that agency's"
is "$(rows seq foreign transactions)$(rows payout foreign payouts)$(rows batch foreign batches)$(rows line foreign lines)" "" "another agency's sees nothing of it"
is "$(refused foreign transactions --payout "$id")" "77 no_mandate" "nor by its payout"
is "$(refused foreign payouts --person "$personal_id" --reason "hồ sơ 14")" "77 no_mandate" "nor by its person"
is "$(sql "select o.login || ' ' || l.reason from auth.access_log l join auth.officer o on o.id = l.officer where l.person = $person order by l.id desc limit 1")" \
	"foreign hồ sơ 14" "and that it asked whether there is this person is kept too"
is "$(refused lan payouts --person "$personal_id" --reason "hồ sơ 16") $(refused lan payouts --person 099000009999 --reason "hồ sơ 16")" \
	"77 no_mandate 77 no_mandate" "who is no auditor does not even learn that"
is "$(refused foreign postings --account assets:bank:demo-funding)" "77 no_mandate" "nor its accounts"
is "$(rows payout village payouts)" "$(listed "select p.id from payout.payout p join payout.batch b on b.id = p.batch where b.area_code = '$ward' order by batch, line")" \
	"a ward's auditor sees the payouts of that ward"
is "$(rows batch village batches)" "$(listed "select id from payout.batch where area_code = '$ward'")" "and its batches"
is "$(refused village transactions)" "65 narrow_mandate" "and asks for transactions by what is the ward's"
mine=$(sql "select min(p.id) from payout.payout p join payout.batch b on b.id = p.batch where b.area_code = '$ward'")
is "$(rows kind village transactions --payout "$mine")" "batch.approved batch.released payout.settled" "of which it sees the ward's own"
is "$(rows key village transactions --entry "$entry")" "" "another ward's are not there"
is "$(refused village transactions --payout "$id")" "77 no_mandate" "nor by the payout"
is "$(refused village lines) $(refused village breaks) $(refused whole acts)" "77 no_mandate 77 no_mandate 77 no_mandate" "what is wider than the mandate is not shown"

# ---- samples --------------------------------------------------------------------------------------------------------------------------

is "$(refused all transactions --sample 5)" "65 nothing_sealed" "a sample is drawn from what a checkpoint covers"
# seal SIZE: a checkpoint that says so; nobody here asks what is signed
seal()
{
	sql "insert into books.tree_head (nodes, size, root) values (decode(repeat('00', 32 * bit_count($1::bigint::bit(64))::integer), 'hex'), $1, sha256(''));
		insert into books.checkpoint (note, size) values ('note', $1)"
}
sealed=$((-3 + size))
seal "$sealed"
# recomputed METHOD SEED N: as sql/auditors.md says it, over the settled payouts
# shellcheck disable=SC2016
sed -n '/^```python/,/^```$/p' sql/auditors.md | sed '/^```/d' >"$scratch/sample.py"
recomputed()
{
	sql "select t.seq || ' ' || p.amount from books.txn t join books.posting p on p.seq = t.seq and p.amount > 0 where t.kind = 'payout.settled' and t.seq < $sealed order by 1" |
		sort -n | /usr/bin/python3 -c '
import sys
exec(open(sys.argv[1]).read())
rows = [tuple(map(int, line.split())) for line in sys.stdin]
print(*(by_hash(sys.argv[3], [s for s, _ in rows], int(sys.argv[4])) if sys.argv[2] == "by_hash" else by_amount(sys.argv[3], rows, int(sys.argv[4]))))' \
		"$scratch/sample.py" "$@"
}
for seed in 7 xuc-xac-3-5-1; do
	is "$(rows seq all transactions --kind payout.settled --sample 9 --seed $seed)" "$(recomputed by_hash $seed 9)" "a sample by hash can be drawn without us: seed $seed"
	is "$(rows seq all transactions --kind payout.settled --sample 9 --by-amount --seed $seed)" "$(recomputed by_amount $seed 9)" "and one by amount: seed $seed"
done
is "$(rows seq all transactions --kind payout.settled --sample 1000 --seed 7 | wc -w)" "$(sql "select count(*) from books.txn where kind = 'payout.settled' and seq < $sealed")" \
	"a sample larger than all is all"
drawn=$(rows seq all transactions --sample 6)
seed=$(field sample.seed)
is "$(field size)" "$sealed" "without a seed one is made and said, with the size"
more=$((sealed + 2))
seal "$more"
is "$(rows seq all transactions --sample 6 --seed "$seed" --as-of "$sealed")" "$drawn" "the same seed and size draw the same, whatever was sealed since"
is "$(refused all transactions --sample 6 --as-of "$size")" "65 as_of_size" "what no checkpoint covers is not drawn from"

# ---- saved ---------------------------------------------------------------------------------------------------------------------------------

ok "a question is kept" q all save paid transactions --kind payout.settled --limit 4
is "$(rows seq all run paid)" "$(rows seq all transactions --kind payout.settled --limit 4)" "and run again"
is "$(rows seq all run paid --limit 2)" "$(rows seq all transactions --kind payout.settled --limit 2)" "with other words behind it"
is "$(refused all save paid payouts)" "65 query_saved" "a name is used once"
is "$(refused all save wrong transactions --kind nothing)$(refused all save who payouts --person "$personal_id" --reason "hồ sơ 15")" 6464 "neither a wrong one nor a person is kept"
is "$(refused whole run paid)" "65 query_unknown" "it is its officer's own"
ok "it is dropped" q all drop paid
is "$(refused all drop paid)" "65 query_unknown" "once"

# ---- what is not a question ------------------------------------------------------------------------------------------------------------------

for words in "accounts" "transactions --kind nothing" "transactions --amount 1.5" "transactions --amount 9..3" "transactions --effective 2024-13-01" \
	"transactions --effective 2024-04-05..2024-04-03" "transactions --recorded yesterday" "transactions --as-of soon" "transactions --limit 0" \
	"transactions --limit 10001" "transactions --sample 1001" "transactions --seed 5" "transactions --sample 3 --after 1_2_3_4_5" "postings" \
	"payouts --kind fee" "transactions --after x" "transactions --sample 3 --seed é" "transactions more"; do
	read -ra split <<<"$words"
	is "$(refused all "${split[@]}")" 64 "wrong use is said: $words"
	like "$(cat "$scratch/wrong")" "Sửa|Bỏ|Thêm" "with what to mend"
done
is "$(refused all transactions --as-of 999999)" "65 as_of_size" "the books are not larger than they are"
is "$(refused all postings --account assets:bank:nobody)" "65 ledger_account_unknown" "an account that is none"
is "$(refused all transactions --payout 4ZZZZZZZZZZZZZZZZZZ)" "65 payout_unknown" "a payout that is none"

# ---- the page for auditors -------------------------------------------------------------------------------------------------------------------

# Its SQL as the role itself, which sees no table.
# shellcheck disable=SC2016
sed -n '/^```sql/,/^```$/p' sql/auditors.md | sed '/^```/d' >"$scratch/page.sql"
is "$(grep -c ';' "$scratch/page.sql")" 9 "sql/auditors.md has its examples"
ok "and the auditor's role runs each" psql -XAtq -v ON_ERROR_STOP=1 -U chitra_auditor -o "$scratch/page.out" -f "$scratch/page.sql"
is "$(head -n 1 "$scratch/page.out")" 0 "the first of them says that the books balance"
fails "in its session nothing is written" psql -XAtq -v ON_ERROR_STOP=1 -U chitra_auditor -o "$scratch/page.out" -c "select nextval('bank.message_id_seq')"
like "$(psql -XAtq -U chitra_auditor -c "select txid_current()" -c "show transaction_read_only" -c "show statement_timeout" 2>&1 | paste -sd' ')" "on 5min" "which begins read-only, with a limit"

done_testing

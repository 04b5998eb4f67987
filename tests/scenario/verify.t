#!/usr/bin/env bash
# An auditor checks published books without trusting whoever published them: what she holds, what was done, and what she is told.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/lib/payroll.sh
. tests/scenario/lib/payroll.sh
# shellcheck disable=SC2154

payroll_place demo
ok "a payroll is paid, settled and sealed" payroll_to s_seal
database_start
pub=$scratch/pub

# quiet COMMAND...: what it says is no result
quiet()
{
	"$@" >"$scratch/out" 2>&1
}
# verify DIR OPTION...: what chitra-verify says, and its status last
verify()
{
	local status
	"$CHITRA_BIN/chitra-verify" --key "$scratch/key" "${@:2}" "$1" >"$scratch/said" 2>&1
	status=$?
	echo $status
}
# found DIR OPTION...: the codes that were found, sorted
found()
{
	verify "$@" >/dev/null
	sed -n 's/^finding \([a-z_]*\): .*/\1/p' "$scratch/said" | sort -u | paste -sd' '
}

by an ledger key >"$scratch/key"
ok "the books are published" quiet by an ledger publish "$pub"
size=$(sql 'select max(size) from books.checkpoint')
is "$(verify "$pub")" 0 "the verifier finds nothing in them" || sed 's/^/# /' "$scratch/said" >&2
like "$(cat "$scratch/said")" "leaves +$size of $size" "it has read every leaf"
like "$(cat "$scratch/said")" "cannot be excluded" "who holds nothing is told that a rewritten history cannot be excluded"
ok "published again, nothing changes" quiet by an ledger publish "$pub"
released=$(sql "select count(*) from books.txn where kind = 'batch.released'")
like "$(cat "$scratch/said")" "approvals +$released of $released released batches .*, and the signatures of two officers" \
	"each batch that was released has its lines and its officers' signatures"
like "$(cat "$scratch/said")" "evidence +4 statements and 1 cash lists, $(sql "select (select count(*) from bank.statement_line) + (select count(*) from recon.cash_line where paid)") lines: each is booked once" \
	"each line of a statement and of a paid list is booked once"
is "$({ grep -oE '"099[0-9]{9}"' "$input/truth.json" | tr -d '"' | sort -u | grep -rlFf - "$pub/statement" "$pub/cash"; LC_ALL=C grep -rlE '[^ -~]' "$pub/statement" "$pub/cash"; })" \
	"" "and of people they name nobody"
like "$(cat "$scratch/said")" "areas of mandates .* not checked" "what is not published is said not to be checked"

# ---- what others say of it ----------------------------------------------------------------------------------------------------

# by_openssl NOTE: its text and its signature apart, as openssl wants them
by_openssl()
{
	sed '/^$/Q' "$1" >"$scratch/note"
	/usr/bin/python3 - "$scratch" "$1" <<'P' && openssl pkeyutl -verify -pubin -keyform DER -inkey "$scratch/pk.der" -rawin -in "$scratch/note" -sigfile "$scratch/sig"
import base64, sys
scratch, note = sys.argv[1], open(sys.argv[2]).read()
signature = base64.b64decode(note.rstrip("\n").split("\n")[-1].split(" ")[2])[4:]
key = base64.b64decode(open(scratch + "/key").read().strip().split("+", 2)[2])[1:]
open(scratch + "/sig", "wb").write(signature)
open(scratch + "/pk.der", "wb").write(bytes.fromhex("302a300506032b6570032100") + key)
P
}
ok "openssl accepts the checkpoint's signature" quiet by_openssl "$pub/checkpoint"
ok "Go's x/mod accepts the checkpoint, and a thousand proofs of each kind made from the tiles" \
	quiet build/bin/oracle "$pub" "$(cat "$scratch/key")" 1000

# ---- exports -----------------------------------------------------------------------------------------------------------------------

# month FORMAT FILE: the month of the payroll
month()
{
	by an ledger export --format "$1" --period 2024-04 "$2"
}
# reads PROGRAM FILE: whether it takes the file and what the file asserts
reads()
{
	case $1 in
	hledger) hledger -f "$2" check -s ordereddates ;;
	ledger) ledger --file "$2" --strict --pedantic balance ;;
	*) bean-check "$2" ;;
	esac >"$scratch/out" 2>&1
}
# changed WHAT FROM TO: one dong of a posting or of an assertion, or of both legs of a payment, so that they still balance
changed()
{
	/usr/bin/python3 - "$@" <<'P'
import re, sys
what, text = sys.argv[1], open(sys.argv[2]).read()
amount = r"(?:  +[A-Za-z][^ \n]+ +)(-?\d+) VND\n" if what != "assertion" else r"(?: = |balance [^ ]+ +)(-?\d+) VND"
found = list(re.finditer(amount, text))
first = next(i for i, m in enumerate(found) if m.start() > text.index("payout.settled")) if what == "payment" else len(found) // 2
for m in reversed(found[first:first + (2 if what == "payment" else 1)]):
    n = int(m[1])
    text = text[:m.start(1)] + str(n + (1 if n > 0 else -1)) + text[m.end(1):]
open(sys.argv[3], "w").write(text)
P
}
for format in hledger beancount csv json; do
	ok "the month is exported as $format" quiet month $format "$scratch/month.$format"
	is "$(sed -n 's/^sha256 //p' "$scratch/month.$format.note")" "$(sha256sum <"$scratch/month.$format" | cut -d' ' -f1)" "its note has its hash"
	ok "openssl accepts the log's signature over it" quiet by_openssl "$scratch/month.$format.note"
	mv "$scratch/month.$format" "$scratch/before"
	month $format "$scratch/month.$format" >"$scratch/out" 2>&1
	ok "exported again, it is the same byte for byte" cmp "$scratch/before" "$scratch/month.$format"
done
for program in hledger ledger bean-check; do
	format=hledger && [ $program != bean-check ] || format=beancount
	ok "$program accepts the month" reads $program "$scratch/month.$format"
	for what in "a posting" "an assertion" "each leg of a payment"; do
		changed "${what##* }" "$scratch/month.$format" "$scratch/changed"
		fails "and not with one dong of $what changed" reads $program "$scratch/changed"
	done
done
is "$(/usr/bin/python3 -c '
import csv, json, sys
book = json.load(open(sys.argv[1]))
rows = [r for r in csv.DictReader(open(sys.argv[2])) if r["row"] == "posting"]
legs = [(str(e["leaf"]), p["account"], str(p["dong"])) for e in book["entries"] for p in e.get("postings", [])]
print(legs == [(r["leaf"], r["account"], r["dong"]) for r in rows], len(rows), sum(int(r["dong"]) for r in rows))
' "$scratch/month.json" "$scratch/month.csv")" "True $(sql "select count(*) from books.posting") 0" "JSON and CSV have every posting"
is "$(sed -n "s/^balance-by-bank,//p" "$scratch/month.csv" | sort)" \
	"$(sql "select s.day || ',,,,,,,,assets:bank:' || f.code || ',' || s.closing_dong from bank.statement s join org.funding_account f on f.id = s.funding_account" | sort)" \
	"after each statement's day the bank's account is asserted to hold what the bank said"
paid=$(sql "select p.end_to_end_id from payout.payout p join books.txn t on t.idem = 'p' || p.id || '.settled' order by p.id limit 1")
# export_found FILE [DIR]: what chitra-verify finds in an export
export_found()
{
	"$CHITRA_BIN/chitra-verify" --key "$scratch/key" export "$@" >"$scratch/said" 2>&1
	sed -n 's/^finding \([a-z_]*\): .*/\1/p' "$scratch/said" | sort -u | paste -sd' '
}
# edited FORMAT SED: the same in one that was changed
edited()
{
	cp "$scratch/month.$1.note" "$scratch/edited.note"
	sed "$2" "$scratch/month.$1" >"$scratch/edited"
	export_found "$scratch/edited" "$pub"
}
for format in hledger beancount csv json; do
	is "$(export_found "$scratch/month.$format" "$pub")" "" "chitra-verify finds each transaction of the $format file in the leaves, and no other"
	like "$(cat "$scratch/said")" "transactions $(sql "select count(*) from books.txn where legs > 0"), compared with the leaves" "all of them"
	is "$(edited $format "s/b1[.]v1[.]approved/b9.v1.approved/")" "export_changed export_differs" "and not one whose key was changed"
done
is "$(edited csv "/^posting.*$paid.*in-flight/d")" "export_balance export_changed export_differs" "a posting that is left out is missed"
like "$(cat "$scratch/said")" "export_differs: leaf $(sql "select seq from books.txn where convert_from(leaf, 'UTF8') like '%id $paid%entry %'"):" "by its leaf"
is "$(edited csv '0,/^opening/s/,0$/,5/')" "export_balance export_changed" "an account begins with what the leaves before the month come to"
is "$(edited csv '/^balance-by-bank/s/.$/&1/')" "export_balance export_changed" "and the bank said what its statement's leaf says"
is "$(edited csv 's/^size,,,,[0-9]*/&0/')" "export_changed export_head" "the head is the note's"
is "$(edited csv '/^root,/ { s/,,,,Z/,,,,Y/; t; s/,,,,./,,,,Z/ }')" "checkpoint_forged export_changed" "and its checkpoint is signed by the log"
is "$(edited json '2s/"dong"/"dong" /')" "export_changed export_malformed" "what is no export is none"
# What a program reads otherwise than it stands there is no export.
is "$(edited json '0,/payout.settled/s/,"postings":\[{"account":"\([^"]*\)","dong":\([-0-9]*\)},/,"\1":"\2","postings":[/')" \
	"export_balance export_changed export_differs" "a posting that is a word among others is none"
is "$(edited json '0,/payout.settled/{/payout.settled/s/$/],"entries":[/}')" "export_changed export_malformed" "a second list would stand for the first"
is "$(edited hledger '0,/payout.settled/!{0,/in-flight/s/\(in-flight:[^ ]*\) */\1 /}')" "export_changed export_malformed" \
	"an amount after one space is part of the name to hledger"
is "$(edited csv '0,/^posting/s/^posting/late/')" "export_changed export_malformed" "late is what says that it is"
is "$(edited csv '/^balance,2024-04-03/s/2024-04-03/2024-04-04/')" "export_changed export_malformed" "what an account held is said of the day behind which it stands"
is "$(edited csv '/^balance,2024-04-04/s/2024-04-04/2024-12-31/')" "export_changed export_malformed" "a day of the month"
is "$(edited beancount 's/^option "title".*/&\noption "inferred_tolerance_default" "VND:100000000"/')" "export_changed export_malformed" \
	"nobody tells beancount what is near enough"
is "$(edited beancount '0,/^  code:/s/code: ".*"/code: "assets:bank:other"/')" "export_changed export_malformed" "nor what another account is called"
is "$(export_found "$scratch/month.csv")" "" "without published books, file and note are asked"
like "$(cat "$scratch/said")" "their leaves were not asked" "and it says so"
cp "$scratch/month.csv" "$scratch/unproved" && is "$(export_found "$scratch/unproved" "$pub")" export_missing "a file without its note proves nothing"
sed 's/^period .*/period 2024-05/' "$scratch/month.csv.note" >"$scratch/unproved.note"
is "$(export_found "$scratch/unproved" "$pub")" export_unsigned "nor does a note that the log did not sign"
is "$(grep -oE '"099[0-9]{9}"' "$input/truth.json" | tr -d '"' | sort -u | grep -cFf - "$scratch"/month.{hledger,beancount,csv,json} | grep -vc ':0$')" 0 \
	"no personal ID is in any of them"
is "$(LC_ALL=C grep -lE '[^ -~]' "$scratch"/month.{hledger,beancount,csv,json})" "" "and nothing but ASCII, so no name"
by an ledger export --format csv --period 2024-05 "$scratch/none" >"$scratch/out" 2>&1
like "$(cat "$scratch/out")" export_empty "a month without transactions is refused"
sql "insert into ops.export (sha256, period, format, size) values (sha256('x'), '2024-04-01', 'csv', $size)" >/dev/null
answer_to_other()
{
	sql "select a.refused from ops.export_answer a join ops.export e on e.id = a.export where e.sha256 = sha256('x')"
}
other_answered()
{
	[ -n "$(answer_to_other)" ]
}
within 30 other_answered
like "$(answer_to_other)" export_differs "the log does not sign a file that its own books do not give"

# ---- a receipt ------------------------------------------------------------------------------------------------------------------

ok "a citizen's payout has a receipt, in a directory that need not be there" quiet by an ledger prove "$paid" "$scratch/slip"
like "$(cat "$scratch/out")" "chitra-verify receipt " "and it is said how to check it"
receipt()
{
	"$CHITRA_BIN/chitra-verify" --key "$scratch/key" receipt "$scratch/slip/$1.tlog-proof" >"$scratch/said" 2>&1
}
ok "which the verifier finds genuine" receipt "$paid"
like "$(cat "$scratch/said")" "payment +$paid" "and says whose it is"
for part in leaf tlog-proof; do
	cp "$scratch/slip/$paid.leaf" "$scratch/slip/copy.leaf"
	cp "$scratch/slip/$paid.tlog-proof" "$scratch/slip/copy.tlog-proof"
	case $part in
	leaf) sed -i 's/^amount /amount 1/' "$scratch/slip/copy.leaf" ;;
	*) sed -i 's/^index /index 1/' "$scratch/slip/copy.tlog-proof" ;;
	esac
	fails "not with its $part changed" receipt copy
done
fails "nor among others" "$CHITRA_BIN/chitra-verify" --key "$scratch/key" receipt "$scratch/slip/$paid.tlog-proof" "$scratch/slip/copy.tlog-proof"
ok "several are one question" "$CHITRA_BIN/chitra-verify" --key "$scratch/key" receipt "$scratch/slip/$paid.tlog-proof"{,}
by an ledger prove 0000000000000000000 "$scratch/slip" >"$scratch/out" 2>&1
like "$(cat "$scratch/out")" receipt_unknown "an id that was never paid has none"
released=$(sql "select idem from books.txn where kind = 'batch.released' order by seq limit 1")
ok "a transaction of any other kind has a proof" quiet by an ledger prove "$released" "$scratch/slip"
like "$(cat "$scratch/out")" "chitra-verify proof " "and it is said how to check that"
proof()
{
	"$CHITRA_BIN/chitra-verify" --key "$scratch/key" "$1" "$scratch/slip/$2.tlog-proof" >"$scratch/said" 2>&1
}
ok "which the verifier finds in the books" proof proof "$released"
like "$(cat "$scratch/said")" "batch.released.*in the books" "and says of what kind it is"
fails "and is no receipt" proof receipt "$released"
ok "what is a receipt is a proof as well" proof proof "$paid"
fails "a changed one is none" proof proof copy

# ---- what she holds ------------------------------------------------------------------------------------------------------------

mapfile -t sizes < <(find "$here/archive/checkpoint" -type f -printf '%f %p\n' | sort -n)
early=${sizes[$((${#sizes[@]} / 2))]#* }
is "$(verify "$pub" --checkpoint "$early")" 0 "it continues the checkpoint that she holds"
unlike "$(cat "$scratch/said")" "cannot be excluded" "and then nothing is left open"
early_size=$(basename "$early")

# ---- attacks -------------------------------------------------------------------------------------------------------------------

process_stop chitrad
# attack NAME STATEMENTS: the superuser in a copy of the database, round every trigger; then what that database publishes. Where the program refuses,
# he has another one, which asks nothing.
attack()
{
	PGOPTIONS=-cclient_min_messages=warning psql -XAtq -c "drop database if exists attacked" -c "create database attacked template \"$PGDATABASE\"" &&
		PGDATABASE=attacked psql -XAtq -v ON_ERROR_STOP=1 -c "set session_replication_role = replica; $2" >/dev/null &&
		rm -rf "${scratch:?}/$1" && sed "s/dbname=[^ ]*/dbname=attacked/" "$CHITRA_CONFIG" >"$scratch/attacked.conf" &&
		{ CHITRA_CONFIG=$scratch/attacked.conf by an ledger publish "$scratch/$1" >"$scratch/out" 2>&1 || blindly "$1"; }
}
blindly()
{
	rm -rf "${scratch:?}/$1" && cp -r "$pub" "$scratch/$1" &&
		PGDATABASE=attacked psql -XAtq -c "select encode(leaf, 'hex') from books.txn order by seq" | tests/lib/publish-blindly "$scratch/$1"
}
# not_exported: which refusal the attacked database's month ends with
not_exported()
{
	CHITRA_CONFIG=$scratch/attacked.conf by an ledger export --format csv --period 2024-04 "$scratch/attacked.csv" 2>&1 |
		grep -oE 'export_[a-z]+' | head -1
	[ ! -e "$scratch/attacked.csv" ] || echo written
}
a_posting="p.seq = (select min(seq) from books.txn where kind = 'payout.settled') and p.n = 1"

attack posting "update books.posting p set amount = amount + 1 where $a_posting"
is "$(found "$scratch/posting")" "row_differs" "a posting was changed and not its leaf: its row differs"
attack row "update books.txn set effective = effective - 31 where kind = 'funding'"
is "$(found "$scratch/row")" "row_differs" "a transaction's row was changed and not its leaf: its row differs"
is "$(not_exported)" export_differs "and the month that it was hidden from is not exported"
attack balance "update books.balance set balance = balance + 1000000 where account = (select min(account) from books.balance)"
is "$(found "$scratch/balance")" "balance_differs" "a balance was changed: it differs from the leaves"
attack day "update books.balance_day set moved = moved - 5 where day = (select min(day) from books.balance_day)"
is "$(found "$scratch/day")" "balance_differs" "a day's balance was changed: it differs from the leaves"
is "$(not_exported)" export_differs "and the month is not exported"
attack more "insert into books.posting select p.seq, 9, p.account, 1, p.balance_after from books.posting p where $a_posting"
is "$(found "$scratch/more")" "row_more" "a posting was added: no leaf has it"
# The tables that are published may be written by anybody.
# sheet NAME FILE COMMAND...: a copy whose table goes through a command
sheet()
{
	local file
	file=$(cd "$pub" && echo rows/"$2"*.csv)
	cp -r "$pub" "$scratch/$1" && "${@:3}" <"$pub/$file" >"$scratch/$1/$file"
}
# shellcheck disable=SC2016
sheet twice balance. awk 'NR == 2 { print first } NR != 2 { print } NR == 1 { first = $0 }'
is "$(found "$scratch/twice")" "row_more" "a balance that stands for another is there twice"
sheet behind txn sed '$ a \\n9,x,fee,2024-04-03,x,f,,2,x'
is "$(found "$scratch/behind")" "row_more" "rows behind an empty line are read"
sheet ahead posting bash -c "cat; printf '$size,1,x,1,1\n9'"
is "$(verify "$scratch/ahead")" 0 "rows of later leaves, which a run that is cut leaves, are none of this checkpoint's"
sheet garbage balance_day. sed "$ a x,$(head -c 5000 /dev/zero | tr '\0' y),1"
is "$(found "$scratch/garbage")" "balance_differs" "a balance of no day is none of the leaves'"
edited="replace(convert_from(leaf, 'UTF8'), 'amount ', 'amount 1')"
attack leaf "update books.txn set leaf = convert_to($edited, 'UTF8'), leaf_hash = sha256('\\x00'::bytea || convert_to($edited, 'UTF8'))
	where seq = (select min(seq) from books.txn where kind = 'payout.settled')"
is "$(found "$scratch/leaf")" "line_differs postings_wrong root_differs" \
	"a leaf was changed and not its postings: it does not post like this, is not what was approved, and the root differs"
seq=$(sql "select min(seq) from books.txn where kind = 'payout.settled'")
like "$(cat "$scratch/said")" "first leaf that does not fit is $seq" "and the leaf is named"
is "$(not_exported)" export_differs "and the month is not exported"
attack swapped "update books.txn t set leaf = o.leaf, leaf_hash = o.leaf_hash from books.txn o
	where t.seq in ($seq, $seq + 1) and o.seq = 2 * $seq + 1 - t.seq"
like " $(found "$scratch/swapped") " " leaf_place .*root_differs" "two leaves were swapped: they are not in their places, and the root differs"
attack deleted "delete from books.txn where seq = $seq"
like " $(found "$scratch/deleted") " " leaves_missing " "a row was deleted: leaves are missing"
attack emptied "truncate books.txn cascade"
like " $(found "$scratch/emptied") " " leaves_missing " "the table was emptied: leaves are missing"
attack yesterday "delete from books.checkpoint where size > $early_size; delete from books.tree_head where size > $early_size;
	delete from books.txn where seq >= $early_size; delete from books.posting where seq >= $early_size"
is "$(found "$scratch/yesterday" --checkpoint "$pub/checkpoint" | grep -o history_shorter)" history_shorter \
	"yesterday's backup: who holds today's checkpoint is told that the history is shorter"

cp -r "$pub" "$scratch/held"
rm -rf "$scratch/yesterday"
is "$(sed "s/dbname=[^ ]*/dbname=attacked/" "$CHITRA_CONFIG" >"$scratch/attacked.conf"
	CHITRA_CONFIG=$scratch/attacked.conf by an ledger publish "$scratch/held" 2>&1 | grep -o publish_differs)" publish_differs \
	"and it is not published over what was published today"

# ---- whoever has the log's key too -----------------------------------------------------------------------------------------------

cp -r "$pub" "$scratch/forged"
cp -r "$pub" "$scratch/stranger"
tests/lib/forge-log "$scratch/stranger" "$keys/blind"
is "$(found "$scratch/stranger")" checkpoint_unsigned "a checkpoint by another key is none of the log's"
sed -i "s/^\(— [^ ]* .\{20\}\)./\1A/" "$scratch/forged/checkpoint"
like "$(found "$scratch/forged")" "checkpoint_forged|checkpoint_unsigned" "a checkpoint whose signature was touched is forged"

# rewritten NAME PATTERN TEXT: a whole other history: every leaf with the pattern replaced, and the tree signed anew
rewritten()
{
	cp -r "$pub" "$scratch/$1" && rm -r "$scratch/$1/rows" && tests/lib/forge-log "$scratch/$1" "$keys/log" "$2" "$3"
}
rewritten unsigned '(kind approval(?:\n.*)*?\nbundle )[0-9a-f]{64}' "\\g<1>$(printf '0%.0s' {1..64})"
is "$(found "$scratch/unsigned")" "approval_unbooked approvals_few batch_unsigned" "a batch whose approval is of another bundle is one that nobody signed"
rewritten alone '\nofficer (.*)\nofficer .*\n' '\nofficer \1\nofficer \1\n'
like " $(found "$scratch/alone") " " leaf_malformed " "one officer who acted as two did not act"
day=$(sql "select effective from books.txn where kind = 'payout.settled' limit 1")
rewritten unstated "(kind payout.settled\\n.*\\neffective )$day" "\\g<1>2024-04-29"
like " $(found "$scratch/unstated") " " settled_unstated " "a payout that is settled on a day without a statement is found"
rewritten rewritten '\nactor duty:teller\n' '\nactor duty:tellex\n'
is "$(verify "$scratch/rewritten")" 0 "a history rewritten with the log's key fits in itself"
like "$(cat "$scratch/said")" "cannot be excluded" "which is what who holds nothing was told"
is "$(found "$scratch/rewritten" --checkpoint "$pub/checkpoint")" history_rewritten "who holds a checkpoint of the same size sees that it was rewritten"
is "$(found "$scratch/rewritten" --checkpoint "$early")" history_rewritten "so does who holds an earlier one"
printf 'log %s\nwitness audit %s\nquorum audit\n' "$(cat "$scratch/key")" \
	"witness.example.vn/stateaudit+24700b99+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU" >"$scratch/policy"
"$CHITRA_BIN/chitra-verify" --policy "$scratch/policy" "$scratch/rewritten" >"$scratch/said"
like "$(cat "$scratch/said")" "finding quorum_missing" "who asks for the witness misses its signature"

# ---- who approved what was paid ------------------------------------------------------------------------------------------------------

batch=$(sql "select b.batch || '.v1' from (select batch from payout.payout where end_to_end_id = '$paid') b")
key2=$keys/blind # a key that no admin knows
# manifest NAME COMMAND...: a copy in which that batch's manifest goes through a command
manifest()
{
	rm -rf "${scratch:?}/$1" && cp -r "$pub" "$scratch/$1" && "${@:2}" <"$pub/manifest/$batch" >"$scratch/$1/manifest/$batch"
}
forge()
{
	tests/lib/forge-manifest "$1" "$scratch/$2" "$batch" "${@:3}"
}
stranger="0,/^account/s/^account .*/account $(printf '0%.0s' {1..64})/"

manifest line sed "$stranger"
is "$(found "$scratch/line")" "line_differs manifest_differs" "a line that pays another account is not what was approved, nor what was paid"
manifest amount sed '0,/^amount/s/^amount /amount 1/'
forge fit amount
is "$(found "$scratch/amount")" "line_differs manifest_differs" "nor is one of another amount, with the batch's sum and root computed again"
manifest refit sed "$stranger"
forge fit refit
is "$(found "$scratch/refit")" "line_differs manifest_differs" "nor is one whose batch has the root of its lines"
manifest fitted sed "$stranger"
forge fit fitted "$pub/manifest/$batch"
tests/lib/forge-log "$scratch/fitted" "$keys/log"
rm -r "$scratch/fitted/rows"
is "$(found "$scratch/fitted")" "approvals_few batch_not_in_bundle" "whoever writes the leaves anew as well lacks the officers: what they signed does not hold the batch"
manifest otherkey cat
forge sign otherkey "$key2"
is "$(found "$scratch/otherkey")" "approval_forged approvals_few" "a signature of another key than the certificate's is forged"
# usurped NAME [N [OFFICER]]...: signed by one who has the log's key too, so the leaves say what she likes
usurped()
{
	manifest "$1" cat
	while read -r n officer; do
		# shellcheck disable=SC2086
		forge usurp "$1" "$key2" $n $officer >"$scratch/usurper"
	done
	tests/lib/forge-log "$scratch/$1" "$keys/log"
	rm -r "$scratch/$1/rows"
}
usurped usurped <<<"1"
is "$(found "$scratch/usurped")" "approvals_few certificate_unsigned" "a certificate that no admin signed makes nobody an officer, whatever the leaves say"
believes_her=(--admin-threshold 1 --admins "$scratch/admins")
{ cat "$scratch/usurper" && sql "select convert_from(leaf, 'UTF8') from books.txn where seq = 0" | sed -n 's/^key admin \(.*\)/\1 admin/p'; } >"$scratch/admins"
is "$(verify "$scratch/usurped" "${believes_her[@]}")" 0 "but for an auditor who believes her"
usurped one_key <<<"1"$'\n'"2"
is "$(found "$scratch/one_key" "${believes_her[@]}")" approvals_few "checker and approver with one key are one person, whatever their names"
usurped one_name <<<"2 $(sql "select convert_from(leaf, 'UTF8') from books.txn where kind = 'approval' order by seq limit 1" | sed -n 's/^officer //p')"
is "$(found "$scratch/one_name" "${believes_her[@]}")" "approvals_few posted_twice" "one officer with two keys is one person"
manifest uncertified cat
forge uncertify uncertified
is "$(found "$scratch/uncertified")" "approvals_few certificate_unsigned" "nor does one that a single admin signed"
is "$(verify "$scratch/uncertified" --admin-threshold 1)" 0 "but for an auditor to whom one is enough"
printf '%s one\n%s two\n' "$(printf '1%.0s' {1..64})" "$(printf '2%.0s' {1..64})" >"$scratch/strangers"
is "$(found "$pub" --admins "$scratch/strangers")" "approvals_few certificate_unsigned" "who holds the keys of other admins believes no certificate of these"
manifest alone2 awk '/^chitra-bundle/ { n++ } n < 2'
is "$(found "$scratch/alone2")" approvals_few "one officer's approval is not enough"
# shellcheck disable=SC2016
manifest twice2 awk '/^chitra-bundle/ { n++ } n == 1 { kept = kept $0 "\n" } n < 2 { print } END { printf "%s", kept }'
is "$(found "$scratch/twice2")" approvals_few "nor is it when it is there twice"
manifest maker sed 's/^made-by .*/made-by minh/'
is "$(found "$scratch/maker")" maker_acted "who made a batch does not approve it"
manifest letgo sed 's/^released-by an$/released-by lan/'
is "$(found "$scratch/letgo")" "maker_acted manifest_differs" "nor release it, and those who released it are those of the leaf"
manifest others sed 's/^agency .*/agency another/'
is "$(found "$scratch/others")" "approvals_few manifest_differs" "a batch of another agency is not the one that was approved"
manifest cut head -c 3000
like " $(found "$scratch/cut") " " manifest_malformed " "a manifest that is cut is none"
cp -r "$pub" "$scratch/lost" && rm "$scratch/lost/manifest/$batch"
is "$(found "$scratch/lost")" "manifest_missing payout_unlisted" "a manifest that is missing is named, and so are the payouts that nobody else lists"
like "$(cat "$scratch/said")" "manifest/$batch" "by its name"
cp -r "$pub" "$scratch/none" && rm -r "$scratch/none/manifest"
is "$(verify "$scratch/none")" 0 "without any manifest"
like "$(cat "$scratch/said")" "no manifests published: who approved which payout was not checked" "the verifier says what it did not check"
rewritten unlisted "(id )$paid" "\\g<1>0123456789ABCDEFGHJ"
is "$(found "$scratch/unlisted")" "line_missing line_unbooked payout_unlisted" "a payout that was settled and stands in no batch is found, and stands on no statement"
manifest again cat
cp "$pub/manifest/$batch" "$scratch/again/manifest/$(sql "select max(batch) || '.v1' from payout.payout")"
like " $(found "$scratch/again") " " line_twice .*manifest_differs " "a payout that stands in two batches is found"

mv "$here/archive/manifest/$batch" "$scratch/kept"
by an ledger publish "$scratch/lacking" >"$scratch/out" 2>&1
like "$(cat "$scratch/out")" "lacks manifest/$batch" "a manifest that the archive lacks is named when it is published"
ok "what was published of old stays" quiet by an ledger publish "$pub"
sed "$stranger" "$scratch/kept" >"$here/archive/manifest/$batch"
fails "another manifest is not published over it" quiet by an ledger publish "$pub"
like "$(cat "$scratch/out")" publish_differs "and it is said why"

done_testing

#!/usr/bin/env bash
# One payout's evidence as one archive: what is in it, who may have it, and what an auditor is told when a byte of it is another. And the slip
# for the citizen who was paid: what is on it, and that its code is a receipt.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/lib/payroll.sh
. tests/scenario/lib/payroll.sh
# shellcheck disable=SC2154

officers+=$'\nkim auditor Lý Thị Kim'
payroll_place demo
ok "a payroll is paid, settled and sealed" payroll_to s_seal
database_start

# quiet COMMAND...: what it says is no result
quiet()
{
	"$@" >"$scratch/out" 2>&1
}
# bundle LOGIN ID FILE OPTION...
bundle()
{
	quiet by "$1" ledger bundle --reason "đơn số 12 của thanh tra" "${@:4}" "$2" "$3"
}
# verify FILE OPTION...: what chitra-verify says is in $scratch/said
verify()
{
	"$CHITRA_BIN/chitra-verify" --key "$scratch/key" "${@:2}" bundle "$1" >"$scratch/said" 2>&1
}
# altered WORD...: the codes that are found in the first archive altered so (lib/dossier_altered), sorted
altered()
{
	tests/scenario/lib/dossier_altered "$scratch/a.tar" "$scratch/x.tar" "$@" || return
	verify "$scratch/x.tar"
	sed -n 's/^finding \([a-z_]*\): .*/\1/p' "$scratch/said" | sort -u | paste -sd' '
}
said()
{
	cat "$scratch/said"
}
opened()
{
	sql "select string_agg(o.login || ' ' || l.what || ' ' || l.reason, '; ' order by l.id) from auth.access_log l
		join auth.officer o on o.id = l.officer where l.what like 'ledger.%'"
}

# A payout at the bank; the next one of its batch; one of another agency, of which other officers' signatures are; in cash; and come back.
paid_by()
{
	sql "select p.end_to_end_id from payout.payout p join payout.payout_state s on s.payout = p.id join payout.batch b on b.id = p.batch
		join org.channel c on c.id = b.channel where c.kind = '$1' and s.state = $2 order by $3 limit 1 offset ${4:-0}"
}
a=$(paid_by bank 7 p.id) b=$(paid_by bank 7 p.id 1) far=$(paid_by bank 7 'p.id desc') cash=$(paid_by cash 7 p.id) back=$(paid_by bank 10 p.id)
by an ledger key >"$scratch/key"

# ---- whole ------------------------------------------------------------------------------------------------------------------------

fails "who does not audit gets none" bundle lan "$a" "$scratch/a.tar"
like "$(cat "$scratch/out")" "no_mandate" "for want of a mandate"
is "$(opened)" "" "and nothing was opened"
ok "an auditor gets the evidence of a payout" bundle kim "$a" "$scratch/a.tar" || cat "$scratch/out" >&2
is "$(opened)" "kim ledger.bundle đơn số 12 của thanh tra" "which is written down with its reason"
ok "the verifier finds it whole" verify "$scratch/a.tar" || said >&2
like "$(said)" "approved +line [0-9]+ of batch .* by minh \(checker\) hoa \(approver\)" "and says who approved it"
like "$(said)" "sent +leaf [0-9]+, to " "that it was sent"
like "$(said)" "booked +leaf [0-9]+: payout.settled on 2024-04-03" "that it was paid"
like "$(said)" "of which the payout.settled is; the hashes of its [0-9]+ pages give its root" "by which statement"
like "$(said)" "is sealed: not read" "what it could not read"
like "$(said)" "copies +rows.csv" "what is only a copy"
like "$(said)" "not asked +whether other leaves" "and what it did not ask"
ok "asked for again, it is there again" bundle kim "$a" "$scratch/again.tar"
ok "the same byte for byte" cmp "$scratch/a.tar" "$scratch/again.tar"
ok "tar reads it too" quiet tar -tf "$scratch/a.tar"
sql 'select end_to_end_id from payout.payout' | grep -v "$a" >"$scratch/others"
is "$(grep -caFf "$scratch/others" "$scratch/a.tar")" 0 "no other payout's id is in it"
is "$(grep -oE '"099[0-9]{9}"' "$input/truth.json" | tr -d '"' | sort -u | grep -caFf - "$scratch/a.tar")" 0 "and nobody's personal ID"
for one in "$b" "$far" "$cash" "$back"; do
	bundle kim "$one" "$scratch/$one.tar"
	ok "whole is also that of $(sql "select c.code || ', state ' || s.state from payout.payout p join payout.payout_state s on s.payout = p.id
		join payout.batch b on b.id = p.batch join org.channel c on c.id = b.channel where p.end_to_end_id = '$one'")" \
		verify "$scratch/$one.tar" || said >&2
done
like "$(said)" "booked +leaf [0-9]+: payout.returned" "what came back is said to have come back"
ok "with the banks' messages opened" bundle kim "$a" "$scratch/open.tar" --open-messages
like "$(opened)" "ledger.bundle.messages đơn" "which is written down as that"
ok "it is whole" verify "$scratch/open.tar" || said >&2
like "$(said)" "[0-9]+.raw names the payout; leaf [0-9]+ \(statement.file\) binds it" "and the statement's page is bound by its leaf"
like "$(said)" "[0-9]+.raw names the payout; a copy: no leaf binds it" "a callback is a copy"
bundle kim 0000000000000000000 "$scratch/none.tar"
like "$(cat "$scratch/out")" payout_unknown "an id that nobody has is refused"

# The person is looked after by another agency too, which kim audits.
reach()
{
	sql "set session_replication_role = replica; update auth.mandate set agency = '$1' where officer = (select id from auth.officer where login = 'kim')"
}
payer=$(sql "select g.code from payout.payout p join payout.batch b on b.id = p.batch join org.agency g on g.id = b.agency where p.end_to_end_id = '$a'")
sql "set session_replication_role = replica; insert into payout.claim overriding system value
	select (jsonb_populate_record(c, jsonb_build_object('id', 9999999, 'programme', x.programme, 'agency', x.agency))).* from payout.payout p
	join payout.claim c on c.id = p.claim join org.programme_agency x on x.agency <> c.agency where p.end_to_end_id = '$a' limit 1"
reach "$(sql "select g.code from payout.claim c join org.agency g on g.id = c.agency where c.id = 9999999")"
fails "who audits another agency gets none" bundle kim "$a" "$scratch/other.tar"
like "$(cat "$scratch/out")" "no_mandate" "for want of a mandate there"
reach "$payer"
ok "who audits that agency does" bundle kim "$a" "$scratch/other.tar"
ok "the same byte for byte" cmp "$scratch/a.tar" "$scratch/other.tar"
reach '*'
sql "set session_replication_role = replica; delete from payout.claim where id = 9999999"

# ---- altered ------------------------------------------------------------------------------------------------------------------------

# Whoever alters a file and not the manifest.
unseen=
for file in $(tar -tf "$scratch/a.tar" | grep -v '^manifest$'); do
	[[ " $(altered flip "$file") " == *" file_changed "* ]] || unseen+=" $file"
done
is "$unseen" "" "one byte of any file changed is found"
# Whoever writes the manifest anew too: what is proved stays proved.
unseen=
for file in $(tar -tf "$scratch/a.tar" | grep -v '^manifest$'); do
	[ -n "$(altered flip "$file" anew)" ] || unseen+=" ${file//[0-9]/}"
done
is "$unseen" " message/.key message/.sealed message/.key message/.sealed readme.txt rows.csv" \
	"and with the manifest written anew of any file that proves something; the others are called copies or sealed"

while IFS='|' read -r title words codes; do
	# shellcheck disable=SC2086
	is "$(altered $words)" "$codes" "$title"
done <<T
the line of another payout|take batch/manifest $scratch/$b.tar take batch/place $scratch/$b.tar anew|line_not_sent line_other
the leaf that another payout was paid by|take-leaf payout.settled $scratch/$b.tar anew|leaf_other posting_differs
the sending of another payout|take-leaf dispatch.sent $scratch/$far.tar anew|posting_differs
the approvals of another batch|take-approvals $scratch/$far.tar anew|approval_unbooked approvals_few leaf_other
the place of another line|take batch/place $scratch/$b.tar anew|place_wrong
another payout's name on it|replace manifest $a $b|leaf_other line_other
a posting of another amount|replace postings.csv ,1, ,2, anew|posting_differs
no line|without batch/manifest anew|line_missing
no place|without batch/place anew|place_wrong
no checkpoint|without checkpoint anew|checkpoint_forged
a checkpoint of another origin|replace checkpoint phan-thiet phan-thiex anew|checkpoint_unsigned
no proof of a leaf|without .tlog-proof anew|admins_unknown approvals_few leaf_unproved
no approval|without-leaf approval anew|approval_unbooked approvals_few
nobody approved the batch|without-leaf batch.approved anew|batch_unapproved place_wrong posting_differs
nobody released it|without-leaf batch.released anew|batch_unreleased manifest_differs posting_differs
other pages|flip .pages anew|pages_wrong
a file that the manifest has not|add zz|file_unlisted
a file that the archive has not|without rows.csv|file_missing
a name that leads outside|add zz/../../x|archive_malformed
a name without a part|add zz//x|archive_malformed
a name from the root|add /etc/passwd|archive_malformed
a link|link|archive_malformed
a file twice|twice|archive_malformed
T
for size in 0 511 1536 40000 -1 -1024; do
	head -c "$size" "$scratch/a.tar" >"$scratch/x.tar"
	verify "$scratch/x.tar"
	like "$(said)" "finding archive_malformed" "cut to $size bytes it is none"
done
/usr/bin/python3 - "$scratch" <<'P'
import sys
data = bytearray(open(sys.argv[1] + "/a.tar", "rb").read())
for name, size in ("huge", b"77777777777"), ("minus", b"-0000000001"):
    data[124:135] = size
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    open(sys.argv[1] + "/" + name, "wb").write(data)
P
for size in huge minus; do
	verify "$scratch/$size"
	like "$(said)" "finding archive_malformed" "a file of $size size is none"
done

# Hashed as often as it is listed, it would take an hour.
tests/scenario/lib/dossier_altered "$scratch/a.tar" "$scratch/x.tar" long 4000000 anew listed zz 100000
verify=("$CHITRA_BIN/chitra-verify" --key "$scratch/key" bundle "$scratch/x.tar")
like "$(timeout 60 "${verify[@]}")" "finding dossier_malformed: [0-9]+ more of these" "a file that the manifest names for ever does not keep the verifier busy"

# ---- a slip ---------------------------------------------------------------------------------------------------------------------------

# slip LOGIN ID: $scratch/slip.pdf, its words in slip.txt and what its code says in code.txt
slip()
{
	rm -f "$scratch"/slip*
	quiet by "$1" ledger slip --reason "người hưởng hỏi" "$2" "$scratch/slip.pdf" &&
		pdftotext -layout "$scratch/slip.pdf" "$scratch/slip.txt" &&
		pdftoppm -r 200 -png -singlefile "$scratch/slip.pdf" "$scratch/slip" &&
		zbarimg --quiet --raw "$scratch/slip.png" >"$scratch/code.txt"
}
receipt()
{
	"$CHITRA_BIN/chitra-verify" --key "$scratch/key" receipt "$1" >"$scratch/said" 2>&1
}
# of ID: name and amount, as people are told
of()
{
	sql "select r.name || ' ' || replace(to_char(p.amount_dong, 'FM999,999,999'), ',', '.') || ' đồng' from payout.payout p
		join payout.claim c on c.id = p.claim join register.person r on r.id = c.person where p.end_to_end_id = '$1'"
}
# told: the lines with name and amount of the page
told()
{
	grep -E 'Người hưởng|Số tiền  ' "$scratch/slip.txt" | sed -E 's/.*(Người hưởng|Số tiền) +//' | paste -sd' '
}
# found: what an officer is told of everybody of that name, whose ID is all that she has
found()
{
	local name number
	name=$(sql "select r.name from payout.payout p join payout.claim c on c.id = p.claim join register.person r on r.id = c.person
		where p.end_to_end_id = '$1'")
	for number in $(by minh people --period 2024-04 --csv | grep -F ",$name," | cut -d, -f1); do
		by thu explain "$number" --period 2024-04
	done
}
like "$(found "$a")" "đã chi, mã khoản chi $a\\)" "by the ID of the person it is said under which number she was paid"
fails "an operator prints no slip" slip son "$a"
like "$(cat "$scratch/out")" "no_mandate" "for want of a mandate"
ok "an officer of the register prints one" slip thu "$a" || cat "$scratch/out" >&2
like "$(opened)" "thu ledger.slip người hưởng hỏi" "which is written down with its reason"
cp "$scratch/slip.pdf" "$scratch/one.pdf"
cp "$scratch/code.txt" "$scratch/one.txt"
is "$(told)" "$(of "$a")" "it has the person's name and the amount"
like "$(cat "$scratch/slip.txt")" "Tài khoản ••••[0-9]{4} tại" "the account is masked"
like "$(cat "$scratch/slip.txt")" "THỬ NGHIỆM" "a sandbox's slip says that it is worth nothing"
ok "the verifier takes what its code says, without any other file" receipt "$scratch/one.txt" || said >&2
like "$(said)" "payment +$a" "and says which payment it is"
ok "printed again, it is there again" slip thu "$a"
ok "the same byte for byte" cmp "$scratch/one.pdf" "$scratch/slip.pdf"
unseen=
for at in 8 9 300 700 1000 1300; do
	/usr/bin/python3 - "$scratch" $at <<'P'
import sys
text, at = open(sys.argv[1] + "/one.txt").read(), int(sys.argv[2])
open(sys.argv[1] + "/x.txt", "w").write(text[:at] + ("1" if text[at] == "0" else "0") + text[at + 1:])
P
	! receipt "$scratch/x.txt" || unseen+=" $at"
done
is "$unseen" "" "one character of it changed is found, wherever"
for length in 7 8 20 500 1200 -2; do
	head -c "$length" "$scratch/one.txt" >"$scratch/x.txt"
	fails "cut to $length characters it is no receipt" receipt "$scratch/x.txt"
done
ok "who was paid in cash gets one" slip yen "$cash"
like "$(cat "$scratch/slip.txt")" "Tiền mặt, do" "which says so"
ok "its code is a receipt too" receipt "$scratch/code.txt"
sql "set session_replication_role = replica; update register.person set name = repeat('Nguyễn Phượng ', 15) where id = (select c.person from payout.payout p
	join payout.claim c on c.id = p.claim where p.end_to_end_id = '$a'); update register.payee_account set holder_name = repeat('NGUYEN PHUONG ', 14)
	where id = (select payee_account from payout.payout where end_to_end_id = '$a')"
ok "names of 200 letters have a slip" slip thu "$a"
ok "whose code is a receipt" receipt "$scratch/code.txt"
pdftotext -bbox "$scratch/slip.pdf" "$scratch/slip.bbox"
# y EDGE WORD: where that word is on the page
y()
{
	sed -n "s|.*$1=\"\([0-9]*\)\..*>$2</word>|\1|p" "$scratch/slip.bbox" | head -n 1
}
ok "and nothing is written over it" test "$(y yMax nơi)" -lt "$(y yMin Phiếu)"
fails "for what came back there is none" slip thu "$back"
like "$(cat "$scratch/out")" payout_not_paid "because it is not paid"
unlike "$(found "$back")" "mã khoản chi $back" "nor is its number said"

done_testing

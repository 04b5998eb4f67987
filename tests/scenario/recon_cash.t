#!/usr/bin/env bash
# The cash agent's list: signed, whole, and by two officers.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

command -v openssl >/dev/null || skip_all "openssl is missing"
# shellcheck disable=SC2119
fresh_database
clock_start
payroll 40 cash_every=10
mkdir -p "$scratch/run"
cat >"$scratch/chitra.conf" <<END
[chitra]
run_dir = $scratch/run
[evidence]
secret_key = $keys/evidence.key
[desk]
kek = $keys/kek
blind_key = $keys/blind
END

# Everything of the agent was handed over; the agent has a key, two officers the mandate.
sql "select count(*) from (select array_agg(s.payout) as ids from payout.payout_state s join payout.payout p on p.id = s.payout
	where p.payee_account is null) s, payout.move(s.ids, array_fill(1::smallint, array[cardinality(s.ids)]),
	array_fill(3::smallint, array[cardinality(s.ids)]), 1::smallint, array_fill(null::bigint, array[cardinality(s.ids)]),
	array_fill(null::integer, array[cardinality(s.ids)]), null)" >/dev/null
openssl genpkey -algorithm ed25519 -out "$scratch/agent.pem" 2>/dev/null
sql "update org.channel set agent_key = '\\x$(openssl pkey -in "$scratch/agent.pem" -pubout -outform DER | tail -c 32 | od -An -tx1 | tr -d ' \n')'
	where kind = 'cash'"
for login in minh hoa; do
	sql "insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) select o.id, c.id, 'cash', '*', '*', 1000000000
		from auth.officer o join auth.certificate c on c.officer = o.id where o.login = '$login'"
done
for login in lan minh hoa; do
	token=$(printf '%s' "$login" | sha256sum | cut -d' ' -f1)
	echo "$token" >"$scratch/$login"
	sql "insert into auth.session (token_hash, officer, expires_at)
		select sha256('\\x$token'), id, now() + interval '1 day' from auth.officer where login = '$login'"
done

# amount PERSON
amount()
{
	sql "select p.amount_dong from payout.payout p join payout.claim c on c.id = p.claim where c.person = $1"
}

# list FILE [PERSON OUTCOME AMOUNT]...: the agent's list, signed
list()
{
	local file=$scratch/$1
	shift
	echo "Số CCCD,Họ và tên,Số tiền,Kết quả,Ngày trả" >"$file"
	while [ $# -ge 3 ]; do
		printf '0990%08d,Nguyễn Thị %s,%s,%s,%s\n' "$1" "$1" "$3" "$2" "$([ "$2" = "đã trả" ] && echo "${paid_on:-02/04/2024}")" >>"$file"
		shift 3
	done
	openssl pkeyutl -sign -rawin -inkey "$scratch/agent.pem" -in "$file" -out "$file.sig"
}

# confirm LOGIN FILE: the exit status; its words are in $scratch/said
confirm()
{
	"$CHITRA_BIN/chitra" --config "$scratch/chitra.conf" --session "$scratch/$1" --json cash confirm "$scratch/$2" \
		--channel vnpost-cash >"$scratch/said" 2>&1
	echo $?
}

paid="đã trả" unpaid="chưa trả"
list good 10 "$paid" "$(amount 10)" 20 "$paid" "$(amount 20)" 30 "$unpaid" "$(amount 30)" 40 "$paid" "$(amount 40)"
list short 10 "$paid" "$(amount 10)" 20 "$paid" "$(amount 20)" 30 "$unpaid" "$(amount 30)"
list dear 10 "$paid" "$(($(amount 10) + 1))" 20 "$paid" "$(amount 20)" 30 "$unpaid" "$(amount 30)" 40 "$paid" "$(amount 40)"
list stranger 10 "$paid" "$(amount 10)" 20 "$paid" "$(amount 20)" 30 "$unpaid" "$(amount 30)" 40 "$paid" "$(amount 40)" 11 "$paid" 5000
paid_on=04/04/2024 list early 10 "$paid" "$(amount 10)" 20 "$unpaid" "$(amount 20)" 30 "$unpaid" "$(amount 30)" 40 "$unpaid" "$(amount 40)"
cp "$scratch/good" "$scratch/forged"
cp "$scratch/short.sig" "$scratch/forged.sig"

# ---- what is not taken ---------------------------------------------------------------------------------------------------------

is "$(confirm minh forged)" 65 "a list that the agent did not sign is refused"
like "$(cat "$scratch/said")" "cash_signature" "by that name"
is "$(confirm minh short)" 65 "so is one that lacks somebody"
like "$(cat "$scratch/said")" "cash_missing" "by that name"
is "$(confirm minh dear)" 65 "one with one đồng too many"
like "$(cat "$scratch/said")" "cash_amount.*row 2" "which names the row"
is "$(confirm minh stranger)" 65 "one with somebody whom nobody handed over"
like "$(cat "$scratch/said")" "cash_stranger.*row 6" "and the row"
is "$(confirm minh early)" 65 "one that says what happens tomorrow"
like "$(cat "$scratch/said")" "cash_day.*row 2.*2024-04-04" "with row and day"
is "$(confirm lan good)" 77 "who has no mandate cannot propose one"
is "$(sql "select count(*) from recon.cash_list")" 0 "nothing of that is kept as a list"

# ---- two officers ----------------------------------------------------------------------------------------------------------------

is "$(confirm minh good)" 0 "the first officer proposes"
like "$(cat "$scratch/said")" '"step":"proposed","paid":3' "and sees how many were paid"
is "$(sql "select count(*) from payout.payout_state where state in (7, 9)")" 0 "which moves nothing"
is "$(confirm minh good)" 0 "the same officer again"
like "$(cat "$scratch/said")" '"step":"waits"' "waits for another"
is "$(sql "select count(*) from payout.payout_state where state in (7, 9)")" 0 "and moves nothing either"
is "$(confirm hoa good)" 0 "the second confirms"
like "$(cat "$scratch/said")" '"step":"confirmed"' "and it is done"
is "$(sql "select string_agg(c.person || ' ' || t.name, ', ' order by c.person) from payout.payout p join payout.claim c on c.id = p.claim
	join payout.payout_state s on s.payout = p.id join payout.state t on t.code = s.state where p.payee_account is null")" \
	"10 settled, 20 settled, 30 not_paid, 40 settled" "who was paid is settled, who did not come is not paid"
is "$(sql "select -b.balance from books.balance b join books.ledger_account a on a.id = b.account where a.code = 'assets:agent:vnpost-cash'")" \
	"$(($(amount 10) + $(amount 20) + $(amount 40)))" "out of what the agent holds"
is "$(sql "select count(*) from books.txn where kind = 'payout.not_paid' and convert_from(leaf, 'UTF8') like '%reason uncollected%'")" 1 \
	"uncollected money stays owed, with its reason"
is "$(sql "select bool_and(convert_from(leaf, 'UTF8') ~ 'actor officer:hoa') from books.txn where kind = 'payout.settled'")" t "the receipt names who confirmed"
digest=$(sha256sum "$scratch/good")
is "$(sql "select string_agg(effective || ' ' || substring(convert_from(leaf, 'UTF8') from '\nentry ([^\n]*)'), ', ' order by seq) from books.txn where kind = 'payout.settled'")" \
	"2024-04-02 list:${digest:0:32}%20row:2, 2024-04-02 list:${digest:0:32}%20row:3, 2024-04-02 list:${digest:0:32}%20row:5" \
	"for the day on the list, and by the file, so that the same list is the same fact after a restore"
is "$(confirm minh good)" 0 "a confirmed list again"
like "$(cat "$scratch/said")" '"step":"known"' "is known"
is "$(sql "select count(*) from payout.payout_move where cause = 11")" 4 "and changes nothing"
is "$(sql "select position('099000000010' in encode(body, 'escape')) from bank.message where kind = 'agent_list'")" 0 \
	"the list is kept sealed"
done_testing

#!/usr/bin/env bash
# Two officers end an account, the database is lost, and the dump is older than that: the archive knows of it, and what was signed for that
# account does not leave after `chitra recover`.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh
# shellcheck source=tests/scenario/lib/decided.sh
. tests/scenario/lib/decided.sh

# shellcheck disable=SC2119
fresh_database
clock_start
mkdir -p "$keys/archive" "$scratch/run"
"$CHITRA_BIN/chitra" secret new "$keys/log" >/dev/null
public=$("$CHITRA_BIN/chitra" secret public signing "$keys/log")
echo "{\"genesis\":{\"origin\":\"ended.test/ledger\",\"log_key\":\"$public\",\"admin_keys\":[\"$public\"]}}" >"$scratch/genesis.json"
"$CHITRA_BIN/chitra" setup "$scratch/genesis.json" >/dev/null
payroll 6 cash_every=3
sql "alter table ops.instance disable trigger guard"
for login in lan minh; do
	sql "insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) select o.id, c.id, 'register', '*', '*', 1000000000
		from auth.officer o join auth.certificate c on c.officer = o.id where o.login = '$login'"
done
by_config=$scratch/desk.conf
printf '%s\n' '[chitra]' "run_dir = $scratch/run" '[archive]' "directory = $keys/archive" '[desk]' "kek = $keys/kek" "blind_key = $keys/blind" "id_key = $keys/id" '[teller]' "journal = $scratch/journal" >"$by_config"
printf '%s\n' '[chitra]' "run_dir = $scratch/run" '[archive]' "directory = $keys/archive" '[evidence]' "secret_key = $keys/evidence.key" '[scribe]' \
	"log_key = $keys/log" 'log_origin = ended.test/ledger' "blind_key = $keys/blind" >"$scratch/scribe.conf"
"$CHITRA_BIN/chitrad" --config "$scratch/scribe.conf" --duty scribe 2>"$scratch/scribe.log" &
scribe=$!
until_true 20 "select (select next_seq from books.counter) = (select h.size from books.tree_head h order by 1 desc limit 1)"
kill "$scribe"
wait "$scribe" 2>/dev/null
recover()
{
	"$CHITRA_BIN/chitra" --config "$by_config" recover "$@" 2>&1
}
restore()
{
	dropdb --maintenance-db=postgres --force "$PGDATABASE" && createdb --maintenance-db=postgres --template=template0 "$PGDATABASE" &&
		pg_restore --dbname="$PGDATABASE" --exit-on-error "$scratch/$1.dump"
}
# ended N REASON [OPTION...]: by two officers; prints what they were told
ended()
{
	local n=$1 reason=$2
	shift 2
	by lan account end "${account[n]}" --reason "$reason" "$@"
	by minh account confirm "$(sql 'select max(id) from register.account_word')"
}
mapfile -t account < <(sql "select payee_account from payout.payout where payee_account is not null order by id")
stands="select string_agg(stands::text, ' ' order by id) from register.account_now where id = any (array[$(IFS=,; echo "${account[*]:0:4}")])"
reasons='select count(*) filter (where cash_reason is not null), count(*) from payout.payout where payee_account is null'
sql "set session_replication_role = replica; update payout.payout set cash_reason = 'wish' where payee_account is null"
cash=$(sql "$reasons")

ended 3 'trước khi sao lưu' >"$scratch/before"
pg_dump -Fc --file="$scratch/old.dump"
is "$(ended 0 'đòi lại')" '0
0' 'after the dump two officers end an account'
is "$(ended 1 'từ tháng sau' --from 2024-05-01)" '0
0' 'and another one from May on'
is "$(ended 3 'lần nữa' | head -1)" '65 account_over' 'one was over before'
is "$(find "$keys/archive/ended" -type f | wc -l)" 3 'the archive has a file of each'
for file in "$keys/archive/ended"/*; do
	sed '$d' "$file" | decided "$scratch/again"
	ok 'which only the key of the desk gives' cmp "$scratch/again" "$file"
done
ok 'that names nobody' bash -c "! grep -rqiE 'nguy|đòi' '$keys/archive/ended'"
printf 'chitra-ended/v1\naccount %s\nat 1712106000000000\nfrom 2024-04-03\nofficer lan\nofficer trang\n' \
	"$(sql "select encode(hash, 'hex') from register.payee_account where id = ${account[2]}")" | decided "$keys/archive/ended/of-an-officer-who-is-younger"
printf 'chitra-ended/v1\naccount %064d\nat 1712106000000000\nfrom 2024-04-05\nofficer lan\nofficer minh\n' 7 | decided "$keys/archive/ended/of-an-account-that-is-younger"

ok 'the old dump is restored' restore old
is "$(sql "$stands")" 'true true true false' 'and knows nothing of the one'
# Somebody who may write into the archive, and is not the desk, ends an account that nobody ended.
some=$(find "$keys/archive/ended" -type f -name "$(sql "select encode(hash, 'hex') from register.payee_account where id = ${account[0]}").*")
forged=$keys/archive/ended/forged
other=$(sql "select encode(hash, 'hex') from register.payee_account where id = ${account[2]}")
for how in "s/^account .*/account $other/" 's/^from .*/from 2024-04-01/' 's/^officer lan/officer hoa/' '/^mac /d' 's/^mac .*/mac zz/' '$s/$/ /'; do
	sed "$how" "$some" >"$forged"
	like "$(recover)" "decision_forged: .*$forged" "what the desk did not write is refused by its name ($how)"
done
is "$(sql "select count(*) from ops.pause") $(sql "$stands")" '0 true true true false' 'and nothing begins'
rm "$forged"
sed 's/^id_key/#&/' "$by_config" >"$scratch/keyless.conf"
like "$(by_config=$scratch/keyless.conf recover)" 'decision_key: ' "without the desk's key nobody can tell"
like "$(by_config=$scratch/keyless.conf recover --json)" 'decision_key' 'nor in JSON'
out=$(recover --dry-run)
like "$out" 'kết thúc lại 2 tài khoản' 'recovery says what it would do'
is "$(sql "$stands")" 'true true true false' 'and does nothing yet'
out=$(recover)
is $? 0 'recovery ends them again'
like "$out" "CHƯA kết thúc lại: tài khoản số ${account[2]} \\(.* thiếu cán bộ" 'and names the one whose officer the dump does not have'
like "$out" "  tài khoản số ${account[1]} \\(từ ngày 01/05/2024, quyết định ngày .* của lan và minh\\)" 'and each that is ended again, with its days and officers'
like "$out" 'CHƯA kết thúc lại: một tài khoản mà bản sao lưu không có \(từ ngày 05/04/2024, quyết định ngày 03/04/2024 của lan và minh\).*sau khi nhập lại danh sách' \
	'and the end of an account that the dump does not have'
for what in 'chitra hold' 'danh sách đã nhập' 'chuyển nơi ở' 'thôi hưởng' 'gộp người, sửa thông tin' 'chitra finding' 'tiền đã thu lại' 'chitra account' 'ý muốn nhận tiền mặt'; do
	like "$out" "Không có trong kho lưu trữ.*thiếu chúng có thể chi sai.*$what.*--resume" "and what is in no archive: $what"
done
is "$(sql "$stands") $(sql "select string_agg(from_day::text, ' ' order by from_day) from register.account_word where document like 'phục hồi%'")" 'false true true false 2024-04-03 2024-05-01' 'each from its day'
is "$(sql "select string_agg(distinct a.login || ' ' || b.login, ',') from register.account_word w join auth.officer a on a.id = w.first_officer join auth.officer b on b.id = w.second_officer")" 'lan minh' 'by the two who decided it'
is "$(sql "select count(*) from pg_trigger where tgrelid = 'register.account_word'::regclass and tgenabled = 'D'")" 0 'the guards are awake again'
is "$(sql "$reasons")" "$cash" 'why somebody is paid in cash stands in the dump, which has every line that was signed'
is "$(recover --json | /usr/bin/python3 -c 'import json, sys; r = json.load(sys.stdin)
print(r["accounts_ended_again"], sorted((a.get("account", 0), a["from"], a["day"], *a["officers"]) for a in r["accounts_left"]))')" \
	"[] [(0, '2024-04-05', '2024-04-03', 'lan', 'minh'), (${account[2]}, '2024-04-03', '2024-04-03', 'lan', 'trang')]" 'a second run'
is "$(sql "select count(*) from register.account_word where document like 'phục hồi%'")" 2 'finds nothing more to do'

bank_start --reply-status ACCC
like "$(recover --resume)" 'cho chi tiền trở lại' 'money leaves again'
# shellcheck disable=SC2119
teller_start
ok 'the teller takes what it may' until_true 30 "select not exists (select from payout.payout_state s join payout.payout p on p.id = s.payout where p.payee_account is not null and s.state in (1, 3))"
is "$(bank_says book.csv | awk -F, '$4 == "paid"' | wc -l)" "$((${#account[@]} - 2))" 'everybody is paid but two'
is "$(sql "select string_agg(h.reason, ' ') from payout.hold h join payout.payout p on p.id = h.payout where p.payee_account in (${account[0]}, ${account[3]})")" 'account_ended account_ended' \
	'into whose accounts nothing goes any more'
teller_drain
printf 'chitra-ended/v1\naccount zz\n' | decided "$keys/archive/ended/bad"
like "$(recover --dry-run)" 'archive_damaged' 'a file in another form is told, not passed over'
done_testing

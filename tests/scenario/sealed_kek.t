#!/usr/bin/env bash
# The key that wraps all others: replaced while banks are paid and lists come in, killed on the way; and a holder that has the wrong one.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh
# shellcheck disable=SC2154,SC2034

# shellcheck disable=SC2119
fresh_database
clock_start
people=12000
payroll "$people" cash_every=1000
for key in kek-2 kek-wrong; do
	"$CHITRA_BIN/chitra" secret new "$keys/$key" || exit 1
done
for login in lan minh; do
	sql "insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) select o.id, c.id, m, '*', '*', 1000000000
		from auth.officer o join auth.certificate c on c.officer = o.id, unnest(array['register', 'operator']) m where o.login = '$login' and (m = 'register' or login = 'lan')"
done
by_config=$scratch/desk.conf
# desk KEK [OTHER]: the desk's configuration
desk()
{
	printf '%s\n' '[chitra]' "run_dir = $scratch/run" '[desk]' "kek = $keys/$1" ${2:+"kek_other = $keys/$2"} "blind_key = $keys/blind" "id_key = $keys/id" >"$by_config"
	mkdir -p "$scratch/run"
}
# kek_id FILE: as the database knows it, from another program
kek_id()
{
	/usr/bin/python3 -c "import hashlib, sys; k = open(sys.argv[1], 'rb').read(); k = k if len(k) == 32 else bytes.fromhex(k.decode())
print(hashlib.blake2b(b'chitra-kek-id', key=k, digest_size=16).hexdigest()[:8])" "$keys/$1"
}
old=$(kek_id kek) new=$(kek_id kek-2)
# wrapped ID: how many data keys and file keys it wrapped
wrapped()
{
	sql "select (select count(*) from register.person_key where substring(wrapped for 4) = '\\x$1') + (select count(*) from register.import_file where substring(row_key for 4) = '\\x$1')"
}
list=$scratch/list.csv
# list_of N: a list with one more person
list_of()
{
	printf '%s\n' 'STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Mức trợ cấp,Hình thức chi trả,Số tài khoản,Ngân hàng' \
		"1,Phạm Thị Già,1945,Nữ,$(printf '09914500%04d' "$1"),Người cao tuổi được nhận chăm sóc tại cộng đồng,750.000,Tiền mặt,," \
		"2,Sai Dòng,1945,Nữ,12,Người cao tuổi được nhận chăm sóc tại cộng đồng,750.000,Tiền mặt,," 'Tổng cộng,,,,,,1.500.000,,,' >"$list"
}
import()
{
	list_of "$1"
	by lan import "$list" --programme social --area 22945 --period 2024-04
}

# ---- whose key it is --------------------------------------------------------------------------------------------------------------

desk kek
is "$(import 1)" 0 'the first who seals makes his key the database'\''s'
is "$(sql "select n, encode(id, 'hex') from register.kek")" "1|$old" 'which knows it by an id that comes from the key'
is "$(wrapped "$old")" $((people + 2)) 'each wrapped key says by that id which key opens it'
desk kek-wrong
for command in "import $list --programme social --area 22945 --period 2024-04" 'finding list --period 2024-04' 'people --csv --period 2024-04' 'kek rotate'; do
	# shellcheck disable=SC2086
	is "$(by lan $command)" '65 kek_missing' "a desk with another key does nothing: ${command%% *}"
done
like "$(cat "$scratch/said")" "quản trị viên.*$old" 'and says which key it needs'
teller_start "" # the bank comes later
sed -i "s|^kek = .*|kek = $keys/kek-wrong|" "$scratch/chitra.conf"
teller_kill KILL
"$CHITRA_BIN/chitrad" --config "$scratch/chitra.conf" --duty teller 2>"$scratch/wrong.log"
is $? 78 'a teller with another key does not start'
like "$(cat "$scratch/wrong.log")" "not_started.*$old" 'and says which key it needs'
is "$(sql "select count(*) from register.account_answer")" 0 'no bank was blamed for it'
printf '%s\n' '[desk]' "listen = 127.0.0.1:0" "kek = $keys/kek-wrong" '[chitra]' "run_dir = $scratch/run" >"$scratch/desk-wrong.conf"
"$CHITRA_BIN/chitrad" --config "$scratch/desk-wrong.conf" --duty desk 2>"$scratch/wrong.log"
is "$? $(grep -c "not_started.*$old" "$scratch/wrong.log")" '78 1' 'nor does a desk'

# ---- the new one comes, the teller does not have it yet ----------------------------------------------------------------------------

desk kek kek-2
is "$(by minh kek rotate)" '77 no_mandate' 'only an operator brings in a key'
sql "insert into ops.pause (what, reason, by_officer) values ('bank:demo', 'test', 'minh')"
bank_start --reply-status ACCC
teller_start
until_true 10 "select count(*) > 0 from pg_stat_activity where usename = 'chitra_teller'"
# Killed with the second portion under way: it waits for a row that another one holds.
psql -XAtq -c "begin; select from register.person_key where person = 7000 for update; select pg_sleep(3)" >/dev/null &
holder=$!
sleep 0.3
by lan kek status >/dev/null
{ timeout -s KILL 2 "$CHITRA_BIN/chitra" --config "$by_config" --session "$scratch/token.lan" kek rotate >/dev/null; } 2>/dev/null
is $? 137 'a rotation is killed'
wait "$holder"
is "$(wrapped "$new")" 5000 'what it had committed is wrapped anew, and nothing else'
by lan --json kek status >/dev/null
is "$(grep -o '"needed_by":[0-9]*\|"done":[a-z]*' "$scratch/said" | paste -sd' ')" "\"needed_by\":$((people + 2 - 5000)) \"needed_by\":5000 \"done\":false" \
	'the status says how much still needs the old one, and that it is not done'
by lan kek status >/dev/null
like "$(cat "$scratch/said")" "$old.*CHƯA được bỏ" 'nor may it be taken away'
is "$(psql -XAtq -c 'update register.kek set retired_at = now() where n = 1' 2>&1 | grep -o 'no_mandate')" no_mandate 'nobody retires it by hand'
sql "insert into register.account_inquiry (account, bank) select id, 'demo' from register.payee_account where id in (1, 2, 9000)"
ok 'a question about an account whose key the teller can open is asked' until_true 10 "select count(*) = 1 from register.account_answer where message is not null"
sleep 2
is "$(sql "select count(*) from register.account_answer where status = 'unclear'")" 0 'one that only the new key opens waits: the bank is not blamed'
is "$(import 2) $(sql "select encode(substring(wrapped for 4), 'hex') from register.person_key order by person desc limit 1")" "0 $new" \
	'an import half way through a rotation seals with the new key'
sql 'delete from ops.pause'
sleep 2
is "$(bank_count paid) $(state_count held)" '0 0' 'a payment whose account only the new key opens is neither sent nor held: it waits for the key'
like "$(cat "$scratch/teller.log")" "kek_missing.*$new" 'and the teller says so'
teller_drain
teller_start "" ; teller_kill KILL
sed -i "s|^kek = .*|&\nkek_other = $keys/kek-2|" "$scratch/chitra.conf"
"$CHITRA_BIN/chitrad" --config "$scratch/chitra.conf" --duty teller 2>>"$scratch/teller.log" &
teller_pid=$!
by lan kek rotate >/dev/null & # beside the payments and an import
rotation=$!
import 3 >/dev/null
wait "$rotation"
is "$(wrapped "$old") $(wrapped "$new")" "0 $((people + 6))" 'begun again it goes on to the end, beside payments and an import'
ok 'everybody is paid meanwhile' all_are credited 60
is "$(bank_count paid) $(bank_twice)" "$((people - people / 1000)) 0" 'each once'
ok 'the questions that waited are answered' until_true 10 "select count(*) = 3 from register.account_answer where message is not null"
by lan --json kek rotate >/dev/null
like "$(cat "$scratch/said")" '"retired":true.*"done":true' 'then the old one has retired'

# ---- without the old one -----------------------------------------------------------------------------------------------------------

teller_drain
sed -i '/^kek_other = /d' "$scratch/chitra.conf"
"$CHITRA_BIN/chitrad" --config "$scratch/chitra.conf" --duty teller 2>"$scratch/wrong.log"
is "$? $(grep -c "not_started.*$new" "$scratch/wrong.log")" '78 1' 'a teller with the old one alone does not start'
sed -i "s|^kek = .*|kek = $keys/kek-2|" "$scratch/chitra.conf"
"$CHITRA_BIN/chitrad" --config "$scratch/chitra.conf" --duty teller 2>>"$scratch/teller.log" &
teller_pid=$!
sql "insert into register.account_inquiry (account, bank) select id, 'demo' from register.payee_account where id in (3, 9001)"
ok 'a teller that starts with the new one alone asks about everybody' until_true 10 "select count(*) = 5 from register.account_answer where message is not null and status <> 'unclear'" ||
	sql 'select status, count(*) from register.account_answer group by 1'
desk kek-2
is "$(by lan finding list --period 2024-04)" 0 'the desk opens everything with the new key alone'
is "$(import 4)" 0 'and imports'
desk kek kek-2
is "$(by lan finding list --period 2024-04)" 0 'who still has the old one beside it wraps with the new one'
is "$(psql -XAtq -c "insert into register.person (anchor, name, name_fold, birth_year, sex) values ('\\x0123456789abcdef0123456789abcdef', 'A', 'a', 1950, 'F');
	insert into register.person_key select max(id), '\\x$old' from register.person" 2>&1 | grep -o 'kek_retired')" kek_retired 'nothing is wrapped by a key that retired'
desk kek
is "$(by lan finding list --period 2024-04)" '65 kek_missing' 'the old one alone opens nothing any more'

done_testing

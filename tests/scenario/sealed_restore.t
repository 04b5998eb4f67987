#!/usr/bin/env bash
# Somebody is erased, the database is lost, and the dump is older than that: the archive knows of it, and `chitra recover` brings nobody back.
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
echo "{\"genesis\":{\"origin\":\"sealed.test/ledger\",\"log_key\":\"$public\",\"admin_keys\":[\"$public\"]}}" >"$scratch/genesis.json"
"$CHITRA_BIN/chitra" setup "$scratch/genesis.json" >/dev/null
payroll 5
sql "alter table ops.instance disable trigger guard"
for login in lan minh; do
	sql "insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) select o.id, c.id, 'register', '*', '*', 1000000000
		from auth.officer o join auth.certificate c on c.officer = o.id where o.login = '$login'"
done
by_config=$scratch/desk.conf
printf '%s\n' '[chitra]' "run_dir = $scratch/run" '[archive]' "directory = $keys/archive" '[desk]' "kek = $keys/kek" "blind_key = $keys/blind" "id_key = $keys/id" '[teller]' "journal = $scratch/journal" >"$by_config"
printf '%s\n' '[chitra]' "run_dir = $scratch/run" '[archive]' "directory = $keys/archive" '[evidence]' "secret_key = $keys/evidence.key" '[scribe]' \
	"log_key = $keys/log" 'log_origin = sealed.test/ledger' "blind_key = $keys/blind" >"$scratch/scribe.conf"
"$CHITRA_BIN/chitrad" --config "$scratch/scribe.conf" --duty scribe 2>"$scratch/scribe.log" &
scribe=$!
until_true 20 "select (select next_seq from books.counter) = (select h.size from books.tree_head h order by 1 desc limit 1)"
kill "$scribe"
wait "$scribe" 2>/dev/null

said()
{
	cat "$scratch/said"
}
recover()
{
	"$CHITRA_BIN/chitra" --config "$by_config" recover "$@" >"$scratch/said" 2>&1
	local status=$?
	echo "$status$(sed -n 's/^chitra [a-z]*: \([a-z_]*\): .*/ \1/p' "$scratch/said")"
}
restore()
{
	dropdb --maintenance-db=postgres --force "$PGDATABASE" && createdb --maintenance-db=postgres --template=template0 "$PGDATABASE" &&
		pg_restore --dbname="$PGDATABASE" --exit-on-error "$scratch/dump"
}

names=('Phạm Thị Già' 'Lê Thị Về' 'Vũ Thị Vướng' 'Đỗ Thị Khác')
{
	echo 'STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Mức trợ cấp,Hình thức chi trả,Số tài khoản,Ngân hàng'
	for n in 0 1 2 3; do
		echo "$((n + 1)),${names[n]},1945,Nữ,09914500000$((n + 1)),Người cao tuổi được nhận chăm sóc tại cộng đồng,750.000,Chuyển khoản,97009988776$n,Vietcombank"
	done
	echo 'Tổng cộng,,,,,,3.000.000,,,'
} >"$scratch/list.csv"
is "$(by lan import "$scratch/list.csv" --programme social --area 22945 --period 2024-04)" 0 'a list brings four people' || said
# number N: of the Nth of the list; key N: whether somebody could still read what is sealed of him
number()
{
	sql "select id from register.person where id not in (select person from payout.claim) order by id limit 1 offset $1"
}
key()
{
	sql "select count(*) from register.person_key where person = $(number "$1")"
}
erase()
{
	is "$(by lan person erase "09914500000$(($1 + 1))" --number "$2" --reason 'gia đình xin') $(by minh person erase "09914500000$(($1 + 1))" --number "$2" --reason 'gia đình xin')" \
		'0 0' "two officers erase ${names[$1]}" || said
}
settle_finding()
{
	psql -XAtq -c "set session_replication_role = replica; insert into register.finding_decision (finding, verdict, first_officer, second_officer, reason)
		select id, 'do_not_pay', 1, 2, 'x' from register.finding where person = $(number 2) and blocks"
}
sql "update ops.instance set clock_offset = timestamptz '$(sql "select extract(year from now())::int + 11")-01-01 08:00+07' - now()"
sql "insert into register.finding (programme, period, person, code, note, blocks) values ('social', '2024-04-01', $(number 2), 'amount_differs', 'x', true)"
pg_dump -Fc --file="$scratch/dump"

# ---- after the dump ---------------------------------------------------------------------------------------------------------------

sed -i 's/^directory/#&/' "$by_config"
is "$(by lan person erase 099145000001 --number 1/QD --reason 'gia đình xin')" '78 config_missing' 'without an archive nobody is erased' || said
sed -i 's/^#directory/directory/' "$by_config"
settle_finding
erase 0 '1/QĐ 10%'
erase 1 2/QD
erase 2 3/QD
for login in lan minh; do
	is "$(by $login person readmit 099145000002 --name "${names[1]}" --number 4/QD --reason 'lại được hưởng')" 0 "$login brings back ${names[1]}" || said
done
is "$(find "$keys/archive/forgotten" -type f | wc -l)" 4 'the archive knows of each'
is "$(grep -rciE 'Già|Vướng|09914500|9700998' "$keys/archive/forgotten" | grep -vc ':0$')" 0 'and says who to nobody'
# Somebody lays a file there with the key of the desk, about one whom the law keeps.
kept=$(sql "select min(person) from payout.claim")
anchor=$(sql "select encode(anchor, 'hex') from register.person where id = $kept")
some=$(find "$keys/archive/forgotten" -name '*.back')
sed "s/^anchor .*/anchor $anchor/; s/^back 1/back 0/; s/4\/QD/666/; /^mac/d" "$some" | decided "$keys/archive/forgotten/$anchor.1"

# ---- restored ----------------------------------------------------------------------------------------------------------------------

ok 'the dump is restored' restore
is "$(key 0)$(key 1)$(key 2)" 111 'and they are all there again'
is "$(recover --dry-run) $(key 0)" '0 1' 'a dry run erases nobody'
echo x >"$keys/archive/forgotten/damaged"
is "$(recover) $(key 0) $(sql 'select count(*) from ops.pause')" '65 decision_forged 1 0' 'with a file that the desk did not write nothing begins'
echo x | decided "$keys/archive/forgotten/damaged"
is "$(recover) $(key 0) $(sql 'select count(*) from ops.pause')" '65 archive_damaged 1 0' 'nor with one in another form'
like "$(said)" 'forgotten/damaged' 'which is named'
rm "$keys/archive/forgotten/damaged"
psql -XAtq -c "set session_replication_role = replica; update register.person set root = $(number 3) where id = $(number 0)"
recover --dry-run >/dev/null
like "$(said)" "CHƯA xóa lại: người số $(number 0) .*erase_merged" 'of two who were one when the dump was taken and two later, nobody is erased for the other'
psql -XAtq -c "set session_replication_role = replica; update register.person set root = null where id = $(number 0)"
is "$(recover)" 0 'recovery' || said
sed 's/^/# /' "$scratch/said"
is "$(key 0)$(key 1)$(key 2)$(key 3)" 0011 'erases again whom two officers had erased'
like "$(said)" 'đã xóa lại 2 người' 'and says so'
like "$(said)" "  người số $(number 0) \\(quyết định 1/QĐ 10% ngày .* của lan và minh\\)" 'of each, by his number, with the decision'
like "$(said)" "CHƯA xóa lại: người số $(number 2) \(quyết định 3/QD .* của lan và minh\).* erase_doubt" 'who cannot be is named, with what stands in the way'
like "$(said)" "CHƯA xóa lại: người số $kept \(quyết định 666 .*erase_owed" 'so is who was never erased: what forbids it forbids it here'
is "$(sql "select count(*) from register.person_key where person = $kept")" 1 'and keeps what he has'
like "$(said)" "CHƯA ghi nhận lại: người số $(number 1) \(quyết định 4/QD" 'and who was brought back after the dump'
is "$(sql "select string_agg(e.number || ' ' || x.login || ' ' || y.login, ', ' order by e.number) from register.erasure e join auth.officer x on x.id = e.first_officer
	join auth.officer y on y.id = e.second_officer")" '1/QĐ 10% lan minh, 2/QD lan minh' 'the decisions are those of then'
is "$(pg_dump "$PGDATABASE" | grep -ciE "Phạm Thị Già|Lê Thị Về|pham thi gia|le thi ve|970099887760")" 0 'nothing in the whole database says who they were'
is "$(sql "select count(*) from pg_trigger where tgrelid = 'register.erasure'::regclass and not tgisinternal and tgenabled = 'D'")" 0 'the guards are awake again'
settle_finding
is "$(recover) $(key 2)" '0 0' 'when nothing stands in the way any more recovery erases him too'
for login in lan minh; do
	by $login person readmit 099145000002 --name "${names[1]}" --number 4/QD --reason 'lại được hưởng' >/dev/null
done
is "$(recover --json) $(/usr/bin/python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["erased_again"], [x["number"] for x in r["erased_left"]])' <"$scratch/said")" \
	"0 [] ['666']" 'and a further run finds nobody else' || said
is "$(key 0)$(key 1)$(key 2)" 010 'who was brought back by two stays'

done_testing

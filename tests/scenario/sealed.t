#!/usr/bin/env bash
# What is held about one person: shown to him with who looked, and forgotten by two officers when the law lets it, while every proof holds.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh

# shellcheck disable=SC2119
fresh_database
clock_start
payroll 20 cash_every=10
sql "alter table ops.instance disable trigger guard"
for login in lan minh hoa; do
	sql "insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) select o.id, c.id, 'register', '*', '*', 1000000000
		from auth.officer o join auth.certificate c on c.officer = o.id where o.login = '$login' and o.login <> 'hoa'"
done
by_config=$scratch/desk.conf
printf '%s\n' '[chitra]' "run_dir = $scratch/run" '[archive]' "directory = $keys/archive" '[desk]' "kek = $keys/kek" "blind_key = $keys/blind" "id_key = $keys/id" >"$by_config"
mkdir -p "$scratch/run"
said()
{
	cat "$scratch/said"
}
# A list brings a person of its own: with account, telephone, a repaired row; it is paid for like the others of the fixture.
id=099145000001
printf '%s\n' 'STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Điện thoại,Đối tượng,Mức trợ cấp,Hình thức chi trả,Số tài khoản,Ngân hàng' \
	'1,Phạm Thị Già,1945,Nữ,99145000001,0912345678,Người cao tuổi được nhận chăm sóc tại cộng đồng,750.000,Chuyển khoản,970099887766,Vietcombank' 'Tổng cộng,,,,,,,750.000,,,' >"$scratch/list.csv"
is "$(by lan import "$scratch/list.csv" --programme social --area 22945 --period 2024-04 --accept-repairs)" 0 'a list is in' || said
person=$(sql "select max(id) from register.person")
sql "insert into register.account_inquiry (account, bank) select id, 'demo' from register.payee_account where person = $person;
	insert into register.account_answer (inquiry, status, holder_name) select max(id), 'open', 'PHAM THI GIA' from register.account_inquiry;
	insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
	select $person, 'social', '2024-04-01', 'regular', 750000, min(agency), '2024-04-01', '22945', '2023-04-01' from org.programme_agency"

# ---- shown -------------------------------------------------------------------------------------------------------------------------

is "$(by hoa person export $id --reason 'ông xin xem')" '77 no_mandate' 'who has no mandate exports nobody'
is "$(by lan person export $id --reason 'bà xin xem')" 0 'a person is given everything that is held' || said
for what in "Số định danh: $id" 'Điện thoại: 0912345678' 'Tài khoản: 970099887766' 'Họ tên: Phạm Thị Già' 'Dòng nguyên văn: .*99145000001' 'Ngân hàng trả lời: .*PHAM THI GIA' \
	'Khoản hưởng|KHOẢN HƯỞNG' 'Số tiền: 750.000 đ' 'Cán bộ: lan;.*person.export; Lý do: bà xin xem'; do
	like "$(said)" "$what" "in words: $what"
done
# What officers said of him, of his accounts and of his money, with who said it and who agreed.
other=$(sql "select min(id) from register.person where id <> $person")
psql -XAtq -c "set session_replication_role = replica;
	insert into register.identity (kind, person, name, name_fold, was, number, reason, first_officer, second_officer, decided_at)
		select 'correct', $person, 'Phạm Thị Giá', 'pham thi gia', '{\"name\": \"Phạm Thị Già\"}', '5/QĐ', 'giấy khai sinh', l.id, m.id, now() from auth.officer l, auth.officer m where l.login = 'lan' and m.login = 'minh';
	insert into register.identity (kind, person, other, number, reason, first_officer) select 'merge', $other, $person, '6/QĐ', 'nghi trùng', l.id from auth.officer l where l.login = 'lan';
	insert into register.account_word (account, what, from_day, document, first_officer) select a.id, 'end', '2024-04-03', 'đơn xin đổi', l.id
		from register.payee_account a, auth.officer l where a.person = $person and l.login = 'lan';
	insert into payout.claim_void_proposal (claim, officer, reason) select c.id, l.id, 'lập nhầm' from payout.claim c, auth.officer l where c.person = $person and l.login = 'minh'"
by lan person export $id --reason 'bà xin xem' >/dev/null
for what in 'Đối tượng: [A-Z0-9_]+: .*Xã, phường: 22945 Phường Lạc Đạo' 'Loại: điều chỉnh;.*Họ tên: Phạm Thị Giá;.*Trước đó: Phạm Thị Già;.*Người đề nghị: lan;.*Người xác nhận: minh' \
	'Loại: gộp hồ sơ;.*Lý do: nghi trùng; Người đề nghị: lan' 'Việc: kết thúc;.*Giấy tờ: đơn xin đổi; Người đề nghị: lan' 'ĐỀ NGHỊ HỦY KHOẢN HƯỞNG .*Lý do: lập nhầm; Người đề nghị: minh'; do
	like "$(said | tr '\n' ' ')" "$what" "in words: $what"
done
unlike "$(said)" "$(sql "select name from register.person where id = $other")" 'but nothing that names somebody else'
psql -XAtq -c "set session_replication_role = replica; delete from register.identity; delete from register.account_word; delete from payout.claim_void_proposal"
by lan --json person export $id --reason 'bà xin xem' >/dev/null
is "$(/usr/bin/python3 -c 'import json, sys; h = json.load(sys.stdin)["held"]
print(sorted({x["section"] for x in h}), [x["account"] for x in h if "account" in x and x["section"] == "number"], [x["reason"] for x in h if x["section"] == "looked"])' <"$scratch/said")" \
	"['account', 'claim', 'enrolment', 'list', 'looked', 'number', 'person', 'preference'] ['970099887766'] ['ông xin xem', 'bà xin xem', 'bà xin xem', 'bà xin xem']" \
	'and in JSON, with everybody who looked or tried to'
is "$(sql "select count(*) from auth.access_log where what = 'person.export' and person = $person")" 4 'each export is itself written down'
is "$(by lan person export 099145999999 --reason 'xin xem')" '65 person_unknown' 'nobody is exported who is not there'
is "$(by lan person export $id)" 64 'nor without a reason'
# What is opened is written down before it is shown: who cannot write it down sees nothing.
psql -XAtq -c 'revoke insert on auth.access_log from chitra_desk'
for command in "person export $id --reason abc" 'people --csv --period 2024-04' 'finding list --period 2024-04' 'claim list --period 2024-04 --area 22945' 'report settled --csv --period 2024-04'; do
	# shellcheck disable=SC2086
	by lan $command >/dev/null
	is "$(grep -c '099145\|9700' "$scratch/said")" 0 "where nothing can be written down nothing is opened: ${command%% --*}"
done
psql -XAtq -c 'grant insert (officer, what, person, reason) on auth.access_log to chitra_desk'
before=$(sql 'select count(*) from auth.access_log')
by lan people --csv --period 2024-04 >/dev/null
by lan finding list --period 2024-04 >/dev/null
by lan claim list --period 2024-04 --area 22945 >/dev/null
by lan report settled --csv --period 2024-04 >/dev/null
is "$(sql "select string_agg(what, ' ' order by id) from auth.access_log where id > $before")" 'export.people finding.list claim.list report.settled' \
	'every command that opens something is written down' || said

# ---- not yet ----------------------------------------------------------------------------------------------------------------------

erase()
{
	by "$1" person erase "${3:-$id}" --number "${2:-12/QD}" --reason 'gia đình xin xóa'
}
is "$(erase lan)" '65 erase_owed' 'nobody is erased who is owed anything' || said
sql "update ops.instance set clock_offset = timestamptz '2045-01-01 08:00+07' - now()"
is "$(erase lan)" '65 erase_owed' 'however long it was ago'
sql "insert into payout.claim_void_proposal (claim, officer, reason) select 0, 0, '' where false"
psql -XAtq -c "set session_replication_role = replica; insert into payout.claim_void (claim, reason, first_officer, second_officer)
	select c.id, 'died', 1, 2 from payout.claim c where c.person = $person"
sql "insert into register.finding (programme, period, person, code, note, blocks) values ('social', '2024-04-01', $person, 'amount_differs', 'x', true)"
is "$(erase lan)" '65 erase_doubt' 'nor while something about the person is open'
psql -XAtq -c "set session_replication_role = replica; insert into register.finding_decision (finding, verdict, first_officer, second_officer, reason)
	select id, 'do_not_pay', 1, 2, 'x' from register.finding where person = $person"
psql -XAtq -c "set session_replication_role = replica; insert into register.decision (kind, programme, person, month, pay_period, rate_codes, quantity, number, reason,
		first_officer, second_officer, decided_at, proposed_at)
	values ('grant', 'social', $person, '2024-04-01', '2024-04-01', '{x}', 1, '1/QD', 'xxx', 1, 2, now(), '2024-04-01')"
is "$(erase lan)" '65 erase_owed' 'nor whom two officers granted something that is no claim yet'
psql -XAtq -c "set session_replication_role = replica; delete from register.decision"
other=$(sql "select min(person) from register.person_id where person <> $person")
psql -XAtq -c "set session_replication_role = replica; insert into register.identity (kind, person, other, number, reason, first_officer) values ('merge', $other, $person, '1', 'xxx', 1)"
is "$(erase lan)" '65 erase_doubt' 'nor while a merge or correction waits'
psql -XAtq -c "set session_replication_role = replica; delete from register.identity; insert into register.account_word (account, what, from_day, document, first_officer)
	select min(id), 'end', '2024-04-03', 'Giấy của bà Trần Thị B', 1 from register.payee_account where person = $person"
is "$(erase lan)" '65 erase_doubt' "nor while a word about an account waits"
psql -XAtq -c "set session_replication_role = replica; update register.account_word set second_officer = 2, decided_at = now()"
psql -XAtq -c "set session_replication_role = replica; delete from register.identity"
# 174/2016/ND-CP: ten years from the end of the year of the last of it. The list came in the real year of this run.
last=$(sql "select extract(year from now())::int + 11")
sql "update ops.instance set clock_offset = timestamptz '$((last - 1))-12-31 08:00+07' - now()"
is "$(erase lan)" '65 erase_hold' '174/2016/ND-CP: nor on the last day of the tenth year after'
like "$(said)" "$last-01-01" 'it says until when'
sql "update ops.instance set clock_offset = timestamptz '$last-01-01 08:00+07' - now()"
is "$(erase hoa)" '77 no_mandate' 'nor by who has no mandate'
is "$(erase lan)" 0 'the day after one officer proposes' || said
is "$(erase lan)" '77 same_officer' 'and cannot confirm alone'
is "$(erase minh 13/QD) $(sql "select count(*) from register.person_key where person = $person")" '0 1' 'another number is another proposal, and destroys nothing'
is "$(psql -XAtq -c "delete from register.person_key where person = $person" 2>&1 | grep -o append_only)" append_only 'no key is destroyed without two officers, not even by the owner'
is "$(psql -XAtq -c "update register.payee_account set holder_name = '' where person = $person" 2>&1 | grep -o append_only)" append_only 'nor anything blanked'

# ---- forgotten --------------------------------------------------------------------------------------------------------------------

# A list that is under way brings in another claim: who erases waits for it, and is refused.
psql -XAtq -c "begin; select pg_advisory_xact_lock_shared(7201); select pg_sleep(2); set local session_replication_role = replica;
	insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
	select person, programme, '2024-05-01', kind, amount_dong, agency, '2024-05-01', area_code, area_valid_from from payout.claim where person = $person; commit" >/dev/null &
until_true 5 "select count(*) > 0 from pg_locks where locktype = 'advisory' and objid = 7201"
is "$(erase lan 13/QD)" '65 erase_owed' 'who erases waits for lists that are under way'
wait $!
psql -XAtq -c "set session_replication_role = replica; delete from payout.claim where person = $person and month = '2024-05-01'"
# So it waits for a bank's answer, which tells a name. Somebody had told an officer how she wants her money.
psql -XAtq -c "set session_replication_role = replica; insert into register.pay_preference (person, programme, method, since, officer, asked_by, typed_at)
	values ($person, 'social', 'cash', '2024-04-02', 1, 'con của bà Phạm Thị Già', now())"
sql "insert into register.account_inquiry (account, bank) select id, 'demo' from register.payee_account where person = $person"
sql "insert into register.account_inquiry (account, bank) select id, 'demo' from register.payee_account where person = $person"
psql -XAtq -c "begin; insert into register.account_answer (inquiry, status, holder_name) select max(id), 'open', 'PHAM THI GIA' from register.account_inquiry;
	select pg_sleep(3); commit" >/dev/null &
until_true 5 "select count(*) > 0 from pg_stat_activity where wait_event = 'PgSleep'"
leaves=$(sql "select md5(string_agg(leaf_hash::text, '' order by seq)) from books.txn")
hash=$(sql "select hash from register.payee_account where person = $person")
checked=$(by lan ledger check)
is "$(erase lan 13/QD)" 0 'the second officer, of the same mind, erases' || said
like "$(said)" 'Đã xóa' 'and is told so'
is "$(sql "select name || name_fold || coalesce(birth_date::text, '') from register.person where id = $person")" '(đã xóa)' 'the name is gone'
is "$(sql "select string_agg(distinct w.document, ', ') from register.account_word w join register.payee_account a on a.id = w.account where a.person = $person")" \
	'(đã xóa)' 'and what was written of the documents of the accounts'
wait $!
sql "insert into register.account_answer (inquiry, status, holder_name) select max(id) - 1, 'open', 'PHAM THI GIA' from register.account_inquiry"
is "$(sql "select count(*) from register.account_answer where inquiry in (select max(id) - n from register.account_inquiry, generate_series(0, 1) n group by n)
	and status = 'open' and holder_name is null")" 2 'a bank that answers meanwhile, or later, is heard, and the name in it is not kept'
dump=$(pg_dump "$PGDATABASE")
for what in 'Phạm Thị Già' 'pham thi gia' 'PHAM THI GIA' "$id" 99145000001 0912345678 970099887766; do
	is "$(grep -ciF -- "$what" <<<"$dump")" 0 "nothing in the whole database says $what"
done
is "$(sql "select concat_ws(' ', (select count(*) from register.person_key where person = $person), (select count(*) from register.person_phone where person = $person),
	(select string_agg(length(sealed)::text, '') from register.person_id where person = $person), (select count(*) from register.import_row where person = $person and sealed is not null))")" \
	'0 0 0 0' 'its keys and what they sealed are destroyed'
is "$(sql "select length(sealed) || encode(salt, 'hex') || holder_name from register.payee_account where person = $person")" "0$(printf '%032d' 0)" 'and so is the salt that would let the account be guessed'
is "$(sql "select hash from register.payee_account where person = $person")" "$hash" 'what was signed stays: its hash'
is "$(sql "select count(*) from register.import_file where row_key <> ''")" 0 'the rows that lists said of anybody are unreadable when their time is over'
is "$(by lan ledger check) $(sql "select md5(string_agg(leaf_hash::text, '' order by seq)) from books.txn")" "$checked $leaves" 'every proof in the ledger verifies as before'
is "$(sql "select count(*) from register.person_key")" 20 'of nobody else a key is gone'
is "$(erase lan)" '65 erased_already' 'nobody is erased twice'
is "$(by lan person export $id --reason 'xem lại')" 0 'what is left can be shown'
is "$(grep -c 'Phạm\|0912345678\|970099887766' "$scratch/said")" 0 'and names nobody'
is "$(by lan people --csv --period 2024-04) $(grep -c 'đã xóa' "$scratch/said")" '0 1' 'old lists still have the line, without a name or number'
sed -i 's/Phạm Thị Già/Phạm Thị Giá/' "$scratch/list.csv"
by lan import "$scratch/list.csv" --programme social --area 22945 --period 2024-05 --accept-repairs >/dev/null
like "$(said)" 'person_erased|đã được xóa' 'a list that brings the person again is answered: erased'
is "$(sql "select count(*) from register.person_key where person = $person") $(sql "select name from register.person where id = $person")" '0 (đã xóa)' 'and brings nothing back'
is "$(psql -XAtq -c "insert into register.person_key values ($person, 'x')" 2>&1 | grep -o person_erased)" person_erased 'nor does anybody else, not even the owner'
psql -XAtq -c "insert into auth.session (token_hash, officer, expires_at) select sha256('x'), min(id), now() + interval '1 day' from auth.officer where login = 'lan';
	insert into auth.session (token_hash, officer, expires_at) select sha256('y'), min(id), now() + interval '1 day' from auth.officer where login = 'minh'" >/dev/null
for pair in "$person, $other" "$other, $person"; do
	psql -XAtq -c "begin; select auth.enter(sha256('x')); insert into register.identity (kind, person, other, number, reason, first_officer) values ('merge', $pair, '1', 'xxx', auth.me()); commit" >/dev/null
	like "$(psql -XAtq -c "begin; select auth.enter(sha256('y')); update register.identity set second_officer = auth.me(), decided_at = now() where second_officer is null; commit" 2>&1)" \
		person_erased 'nobody is merged with who was erased, one way or the other'
	psql -XAtq -c "set session_replication_role = replica; delete from register.identity"
done

# ---- back again -------------------------------------------------------------------------------------------------------------------

readmit()
{
	by "$1" person readmit "${3:-$id}" --name "${4:-Phạm Thị Giá}" --number "$2" --reason 'lại được hưởng'
}
is "$(readmit hoa 20/QD)" '77 no_mandate' 'who was erased comes back by nobody without a mandate'
is "$(readmit lan 20/QD 099145999999)" '65 person_unknown' 'nor who never was here'
is "$(readmit lan 20/QD) $(readmit lan 20/QD)" '0 77 same_officer' 'one officer proposes, and cannot confirm alone'
is "$(readmit minh 20/QD "$id" 'Phạm Văn Khác') $(sql "select count(*) from register.person_key where person = $person")" '0 0' 'another name is another proposal, and brings back nobody'
is "$(readmit minh 20/QD)" 0 'the second officer, of the same mind, brings him back' || said
is "$(sql "select name || ' ' || name_fold from register.person where id = $person")" 'Phạm Thị Giá pham thi gia' 'with his name'
is "$(sql "select count(*) from register.readmission where num_nonnulls(blind, wrapped, sealed) > 0")" 0 'the key that came with it stands nowhere else'
is "$(readmit lan 20/QD)" '65 not_erased' 'who is here is not brought back'
is "$(by lan person export $id --reason 'xem lại') $(grep -c "Số định danh: $id" "$scratch/said")" '0 1' 'the ID opens again'
sed -i 's/750.000/750.000 /' "$scratch/list.csv"
is "$(by lan import "$scratch/list.csv" --programme social --area 22945 --period 2024-06 --accept-repairs)" 0 'and the next list brings the rest' || said
is "$(sql "select count(*) from register.payee_account where person = $person and length(sealed) > 0")" 1 'an account among it'
is "$(sql "select bool_or(c.passes) from register.payee_account a cross join lateral (select k.passes from register.account_check k where k.account = a.id order by k.id desc limit 1) c
	where a.person = $person and length(a.sealed) = 0")" f 'while the one that was destroyed passes no more'
is "$(sql "select p.anchor = (select anchor from register.person where id = $person) and count(*) over () = 1 from payout.claim c join register.person p on p.id = c.person
	where c.person = $person")" t 'what was claimed before stays claimed: no month is paid twice'

# ---- whose time is over -----------------------------------------------------------------------------------------------------------

is "$(sql "select count(*) > 0 from register.import_file where row_key <> ''")" t 'a list came in, with rows that only its key opens'
printf '%s\n' '[chitra]' "run_dir = $scratch/run" >"$scratch/scribe.conf"
"$CHITRA_BIN/chitrad" --config "$scratch/scribe.conf" --duty scribe 2>"$scratch/scribe.log" &
scribe_pid=$!
ok 'the scribe makes them unreadable when their time is over, and nobody has to ask' until_true 20 "select count(*) = 0 from register.import_file where row_key <> ''" ||
	tail -5 "$scratch/scribe.log"
kill "$scribe_pid"
wait "$scribe_pid"

done_testing

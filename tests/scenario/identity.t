#!/usr/bin/env bash
# Who a person is, by the real command line: old identity cards, IDs that were re-issued, names that were corrected, two rows that are one
# person, and who moved.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/scenario.sh
# shellcheck disable=SC2119  # a name of its own suits
fresh_database
. tests/scenario/lists/officer.sh

elder='Người cao tuổi từ đủ 80 tuổi'
each=360000
ward=(--programme social --area 22915 --period 2024-04)
heading='STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Số CMND,Đối tượng,Mức trợ cấp,Hình thức chi trả,Số tài khoản,Ngân hàng'
# list NAME ROW...: a payment list of rows without their number, their category and their amount
list()
{
	local name=$1 n=0 row
	shift
	{
		echo "$heading"
		for row in "$@"; do
			n=$((n + 1))
			IFS='|' read -r who birth sex id cmnd how account <<<"$row"
			echo "$n,$who,$birth,$sex,$id,$cmnd,$elder,$each,${how:-Tiền mặt},$account,${account:+VCB}"
		done
		echo "Tổng cộng,,,,,,,$((n * each)),,,"
	} >"$scratch/$name.csv"
}
# bring NAME OPTION...: what is said of the file, as one line
bring()
{
	local name=$1
	shift
	chitra import "$scratch/$name.csv" "$@" 2>&1 | tr '\n' ' '
}
second()
{
	CHITRA_SESSION=$scratch/lan chitra "$@" 2>&1
}
# person NAME: its id
person()
{
	sql "select id from register.person where name = '$1'"
}
anchors()
{
	sql "select string_agg(id || encode(anchor, 'hex'), ' ' order by id) from register.person"
}
file_of()
{
	printf '%s\n' "$@"
}

# ---- nine digits ---------------------------------------------------------------------------------------------------------------------

list first 'Nguyễn Thị Lan|05/03/1943|Nữ|099143000001|261234561' 'Trần Thị Bé|1943|Nữ|099143000002|' 'Lê Thị Mận|1940|Nữ|099140000003|12345678' \
	'Phạm Thị Tư|1941|Nữ|099141000004|261234561'
like "$(bring first "${ward[@]}")" ' 4 dòng nhận' 'an old card number beside an ID is no error'
is "$(sql "select string_agg(p.name || ' ' || d.kind, ', ' order by d.kind, p.name) from register.person_id d join register.person p on p.id = d.person where d.kind = 'cmnd'")" \
	'Nguyễn Thị Lan cmnd' 'nine digits beside an ID are kept as a legacy ID of the person, once'
is "$(sql "select string_agg(p.name || ' ' || f.code || ' ' || f.blocks, ', ' order by f.code) from register.finding f join register.person p on p.id = f.person")" \
	'Lê Thị Mận cmnd_bad false, Phạm Thị Tư cmnd_taken false' 'eight digits are kept by nobody, nor is the number of another; both are said'
may=(--programme social --area 22915 --period 2024-05)
list cmnd 'Nguyễn Thị Lan|05/03/1943|Nữ|261234561|' 'NGUYỄN THỊ LAN|05/03/1943|Nữ||261234569'
said=$(bring cmnd "${may[@]}")
like "$said" 'dòng 2, ô E2: .*--accept-repairs.*\(cmnd_unseen\)' 'a row with only a known old number waits for the officer'
like "$said" 'dòng 3, .*chưa có ai đăng ký với số CMND này \(id_cmnd\)' 'an unknown one is rejected with a message of its own, and never filled up'
list cmnd2 'Nguyễn Thị Lan|06/03/1943|Nữ|261234561|'
like "$(bring cmnd2 "${may[@]}" --accept-repairs)" '\(cmnd_of_other\)' 'another birth date than the registered one finds nobody'
list cmnd3 'Nguyễn Thị Loan|1943|Nữ|261234561|'
like "$(bring cmnd3 "${may[@]}" --accept-repairs)" '\(cmnd_of_other\)' 'nor does another name'
list cmnd4 'Nguyễn Thị Lan|1943|Nữ|261234561|' 'Nguyễn Thị Lan|05/03/1943|Nữ|099143000001|'
said=$(bring cmnd4 "${may[@]}" --accept-repairs)
like "$said" '\(cmnd_found\)' 'name, birth and sex that agree find the person, once the officer said so'
like "$said" 'dòng 3.*\(duplicate\)' 'the same person by the ID in the same file is there twice'
is "$(sql 'select count(*) from register.person')" 4 'and nobody new was made by an old number'

# ---- IDs that were re-issued -----------------------------------------------------------------------------------------------------------

before=$(anchors)
head='Số CCCD cũ,Số CCCD mới,Họ và tên,Ngày sinh,Giới tính,Ngày điều chỉnh'
file_of "$head" '099143000002,099143000022,Trần Thị Bé,,,01/03/2024' '099140000003,099142000033,Lê Thị Mận,,,' '099140000003,099140000033,Lê Thị Mận,,Nam,' >"$scratch/new.csv"
said=$(bring new --kind corrections)
like "$said" 'dòng 3.*\(birth_contradicts_id\)' 'a new ID agrees with the year of birth, Decree 137/2015/ND-CP art. 13'
like "$said" 'dòng 4.*\(sex_contradicts_id\)' 'and with the sex'
is "$(sql 'select count(*) from register.person_id where kind = '"'cccd'")" 4 'a new ID counts for nothing before a second officer confirmed it'
list stranger 'Trần Thị Bé|1943|Nữ|099143000022|'
cp "$scratch/stranger.csv" "$scratch/early.csv"
like "$(chitra person list)" 'số mới 099•••••0022' 'what waits is shown, the ID masked'
like "$(chitra person confirm 1 2>&1)" 'không được tự xác nhận|hai người|same_person' 'whoever proposed it does not confirm it'
CHITRA_SESSION=$scratch/phu_hai chitra person confirm 1 >"$scratch/out" 2>&1
is $? 77 'nor does an officer of another ward'
is "$(sql "update register.identity set second_officer = first_officer, decided_at = now() where id = 1" 2>&1 | grep -o 'not_yours\|same_person')" not_yours \
	'PostgreSQL refuses it too'
is "$(sql "update register.person set name = 'x' where id = 1" 2>&1 | grep -o not_decided)" not_decided 'and a name that nobody decided'
like "$(second person confirm 1)" 'Đã xác nhận 1' 'the second officer confirms'
is "$(anchors)" "$before" 'the anchor never changes, so payments stay with the person'
is "$(sql "select count(*) filter (where replaced_at is null) || ' ' || count(*) from register.person_id where person = $(person 'Trần Thị Bé')")" '1 2' \
	'the old ID is kept with the day on which it was replaced'
list both 'Trần Thị Bé|1943|Nữ|099143000002|' 'Trần Thị Bé|1943|Nữ|099143000022|'
said=$(bring both "${may[@]}")
like "$said" '1 dòng nhận.* 0 người mới' 'either ID finds the same person'
like "$said" '\(duplicate\)' 'who stands there once'
is "$(sql "select blocks from register.finding where code = 'id_replaced'")" f 'a list that still uses the old ID is told so'
file_of "$head" '099143000002,099143000022,Trần Thị Bé,,,' >"$scratch/again.csv"
like "$(bring again --kind corrections)" ' 1 dòng nhận' 'what is known already'
is "$(sql 'select count(*) from register.identity')" 1 'proposes nothing'
file_of "$head" '099143000022,099143000055,Trần Thị Bé,,,' >"$scratch/wrong.csv"
bring wrong --kind corrections >/dev/null
like "$(chitra person refuse 2)" 'Đã bỏ 1' 'a wrong proposal is taken back'
is "$(sql 'select count(*) from register.person_id')" 6 'and nothing came of it'

# ---- names and accounts --------------------------------------------------------------------------------------------------------------------

# checked NAME HOLDER: an account that the bank tied to the person's ID, in this holder's name, on a list that two officers let count
checked()
{
	sql "set session_replication_role = replica;
		with a as (insert into register.payee_account (person, kind, bank, blind, sealed, salt, hash, holder_name, holder_fold, source)
			select id, 'self', 'VCB', substr(sha256('a$1'), 1, 16), '', substr(sha256('b'), 1, 16), sha256('c'), '$2', lower('$2'), 'bank_list'
			from register.person where name = '$1' returning id),
		f as (insert into register.import_file (sha256, name, kind, bank, officer, row_key) values (sha256('$1'), 'vcb.csv', 'account_list', 'VCB', 1, '') returning id),
		l as (insert into register.account_file (file, source, known_on, first_officer, second_officer, decided_at)
			select id, 'bank_list', ops.today(), 1, 2, now() from f)
		insert into register.account_file_row (file, row_no, account, status, grade, passes) select f.id, 1, a.id, 'open', 'folded', true from f, a;
		set session_replication_role = origin;
		insert into register.account_check (account, source, status, grade, id_linked, passes) select account, 'bank_list', 'open', 'folded', true, true
		from register.account_file_row order by file desc limit 1"
}
passes()
{
	sql "select string_agg(grade || ' ' || passes, ', ' order by id) from register.account_check where account =
		(select max(a.id) from register.payee_account a join register.person p on p.id = a.person where p.name = '$1')"
}
head='Số CCCD mới,Họ và tên,Ngày sinh,Giới tính'
checked 'Phạm Thị Tư' 'PHAM THI TU'
file_of "$head" '099141000004,Phạm Thị Tám,1941,Nữ' >"$scratch/name.csv"
bring name --kind corrections >/dev/null
like "$(second person confirm --file name.cs 2>&1)" 'identity_unknown' 'a list of which nothing waits is no list that was confirmed'
second person confirm --file name.csv >/dev/null
is "$(sql "select name || ' ' || name_fold from register.person where id = 4")" 'Phạm Thị Tám pham thi tam' 'a corrected name is the name from then on'
is "$(sql "select was ->> 'name' from register.identity where name = 'Phạm Thị Tám'")" 'Phạm Thị Tư' 'and the old one is kept'
is "$(passes 'Phạm Thị Tám')" 'folded true, different false' 'an account that passed by the old name must be looked at'
file_of "$head" '099141000004,Phạm Thị Tú,10/10/1941,Nữ' >"$scratch/name2.csv"
bring name2 --kind corrections >/dev/null
second person confirm --file name2.csv >/dev/null
is "$(passes 'Phạm Thị Tú')" 'folded true, different false, folded true' 'and the other way round'
is "$(sql "select birth_date from register.person where id = 4")" 1941-10-10 'a birth date that was a year alone becomes whole'
like "$(chitra person list --all)" 'Phạm Thị Tú, trước là Phạm Thị Tám' 'who was called what can be read'

# ---- two rows that are one person -------------------------------------------------------------------------------------------------------------

list two 'Võ Thị Hai|1939|Nữ|099139000011|' 'Võ Thị Hai|1939|Nữ|099139000012|'
bring two --programme social --area 22915 --period 2024-04 >/dev/null
bring two --programme social --area 22915 --period 2024-04 >/dev/null
owe()
{
	chitra --json entitle --programme social --period "$1" 2>&1
}
owe 2024-04 >/dev/null
hai=$(sql "select min(id) from register.person where name = 'Võ Thị Hai'")
ba=$(sql "select max(id) from register.person where name = 'Võ Thị Hai'")
claims_of()
{
	sql "select count(*) from payout.claim where person in ($hai, $ba)"
}
is "$(claims_of)" 2 'two rows were owed the same month'
# paid PERSON STATE: the claim of April has a payout in this state
paid()
{
	sql "set session_replication_role = replica;
		insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id)
			select c.id, 1, 0, c.id, sha256('cash'), c.amount_dong, sha256('line'), lpad(c.id::text, 19, '0') from payout.claim c where c.person = $1 and c.month = '2024-04-01';
		insert into payout.payout_state (payout, state) select max(id), $2 from payout.payout" || exit 1
}
merge=(person merge 099139000011 099139000012 --number 31/CA --reason 'cùng một người')
before=$(anchors)
like "$(chitra person merge 099139000011 099139000011 --number 1 --reason 'thử' 2>&1)" 'cùng một người' 'nobody is merged with himself'
like "$(chitra "${merge[@]}" 2>&1)" 'người thứ hai xác nhận' 'one officer proposes that they are one'
like "$(chitra "${merge[@]}" 2>&1)" 'already_proposed|đã được đề nghị' 'once'
made=$(sql 'select max(id) from register.identity')
paid "$ba" 3
like "$(second person confirm "$made")" 'chưa có bằng chứng|Chờ kết quả' 'a merge is refused while a payout of either is under way'
is "$(sql "select count(*) from register.person where root is not null")" 0 'and nothing is half done'
sql "set session_replication_role = replica; update payout.payout_state set state = 7"
like "$(second person confirm "$made")" 'Đã xác nhận 1' 'when it has ended, the second officer merges them'
is "$(sql "select root from register.person where id = $ba")" "$hai" 'one of the rows goes into the other'
is "$(anchors)" "$before" 'both anchors stay'
is "$(claims_of) $(sql "select count(*) from payout.claim where person = $ba")" '2 1' 'and both claims, as they were'
is "$(sql "select replaced_at is not null from register.person_id where person = $ba")" t 'its ID is one of the past'
like "$(chitra person list)" "Trùng khoản hưởng .* chưa chi; hai cán bộ hủy" 'two claims for one month: the one that nobody was paid is to be voided'
is "$(sql "select c.person from register.surplus s join payout.claim c on c.id = s.claim")" "$hai" 'and it is the unpaid one'
sql "set session_replication_role = replica; insert into payout.batch (agency, programme, period, area_code, area_valid_from, channel, made_by, not_before, valid_until)
	select 1, 'social', '2024-04-01', '22915', '2004-01-01', 1, 1, '2024-04-01', now() + interval '1 day'"
is "$(sql "insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id)
	select claim, 1, (select max(id) from payout.batch), 1, sha256('x'), 360000, sha256('y'), '0000000000000000ZZZ' from register.surplus" 2>&1 | grep -o 'surplus: claim')" \
	'surplus: claim' 'PostgreSQL lets no line pay it'
like "$(owe 2024-04)" '"new_claims":0' 'nothing is owed again for that month'
said=$(chitra --json report summary --period 2024-04 2>&1)
like "$said" '"ward":"22915",[^{}]*"on_list":5,' 'a report counts who stands on the list by two IDs once'
like "$said" '"settled":1,"returned":0,"rejected":0,"not_paid":0,"settled_payouts":1,' 'and takes him for paid, whatever became of the second claim'
like "$(chitra --json claim list --period 2024-04 --area 22915)" '"state":"surplus"' 'which the list of claims calls surplus'
list three 'Võ Thị Hai|1939|Nữ|099139000012|'
bring three --programme social --area 22915 --period 2024-06 >/dev/null
is "$(sql "select person from register.import_row where period = '2024-06-01'")" "$hai" 'a list that names the other ID finds the person that is left'
like "$(owe 2024-06)" '"new_claims":1' 'who is owed one month'
list four 'Võ Thị Hai|1939|Nữ|099139000011|'
like "$(bring four --programme social --area 22915 --period 2024-06)" 'already_in' 'and stands on the lists once by either ID'
explained=$(chitra explain 099139000012 --period 2024-04 2>&1)
like "$explained" 'Số định danh này của Võ Thị Hai: đã gộp vào Võ Thị Hai ngày [0-9/]* theo 31/CA' \
	'by an ID that was merged away it is said under whom the person stands'
like "$explained" 'Cộng: 360.000 đồng; trong đó tháng này 360.000' 'the month is counted once,'
like "$explained" '360.000 đồng \(trùng với khoản theo số định danh kia, không chi\)' 'and the second claim named'
unlike "$(chitra explain 099139000011 --period 2024-04 2>&1)" 'gộp' 'by the ID that is left nothing needs saying'
file_of 'Số CCCD,Họ và tên,Ngày mất' '099139000012,Võ Thị Hai,02/03/2024' >"$scratch/dead.csv"
bring dead --kind deaths >/dev/null
is "$(sql "select string_agg(r.why || ' ' || r.amount_dong || ' ' || (c.person = $ba), ', ') from register.recovery r join payout.claim c on c.id = r.claim")" \
	'after_death 360000 true' 'what was paid by the ID that was merged away, and not due as is known now, is a case to recover'
is "$(sql "select count(*) from register.finding where code in ('after_death', 'recover')")" 3 'a death by either ID holds back what both were claimed for later months'
like "$(chitra person part "$made" --number 32/CA --reason 'nhầm người' 2>&1)" 'người thứ hai' 'an undoing is proposed'
like "$(second person confirm "$(sql 'select max(id) from register.identity')")" 'merge_used|không tách lại được' 'and refused once lists and claims rest on the merge'

# ---- a merge beside a batch, an undone merge, and both paid ----------------------------------------------------------------------------------------

# pair NAME DIGITS MONTH: two rows of one person, each with a claim for the month; their ids in $one and $other
pair()
{
	list "pair$2" "$1|1939|Nữ|0991390000${2}1|" "$1|1939|Nữ|0991390000${2}2|"
	bring "pair$2" --programme social --area 22915 --period "$3" >/dev/null
	owe "$3" >/dev/null
	one=$(sql "select min(id) from register.person where name = '$1'")
	other=$(sql "select max(id) from register.person where name = '$1'")
	chitra person merge "0991390000${2}1" "0991390000${2}2" --number "$2/CA" --reason 'cùng một người' >/dev/null
	made=$(sql 'select max(id) from register.identity')
}
pair 'Bùi Thị Chín' 3 2024-07
# A batch is being made: its lines are there and not committed when the second officer confirms.
psql -XAtq -v ON_ERROR_STOP=1 >"$scratch/batch" 2>&1 <<-SQL &
	begin;
	insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id)
		select c.id, 1, (select max(id) from payout.batch), 7, sha256('x'), c.amount_dong, sha256('y'), '0000000000000000ZZ7' from payout.claim c where c.person = $other;
	select pg_sleep(3);
	commit
SQL
sleep 1
like "$(second person confirm "$made")" 'Chờ kết quả|still_live' 'a merge waits for the batch that is being made, and is refused by its lines'
wait
is "$(cat "$scratch/batch")" '' 'the batch was made'
pair 'Bùi Thị Mười' 4 2024-08
psql -XAtq -v ON_ERROR_STOP=1 >"$scratch/merge" 2>&1 <<-SQL &
	begin;
	select auth.enter(sha256(decode(repeat('2', 64), 'hex')));
	update register.identity set second_officer = auth.me(), decided_at = clock_timestamp() where id = $made;
	select pg_sleep(3);
	commit
SQL
sleep 1
line="insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id)
	select c.id, 1, (select max(id) from payout.batch), 8, sha256('x'), c.amount_dong, sha256('y'), '0000000000000000ZZ8' from payout.claim c where c.person = $other"
is "$(sql "$line" 2>&1 | grep -o 'surplus: claim')" 'surplus: claim' 'a batch waits for the merge that is being confirmed, and cannot pay the second claim'
wait
is "$(sql "select root from register.person where id = $other")" "$one" 'the merge was confirmed'
is "$(sql "insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
	values ($other, 'social', '2024-09-01', 'regular', 1, 1, '2024-09-01', '22915', '2004-01-01')" 2>&1 | grep -o 'merged:')" 'merged:' \
	'no claim is made for the row that went into the other'
like "$(chitra person part "$made" --number 40/CA --reason 'nhầm người' 2>&1)" 'người thứ hai' 'a merge on which nothing rests'
like "$(second person confirm "$(sql 'select max(id) from register.identity')")" 'Đã xác nhận 1' 'is undone by two officers'
is "$(sql "select count(*) from register.person p join register.person_id d on d.person = p.id where p.id in ($one, $other) and p.root is null and d.replaced_at is null")" 2 \
	'and both rows are as they were'
is "$(sql "$line" 2>&1)" '' 'with what each is owed'
pair 'Bùi Thị Tám' 5 2024-10
for who in "$one" "$other"; do
	sql "set session_replication_role = replica;
		insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id)
			select c.id, 1, 0, c.id, sha256('cash'), c.amount_dong, sha256('line'), lpad(c.id::text, 19, '0') from payout.claim c where c.person = $who;
		insert into payout.payout_state (payout, state) select max(id), 7 from payout.payout"
done
second person confirm "$made" >/dev/null
is "$(sql "select d.kind || ' ' || d.amount_dong || ' ' || (d.second_officer is null) from register.decision d join register.surplus s on s.decision = d.id")" \
	'recover 500000 true' 'where both were paid, what was paid twice is proposed to be recovered'
like "$(chitra person list)" 'đã chi; cán bộ thứ hai xác nhận thu hồi: chitra decide confirm' 'and two officers see it through'
like "$(chitra recovery list)" 'Bùi Thị Tám.*hai số định danh, chi hai lần.*thu đề nghị thu hồi|Bùi Thị Tám.*hai số định danh, chi hai lần.*đề nghị thu hồi' 'as a case among those that are asked back'
is "$(sql 'select count(*) from books.txn')" 0 'the books are untouched'

# ---- a list that comes in beside a merge --------------------------------------------------------------------------------------------------------------

# A list names both of two, or the one that goes; it has found its people and is about to write their rows when they become one. However the
# two meet, the month is claimed once and stands in one line.
sql "insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, honours_valid_until, posting_lag_days,
	items_per_message, valid_hours, agent_key) select 'post', 'cash', id, 'vnpost', 'cash_list', true, 7, true, 1, 500, 72, sha256('agent') from org.funding_account;
	insert into auth.mandate select officer, certificate, 'maker', agency, area, 1000000000000, named_on from auth.mandate where role = 'register' on conflict do nothing"
# met MONTH COUNTS TITLE: of $one and $other
met()
{
	local month=$1
	owe "$month" >/dev/null
	owe "$month" >/dev/null
	chitra batch make --programme social --period "$month" --all >"$scratch/out" 2>&1
	is "$(sql "select (select root from register.person where id = $other) = $one, count(distinct c.id), count(p.id) from payout.claim c left join payout.payout p on p.claim = c.id where c.person in ($one, $other) and c.pay_period = '$month-01'")" "$2" "$3" || sed 's/^/# /' "$scratch/out"
}
each=500000	# 76/2024/ND-CP
for n in 0 2; do
	name=$([ $n = 0 ] && echo 'Bùi Thị Gặp' || echo 'Bùi Thị Gỡ')
	pair "$name" $n 2025-03
	rows=("$name|1939|Nữ|0991390000${n}1|" "$name|1939|Nữ|0991390000${n}2|")
	month=2025-0$((4 + n / 2))
	list "meet$n" "${rows[@]:n / 2}"
	list after "${rows[@]}"
	sed -i "1i DANH SÁCH CHI TRẢ $month" "$scratch/meet$n.csv"
	sed -i "1i DANH SÁCH BỔ SUNG $month" "$scratch/after.csv"
	psql -XAtq -c "begin; lock table register.import_row in share mode; select pg_sleep(4); commit" >/dev/null &
	sleep 0.5
	chitra import "$scratch/meet$n.csv" --programme social --area 22915 --period $month >"$scratch/meet$n" 2>&1 &
	for _ in $(seq 60); do
		waits=$(sql "select count(*) from pg_locks where relation = 'register.import_row'::regclass and not granted")
		[ "$waits" -gt 0 ] && break
		sleep 0.05
	done
	[ -n "$other" ] && [ "$other" != "$one" ] || exit 1
	like "$waits $(second person confirm "$made")" '^1 .*Đã xác nhận 1' 'two people become one while a list that names them comes in'
	wait
	like "$(cat "$scratch/meet$n")" "$((2 - n / 2)) dòng nhận" 'and is written all the same'
	chitra import "$scratch/after.csv" --programme social --area 22915 --period $month >"$scratch/after" 2>&1
	met $month 't|1|1' 'who was two when his list was read and is one when it is written is paid once'
done
# The claim that stays came back, and its like was paid: he has his money.
read -r stays asked <<<"$(sql "select s.beside || ' ' || s.decision from register.surplus s join payout.claim c on c.id = s.claim where c.pay_period = '2024-10-01' and s.decision is not null")"
sql "set session_replication_role = replica; update payout.payout_state s set state = 10 from payout.payout p where p.id = s.payout and p.claim = $stays;
	insert into register.finding_decision (finding, verdict, first_officer, second_officer, reason)
		select f.id, 'pay_entitled', 1, 2, 'x' from register.finding f where f.period = '2024-10-01' and f.blocks"
chitra batch make --programme social --period 2024-10 --all >/dev/null
is "$(sql "select count(*) from payout.payout where claim = $stays")" 1 'a claim that came back is not paid again while its like, paid to the other ID, is not asked back'
like "$(chitra person list)" "khoản $stays không được chi; .*claim void $stays" 'and what is to be done is said'
chitra decide confirm "$asked" >/dev/null
chitra batch make --programme social --period 2024-10 --all >/dev/null
is "$(sql "select count(*) from payout.payout where claim = $stays")" 2 'once two officers ask that back, it is paid'
each=360000

# ---- grants ------------------------------------------------------------------------------------------------------------------------------------------

# granted ID RATE NUMBER MONTH: decided by two
granted()
{
	local made
	made=$(chitra --json decide grant "$1" --programme social --from "$4" --period "$4" --rate "$2" --number "$3" --reason 'theo hồ sơ' 2>&1) || echo "$made"
	second decide confirm "$(grep -o '[0-9]*' <<<"$made")" >/dev/null
}
# grants: what the two are granted, and of that what is surplus
grants()
{
	sql "select count(*) || ' ' || count(distinct d.rate_codes) || ' ' || count(*) filter (where exists (select from register.surplus s where s.claim = c.id))
		from payout.claim c join register.decision_claim x on x.claim = c.id join register.decision d on d.id = x.decision
		where c.person in ($one, $other)"
}
gifts=(SA_FUNERAL SA_EMERGENCY_FUNERAL)	# any two rates
pair 'Bùi Thị Sen' 7 2024-10
granted 099139000071 "${gifts[0]}" 70/QĐ 2024-10
granted 099139000072 "${gifts[0]}" 71/QĐ 2024-10
granted 099139000072 "${gifts[1]}" 72/QĐ 2024-10
second person confirm "$made" >/dev/null
owe 2024-10 >/dev/null
is "$(grants)" '2 2 0' 'what was decided for each of two IDs is granted once, two different grants both'
is "$(sql "select facts || ' ' || blocks from register.finding where code = 'granted_twice'")" '71/QĐ false' 'and the decision that counts no more is told of'
granted 099139000071 "${gifts[0]}" 73/QĐ 2024-10
owe 2024-10 >/dev/null
is "$(grants)" '3 2 0' 'what is decided for the person that is left, by another decision, is granted'
pair 'Bùi Thị Súng' 8 2024-10
granted 099139000081 "${gifts[0]}" 80/QĐ 2024-10
granted 099139000082 "${gifts[0]}" 81/QĐ 2024-10
granted 099139000082 "${gifts[1]}" 82/QĐ 2024-10
owe 2024-10 >/dev/null
second person confirm "$made" >/dev/null
is "$(grants)" '3 2 1' 'of grants by the same rate to both IDs one is surplus, another grant of the month is not'

# ---- on two lists by two IDs, and officers of one ward --------------------------------------------------------------------------------------------------

list twin1 'Bùi Thị Bảy|1939|Nữ|099139000061|'
list twin2 'Bùi Thị Bảy|1939|Nữ|099139000062|'
list beside 'Bùi Thị Giữa|1939|Nữ|099139000063|'
bring twin1 --programme social --area 22915 --period 2024-11 >/dev/null
bring beside --programme social --area 22915 --period 2024-12 >/dev/null
bring twin2 --programme social --area 22921 --period 2024-11 >/dev/null
sed -i '1i DANH SÁCH CHI TRẢ 2024-12' "$scratch/twin2.csv"
bring twin2 --programme social --area 22921 --period 2024-12 >/dev/null
file_of "$head,Số CCCD cũ" '099139000062,Bùi Thị Bẩy,1939,Nữ,' >"$scratch/theirs.csv"
officer mui_ne 4 22918 && officer phu_thuy 5 22924 || exit 1	# what those wards are today
like "$(CHITRA_SESSION=$scratch/mui_ne chitra import "$scratch/theirs.csv" --kind corrections 2>&1 | tr '\n' ' ')" 'person_of_another' \
	'a row about somebody of another ward is proposed by nobody of this one'
twins=(person merge 099139000061 099139000062 --number 61/CA --reason 'cùng một người')
CHITRA_SESSION=$scratch/mui_ne chitra "${twins[@]}" >"$scratch/out" 2>&1
is $? 77 'that two people of two wards are one is not proposed by an officer of one'
chitra "${twins[@]}" >/dev/null
made=$(sql 'select max(id) from register.identity')
CHITRA_SESSION=$scratch/phu_thuy chitra person confirm "$made" >"$scratch/out" 2>&1
is $? 77 'nor confirmed by one of the other'
second person confirm "$made" >/dev/null
like "$(chitra explain 099139000062 --period 2024-12 2>&1 | tr '\n' ' ')" 'gộp vào.*chưa chạy bước tính mức hưởng của kỳ này' \
	'before entitlement ran, who stands on a list by the ID that was merged away is found on it'
like "$(owe 2024-11)" '"new_claims":1' 'who stood on two lists by two IDs is owed one month'
is "$(sql "select f.note from register.finding f join register.person p on p.id = f.person where p.name = 'Bùi Thị Bảy' and f.code = 'listed_twice'" | grep -o 'twin2.csv, dòng [0-9]*: Phường Phú Hài, [0-9]* đồng')" \
	'twin2.csv, dòng 2: Phường Phú Hài, 360000 đồng' 'and the row that was not used is told of'

# ---- who moved ---------------------------------------------------------------------------------------------------------------------------------------

# month PERIOD AREA: Cụ Sáu on a ward's list, and what is owed
month()
{
	list "sau$1$2" 'Cụ Thị Sáu|1939|Nữ|099139000091|'
	sed -i "1i DANH SÁCH CHI TRẢ $1" "$scratch/sau$1$2.csv"
	bring "sau$1$2" --programme social --area "$2" --period "$1" >"$scratch/brought"
	owe "$1"
}
sql "alter table ops.instance disable trigger guard; update ops.instance set clock_offset = timestamptz '2026-05-20 08:00+07' - now()" || exit 1
sau=(22945 22918)
elder='Người khuyết tật nặng' each=750000
month 2026-06 "${sau[0]}" >/dev/null
file_of 'Số CCCD,Họ và tên,Ngày chuyển đi,Nơi đến' '099139000091,Cụ Thị Sáu,12/05/2026,Xã Không Có' >"$scratch/moved.csv"
like "$(bring moved --kind moves)" 'to_area_unknown' 'a move to a place that does not exist is asked about'
file_of 'Số CCCD,Họ và tên,Ngày chuyển đi,Nơi đến' "099139000091,Cụ Thị Sáu,12/05/2026,${sau[1]}" >"$scratch/moved2.csv"
like "$(bring moved2 --kind moves)" ' 1 dòng nhận' 'a move is the first half of a decision that the old place stops'
is "$(sql "select from_area || ' ' || to_area from register.decision where kind = 'move' and second_officer is null")" "${sau[*]}" 'with the old place and the new one'
month 2026-07 "${sau[0]}" >"$scratch/july"
like "$(cat "$scratch/july")" '"new_claims":1' 'until two officers decided it, nothing changes'
sql "update ops.instance set clock_offset = timestamptz '2026-07-10 08:00+07' - now()"
second decide confirm "$(sql "select id from register.decision where kind = 'move'")" >/dev/null
is "$(sql "select month from register.decision where kind = 'move'")" 2026-08-01 'Decree 20/2021/ND-CP art. 8: the month after the stop decision'
like "$(month 2026-08 "${sau[0]}")" '"new_claims":0' 'from then on the old place pays no more'
is "$(sql "select string_agg(f.code, ' ') from register.finding f join register.person p on p.id = f.person where p.name = 'Cụ Thị Sáu' and f.period = '2026-08-01'")" \
	moved_away 'and its officer is told'
like "$(month 2026-09 "${sau[1]}")" '"new_claims":1' 'the new place goes on'
is "$(sql "select c.area_code from payout.claim c join register.person p on p.id = c.person where p.name = 'Cụ Thị Sáu' and c.month = '2026-09-01'")" "${sau[1]}" \
	'and pays'
owe 2026-10 >/dev/null
is "$(sql "select f.code from register.finding f join register.person p on p.id = f.person where p.name = 'Cụ Thị Sáu' and f.period = '2026-10-01'")" moved_unlisted \
	'a month in which no place lists somebody who moved is said aloud'

done_testing

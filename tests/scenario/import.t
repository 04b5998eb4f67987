#!/usr/bin/env bash
# Ward lists into the register, by the real command line: every wrong file and every wrong row ends with its message, and nothing of
# a person is readable in the database.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/scenario.sh
# shellcheck disable=SC2119  # a name of its own suits
fresh_database

. tests/scenario/lists/officer.sh
period=2024-04
heading='STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Mức trợ cấp,Hình thức chi trả,Số tài khoản,Ngân hàng,Số điện thoại'
person()
{
	echo "1,${2:-Nguyễn Thị Lan},${3:-1943},Nữ,$1,Người cao tuổi từ đủ 80 tuổi,${4:-360.000},${5:-Tài khoản},${6:-97042512214429},${7:-DEMO},"
}
# list NAME ROW...: a list whose totals row is right
list()
{
	local name=$1 sum
	shift
	printf '%s\n' 'DANH SÁCH CHI TRẢ' "$heading" "$@" >"$scratch/$name"
	sum=$(printf '%s\n' "$@" | awk -F, '{ gsub(/\./, "", $7); if ($7 ~ /^-?[0-9]+$/ && length($7) < 15) s += $7 } END { print s + 0 }')
	echo "Tổng cộng,,,,,,$sum,,,," >>"$scratch/$name"
}
# import NAME [OPTION...]: its exit code in $status, its words in $said
import()
{
	local name=$1
	shift
	said=$(chitra import "$scratch/$name" --programme social --area 22915 --period $period "$@" 2>&1)
	status=$?
}
nobody()
{
	sql "select count(*) from register.import_file"
}

# ---- files ---------------------------------------------------------------------------------------------------------------------

# refused NAME CODE TITLE
refused()
{
	import "$1"
	is "$status" 65 "$3: exit 65"
	like "$said" "^$1: .*\($2\)" "$3: the file is named, and why"
}
: >"$scratch/empty.csv"
refused empty.csv file_empty 'an empty file is refused'
printf 'một,hai\n' >"$scratch/other.csv"
refused other.csv heading_none 'a file that is no list is refused'
list nocolumn.csv "$(person 099143000101)"
sed -i 's/Số CCCD/Mã số/' "$scratch/nocolumn.csv"
refused nocolumn.csv heading_missing 'a wrong heading is refused'
like "$said" 'dòng 2: .*«Số CCCD»' 'with its row, and the column that is missing'
list nul.csv "$(person 099143000101)"
printf 'x\0y\n' >>"$scratch/nul.csv"
refused nul.csv file_nul 'a NUL byte is refused'
like "$said" '^nul.csv: dòng 5: ' 'with its row'
list tcvn.csv "$(person 099143000101)"
printf 'H\xe4 v\xb5 t\xaan\n' >>"$scratch/tcvn.csv"
refused tcvn.csv file_encoding 'another encoding is refused'
like "$said" 'TCVN3' 'and named'
list total.csv "$(person 099143000101)"
sed -i 's/^Tổng cộng,,,,,,360000/Tổng cộng,,,,,,360001/' "$scratch/total.csv"
refused total.csv total_differs 'a totals row that disagrees is refused'
like "$said" '360.001.*360.000' 'with both sums'
list moved.csv "$(person 099143000101)" '1,Lê Thị Cò,1943,Nữ,099143000103,Người cao tuổi từ đủ 80 tuổi,360,000,Tài khoản,97042512214429,DEMO,'
sed -i 's/^Tổng cộng,,,,,,[0-9]*/Tổng cộng,,,,,,720000/' "$scratch/moved.csv"
refused moved.csv total_differs 'a thousands comma that splits an amount is refused'
like "$said" 'moved.csv: dòng 4, ô H4: .*\(' 'with the row, and the cell'
list cut.csv "$(person 099143000101)"
sed -i '$d' "$scratch/cut.csv"
refused cut.csv total_missing 'a list that may be cut off is refused'
truncate -s 300M "$scratch/large.csv"
refused large.csv file_too_large 'a file of 300 MB is refused'
refused missing.csv file_trouble 'a file that is not there is refused'
mkdir "$scratch/directory.csv"
refused directory.csv file_trouble 'a directory is no file'
import missing.csv
like "$said" 'không có tệp này' 'whoever looks for it is told in Vietnamese'
mkfifo "$scratch/pipe.csv"
refused pipe.csv file_trouble 'a pipe is none, and nobody waits for it'
# somebody SCRIPT: while the file is read, again and again
somebody()
{
	{ echo "$heading"; yes "$(person 099143000101)" | head -n 300000; } >"$scratch/busy.csv"
	python3 -c "import os, time
f = os.open('$scratch/busy.csv', os.O_RDWR)
long = os.fstat(f).st_size
end = time.time() + 60
open('$scratch/begun', 'w')
while time.time() < end:
    $1" &
	local pid=$!
	until [ -e "$scratch/begun" ]; do sleep 0.1; done
	rm "$scratch/begun"
	refused busy.csv file_changed "$2"
	kill $pid && wait $pid 2>/dev/null
}
somebody 'os.pwrite(f, b"x", os.fstat(f).st_size)' 'a file that grows while it is read is refused'
somebody 'os.ftruncate(f, long // 2); os.ftruncate(f, long)' 'so is one that is cut off while it is read'
list good.csv "$(person 099143000101)"
said=$(chitra import "$scratch/good.csv" --programme social --area 99999 --period $period 2>&1)
is "$? ${said##*(}" "65 ${said##*(}" 'an unknown ward is refused: exit 65'
like "$said" 'good.csv: .*99999 \(area_unknown\)' 'and named'
said=$(chitra import "$scratch/good.csv" --programme pension --area 22915 --period $period 2>&1)
like "$? $said" '^65 .*\(programme_unknown\)' 'an unknown programme is refused'
said=$(chitra import "$scratch/good.csv" --programme social --area 22915 --period 2024-13 2>&1)
is $? 64 'a month that is none is wrong use'
like "$said" '«2024-13»' 'and named'
said=$(CHITRA_SESSION=$scratch/phu_hai chitra import "$scratch/good.csv" --programme social --area 22915 --period $period 2>&1)
is $? 77 'an officer of another ward may not import'
said=$(CHITRA_SESSION=$scratch/none chitra import "$scratch/good.csv" --programme social --area 22915 --period $period 2>&1)
is $? 77 'nor may whoever is not logged in'
is "$(nobody)" 0 'nothing of all that is in the register'

# ---- rows ----------------------------------------------------------------------------------------------------------------------

short='1,Trần Thị Bé,1943,Nữ'
list rows.csv "$(person 099143000101)" "$short" "$(person 99143000102)" "$(person 261234567)" "$(person 099143000103 '' 1950)" \
	"$(person 099143000104 '' '' '360000;5')" "$(person 099143000105 '' '' -360000)" "$(person 099143000106 '' '' 99999999999999999999)" \
	"$(person 099143000107 '' '' '' '' '' 'Ngân hàng nào')" "$(person 099143000101)" "$(person 099143000108 'Trần Thị Cúc')"
sed -i 's/360000;5/"360000,5"/' "$scratch/rows.csv"
import rows.csv --strict
is "$status" 65 'with --strict one wrong row refuses all: exit 65'
is "$(nobody)" 0 'and nothing is in'
said=$(chitra --json import "$scratch/rows.csv" --programme social --area 22915 --period $period --strict 2>/dev/null)
like "$(tr -d '\n' <<<"$said")" '^\{"error":"strict".*"rejected","code":"duplicate".*\}$' '--json says the same in one object'
import rows.csv
is "$status" 0 'without it wrong rows leave out only themselves: exit 0'
like "$said" '2 dòng nhận, 0 dòng đã sửa, 9 dòng bị từ chối, 2 người mới' 'with counts'
row_says()
{
	like "$said" "rows.csv: dòng $1(, ô [A-Z]$1)?: .*\($2\)" "$3"
}
row_says 4 short_row 'a short row is rejected with file, row and what to do'
row_says 5 id_zeros_lost 'eleven digits'
like "$said" 'dòng 5, ô E5: .*--accept-repairs' 'and how to accept them is said'
row_says 6 id_cmnd 'nine digits'
row_says 7 birth_contradicts_id 'a birth date that contradicts the ID'
row_says 8 amount_decimal 'an amount with a decimal'
row_says 9 amount_negative 'a negative amount'
row_says 10 amount_overflow 'an amount that no number holds'
row_says 11 bank_unknown 'an unknown bank'
row_says 12 duplicate 'the same person twice in one list'
like "$said" 'dòng 12, ô E12: .*Mũi Né \(rows.csv, dòng 3\)' 'and where the other row stands'
is "$(sql "select count(*) from register.import_row where status = 'rejected' and sealed is not null and note <> ''")" 9 \
	'rejected rows are kept, sealed, with what to do'
import rows.csv
is "$status" 65 'the same file twice is refused'
like "$said" 'rows.csv: .*\(file_twice\)' 'by name'
list again.csv "$(person 099143000108 'Trần Thị Cúc')"
said=$(chitra import "$scratch/again.csv" --programme social --area 22921 --period $period 2>&1)
like "$said" 'Mũi Né \(rows.csv, dòng 13\) \(duplicate\)' 'a person on the list of another ward is rejected, and that ward is named'
list name.csv "$(person 099143000108 'Lê Văn Khác')"
said=$(chitra import "$scratch/name.csv" --programme social --area 22921 --period 2024-05 2>&1)
like "$said" '\(id_other_name\)' 'one ID on two people is a question, not an import'
list repair.csv "$(person 99143000109)"
import repair.csv
import repair.csv --accept-repairs
like "$status $said" '^0 .*dòng 3, ô E3: .*\(id_zeros_put_back\)' 'the same file with --accept-repairs: the zero is put back, and said'
is "$(sql "select status || ' ' || (sealed is not null) from register.import_row where code = 'id_zeros_put_back'")" 'repaired true' \
	'the row as it stood is kept'
import repair.csv
like "$status $said" '^65 .*\(file_twice\)' 'and the file is in: it does not come again without the word'
import repair.csv --accept-repairs
like "$status $said" '^65 .*\(file_twice\)' 'nor with it'

# ---- what is stored ------------------------------------------------------------------------------------------------------------

dump=$(pg_dump --data-only --schema=register 2>/dev/null)
unlike "$dump" '099143000101|97042512214429|99143000102|261234567' 'no ID and no account number is readable in the database'
is "$(sql "select bool_and(k.wrapped is not null and length(i.sealed) = 53) from register.person p
	join register.person_key k on k.person = p.id join register.person_id i on i.person = p.id")" t 'each ID is sealed with its own key'
list may.csv "$(person 099143000101)" "$(person 099143000108 'Trần Thị Cúc' '' '' 'Tiền mặt')"
before=$(sql "select count(*) from register.person"),$(sql "select count(*) from register.enrolment")
said=$(chitra import "$scratch/may.csv" --programme social --area 22915 --period 2024-05 2>&1)
is "$(sql "select count(*) from register.person"),$(sql "select count(*) from register.enrolment")" "$before" \
	'the next month registers nobody twice'
is "$(sql "select string_agg(method, ' ' order by p.id) from register.pay_preference p join register.person x on x.id = p.person
	where x.name = 'Trần Thị Cúc'")" 'account cash' 'a new wish is written beside the old one'

# ---- the parser ----------------------------------------------------------------------------------------------------------------

if [ "$CHITRA_BIN" = "$PWD/build/bin" ]; then
	mkfifo "$scratch/pipe"
	chitra-parse payment-list <"$scratch/pipe" >/dev/null 2>&1 &
	parser=$!
	exec 9>"$scratch/pipe"
	for _ in $(seq 50); do
		filter=$(awk '/^Seccomp:/ { print $2 }' "/proc/$parser/status")
		[ "$filter" = 2 ] && break
		sleep 0.1
	done
	is "$filter" 2 'the parser reads behind a system call filter'
	exec 9>&-
	wait "$parser"
	(echo "$heading" && yes "$(person 099143000101)" | head -c 300M) 2>/dev/null |
		(ulimit -v 200000 && chitra-parse payment-list >/dev/null 2>"$scratch/large")
	is "$? $(cut -f1 "$scratch/large")" '65 file_too_large' 'a list of 300 MB ends in a refusal, in less memory than it has'
else
	skip 'the parser reads behind a system call filter' 'sanitizers need system calls of their own'
fi

# ---- other lists ---------------------------------------------------------------------------------------------------------------

printf 'Số CCCD,Họ và tên,Ngày mất\n099143000101,Nguyễn Thị Lan,12/03/2024\n099150000777,Lê Thị Xa,01/02/2024\n' >"$scratch/deaths.csv"
said=$(chitra --json import "$scratch/deaths.csv" --kind deaths)
like "$said" '"accepted":2.*"not_listed":1' 'deaths of people on no list are remembered'
list late.csv '1,Lê Thị Xa,1950,Nữ,099150000777,Người cao tuổi từ đủ 80 tuổi,360.000,Tiền mặt,,,'
import late.csv
is "$(sql "select day from register.person_event e join register.person p on p.id = e.person where p.name = 'Lê Thị Xa'")" 2024-02-01 \
	'whoever comes on a list later was dead already'
printf 'Số CCCD,Họ tên chủ tài khoản,Số tài khoản,Trạng thái\n099199000999,LE VAN KHONG,12345678,Đang hoạt động\n' >"$scratch/strangers.csv"
said=$(chitra import "$scratch/strangers.csv" --kind account_list --bank DEMO 2>&1)
like "$? $said" '^65 .*\(people_unknown\)' "a bank's list of strangers waits for the payment lists"
printf 'Số CCCD,Họ tên chủ tài khoản,Số tài khoản,Trạng thái\n%s\n%s\n%s\n' '099143000108,TRAN THI CUC,97042512214429,Đang hoạt động' \
	'099143000109,NGUYEN VAN BA,97042512214429,Đang hoạt động' '099199000999,LE VAN KHONG,12345678,Đang hoạt động' >"$scratch/bank.csv"
said=$(chitra import "$scratch/bank.csv" --kind account_list --bank DEMO 2>&1)
like "$? $said" '^0 .*\(person_unknown\).*2 dòng nhận' 'a stranger among others is left out'
checks="select string_agg(c.grade || ' ' || c.id_linked || ' ' || c.passes, ', ' order by c.id) from register.account_check c"
like "$said" 'chờ người thứ hai xác nhận \(chitra import confirm [0-9]+\)' 'who brought it is told that it waits'
is "$(sql "$checks")" 'different false false' 'only what speaks against an account counts at once'
CHITRA_SESSION=$scratch/lan chitra import confirm --yes "$(sql 'select max(file) from register.account_file')" >/dev/null
is "$(sql "$checks")" 'different false false, folded true true, different true false' 'by two officers the bank ties accounts to IDs; only a fitting name passes'

# ---- claims --------------------------------------------------------------------------------------------------------------------

list differs.csv "$(person 099143000110 'Lê Thị Sai' '' 380.000)"
import differs.csv
said=$(chitra --json entitle --programme social --period $period)
like "$said" '"new_claims":3,"new_dong":1080000,"ended":2,.*"amount_differs":1' 'claims are made for the living; a wrong amount is a finding'
like "$(chitra --json entitle --programme social --period $period)" '"new_claims":0' 'running again makes no new claims'
is "$(sql "select working from payout.claim_part limit 1")" '20/2021/ND-CP: 360.000 × 1 = 360.000' 'a claim keeps its working'
arrears()
{
	printf '%s\n' "$heading,Từ tháng,Đến tháng,Thành tiền,Số quyết định" \
		"1,Đỗ Văn Trọ,1990,Nam,099090000555,Đang làm việc trong doanh nghiệp,500.000,Tiền mặt,,,,04/2022,06/2022,1.500.000,86/QĐ" \
		"$2" 'Tổng cộng,,,,,,,,,,,,,1.500.000,' >"$scratch/$1"
}
arrears rent-april.csv ',,,,,,,,,,,,,,'
arrears rent-may.csv ',,,,,,,,,,,,,, '
chitra import "$scratch/rent-april.csv" --programme rent --area 22915 --period 2024-04 >/dev/null
chitra import "$scratch/rent-may.csv" --programme rent --area 22915 --period 2024-05 >/dev/null
like "$(chitra --json entitle --programme rent --period 2024-04)" '"new_claims":3,"new_dong":1500000' 'arrears are one claim a month'
like "$(chitra --json entitle --programme rent --period 2024-05)" '"new_claims":0,.*"already_claimed":3' \
	'the same arrears on a later list are claimed no second time, and somebody is told'
said=$(chitra --json match --period $period)
like "$said" '"asked":1,' 'only accounts that no bank has confirmed are asked for'
like "$(chitra --json match --period $period)" '"asked":0,' 'and once'
sql "insert into register.account_answer (inquiry, status, holder_name, personal_id_match)
	select id, 'open', 'LE THI SAI', false from register.account_inquiry"
chitra match --period $period >/dev/null
is "$(sql "select string_agg(code, ' ' order by code) from register.finding where blocks and programme = 'social'")" 'account_id account_name amount_differs' \
	'a name without a second link passes nothing; who failed waits for a person'
finding=$(sql "select id from register.finding where code = 'amount_differs'")
like "$(chitra finding list --period $period --csv)" "$finding,social,22915,Lê Thị Sai,1943,099•••••0110,differs.csv,3,amount_differs,yes,,,,," \
	'a finding says whom it is about: name, year of birth, ward, masked ID'
is "$(CHITRA_SESSION=$scratch/phu_hai chitra finding list --period $period | grep -c social)" 0 'to officers of that ward'
is "$(chitra finding decide "$finding" --verdict pay --reason 'đã kiểm tra')" 'Đã đề nghị; chờ người thứ hai quyết định' 'one officer proposes'
like "$(chitra finding list --period $period --csv)" "$finding,.*,pay_entitled,thu,đã kiểm tra," 'the list says what was proposed, by whom and why'
chitra finding decide "$finding" --verdict pay --reason 'tự duyệt' >/dev/null 2>&1
is $? 77 'and cannot decide alone'
is "$(CHITRA_SESSION=$scratch/lan chitra finding decide "$finding" --verdict pay --reason 'đồng ý')" 'Đã quyết định' 'a second one decides'
people=$(chitra people --period $period --csv --reason 'kiểm thử')
like "$people" '099143000101,social,22915,Nguyễn Thị Lan,account,ended,,,,' 'the dead are on the list, and owed nothing'
like "$people" '099143000109,social,22915,Nguyễn Thị Lan,account,exception,2024-04,regular,360000,exception' 'whoever waits is an exception'
is "$(sql "select what || ': ' || reason from auth.access_log where what = 'export.people'")" 'export.people: kiểm thử' 'opening the IDs is written down'
unlike "$(CHITRA_SESSION=$scratch/phu_hai chitra people --period $period --csv)" '0991' 'an officer of another ward sees nobody'
vouched()
{
	sql "select c.passes || ' ' || c.source from register.account_check c join register.payee_account a on a.id = c.account
		join register.person p on p.id = a.person where p.name = 'Lê Thị Sai' order by c.id desc limit 1"
}
finding=$(sql "select id from register.finding where code = 'account_id'")
chitra finding decide "$finding" --verdict pay --reason 'đã xem sổ' >/dev/null
is "$(vouched)" 'false bank_inquiry' 'an account that no bank ties to the person passes on no one word'
CHITRA_SESSION=$scratch/lan chitra finding decide "$finding" --verdict pay --reason 'đã xem sổ' >/dev/null
is "$(vouched)" 'true officer' 'but on that of two officers'
like "$(chitra import rows --period $period --csv)" 'rows.csv,5,rejected,id_zeros_lost,22915,' 'what every row came to can be read again'
like "$(chitra import categories --programme rent)" '^Chương trình rent
  ' 'what lists may write under «Đối tượng» can be looked up'
unlike "$(chitra import categories --programme rent)" 'Chương trình (merit|social)' 'of one programme'
like "$(chitra import categories)" 'Chương trình merit.*  Thương binh
	hoặc: .*TB.*Chương trình rent.*Chương trình social' 'or of all, each with what else it is called'
is "$(chitra import categories --csv | tail -n +2 | wc -l)" "$(sql 'select count(*) from rules.category')" 'whole'
like "$(chitra import categories --programme none 2>&1)" 'Kiểm tra mã chương trình' 'of one that there is'

# ---- side by side ----------------------------------------------------------------------------------------------------------------

# Two wards list the same 400 new people, the other way round; both imports are let go at once.
crowd()
{
	local i rows=()
	for i in $(seq "$2" "$3" "$4"); do
		rows+=("$(person "$(printf '0991430%05d' "$i")" '' '' '' '' "$((97042500000000 + i))")")
	done
	list "$1" "${rows[@]}"
}
# together LOGIN FILE AREA
together()
{
	CHITRA_SESSION=$scratch/$1 chitra import "$scratch/$2" --programme social --area "$3" --period $period >/dev/null 2>&1
}
for round in 1 2 3; do
	crowd here.csv ${round}001 1 ${round}400
	crowd there.csv ${round}400 -1 ${round}001
	known=$(sql "select count(*) from register.person")
	sql "select pg_advisory_lock(7201); select pg_sleep(0.6)" >/dev/null &
	sleep 0.2
	together thu here.csv 22915 &
	here=$!
	together lan there.csv 22921 &
	there=$!
	wait $here
	ended=$?
	wait $there
	ended="$ended $?"
	is "$ended" '0 0' "round $round: two officers import at once, and neither is refused"
	is "$(sql "select count(*) - $known from register.person")" 400 'everybody is registered once'
	is "$(sql "select string_agg(n || ' ' || status, ', ') from (select count(*) as n, r.status from register.import_row r
		join register.import_file f on f.id = r.file where f.name in ('here.csv', 'there.csv') and f.id in (select id from register.import_file order by id desc limit 2)
		group by r.status order by r.status) x")" '400 accepted, 400 rejected' 'and stands on one list'
done

done_testing

#!/usr/bin/env bash
# Lists of the national population database through its seam, the driver "file": what is dropped is imported once, and stands among the
# taken or, with the reason, among the refused, whoever is killed in between. (What a death does to payments: rules_paid.t, by the same way.)
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/scenario.sh
# shellcheck disable=SC2119  # a name of its own suits
fresh_database
. tests/scenario/lists/officer.sh

drop=$scratch/drop

# fetch: what is said, as one line; its exit code is in $scratch/code
fetch()
{
	chitra "$@" registry fetch 2>&1 | tr '\n' ' '
	echo "${PIPESTATUS[0]}" >"$scratch/code"
}
code()
{
	cat "$scratch/code"
}
# put NAME LINE...: a list, whole
put()
{
	local name=$1
	shift
	printf '%s\n' "$@" >"$drop/.sending" && mv "$drop/.sending" "$drop/$name"
}
# dead NAME ID WHO DAY
dead()
{
	put "$1" 'Số CCCD,Họ và tên,Ngày mất' "$2,$3,$4"
}
# lies WHERE: the names there
lies()
{
	find "$drop/$1" -maxdepth 1 -mindepth 1 ! -name '.*' ! -name taking ! -name taken ! -name refused -printf '%f\n' | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//'
}
# many WHERE GLOB: how many there have such a name
many()
{
	find "$drop/$1" -maxdepth 1 -name "$2" | wc -l
}
lines()
{
	wc -l <"$drop/taken/$1"
}
deaths()
{
	sql "select count(*) from register.person_event where kind = 'death'"
}

elder='Người cao tuổi từ đủ 80 tuổi'
{
	echo 'STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Mức trợ cấp,Hình thức chi trả'
	for n in 1 2 3 4 5 6; do
		echo "$n,Nguyễn Thị $(sed -n "${n}p" <<<$'Lan\nBé\nMận\nTư\nNăm\nSáu'),1940,Nữ,09914000000$n,$elder,360000,Tiền mặt"
	done
	echo 'Tổng cộng,,,,,,2160000,'
} >"$scratch/ward.csv"
chitra import "$scratch/ward.csv" --programme social --area 22915 --period 2024-04 >/dev/null || exit 1

# ---- who may, and where from ------------------------------------------------------------------------------------------------------------

like "$(fetch)" 'Khai báo \[registry\].*config_registry' 'without a driver there is nothing to fetch from'
is "$(code)" 78 'which is the configuration'
printf '[registry]\ndriver = file\ndrop = %s\n' "$drop" >>"$CHITRA_CONFIG"
like "$(fetch)" 'config_registry' 'nor without its directory'
mkdir "$drop"
like "$(chitra registry list)" 'Không có danh sách nào' 'nothing waits in an empty directory'
is "$(ls -A "$drop")" '' 'and looking makes nothing'
like "$(fetch)" '^0 tệp đã nhập' 'fetching nothing is no error'
is "$(code)" 0 'and ends with 0'
dead deaths-1.csv 099140000001 'Nguyễn Thị Lan' 02/03/2024
sql "insert into auth.officer (login, name) values ('la', 'la');
	insert into auth.session (token_hash, officer, expires_at) select sha256(decode(repeat('4', 64), 'hex')), id, now() + interval '1 hour' from auth.officer where login = 'la'"
printf '%064d\n' 0 | tr 0 4 >"$scratch/la"
like "$(CHITRA_SESSION=$scratch/la fetch)" 'no_mandate' 'who has no mandate for the register fetches nothing'
is "$(code)" 77 'for want of permission'
like "$(CHITRA_SESSION=$scratch/phu_hai fetch)" 'no_mandate' 'nor does the officer of one ward, whom others are no business of: their rows would be lost'
like "$(CHITRA_SESSION=$scratch/none fetch)" 'not_logged_in' 'nor does nobody'
CHITRA_SESSION=$scratch/la chitra registry list >/dev/null 2>&1
is $? 77 'nor does he see what waits'
is "$(lies .)" deaths-1.csv 'and the file lies where it lay'

# ---- the three kinds -----------------------------------------------------------------------------------------------------------------------

put moves-1.csv 'Số CCCD,Họ và tên,Ngày chuyển đi,Nơi đến' '099140000002,Nguyễn Thị Bé,15/03/2024,22918'
put corrections-1.csv 'Số CCCD cũ,Số CCCD mới,Họ và tên,Ngày điều chỉnh' '099140000003,099140000033,Nguyễn Thị Mận,01/03/2024'
echo x >"$drop/deaths-2.csv.part"
echo x >"$drop/deaths-3.CSV.tmp"
echo x >"$drop/.deaths-4.csv"
like "$(chitra registry list)" 'corrections-1.csv +điều chỉnh' 'what waits is listed with its kind'
is "$(chitra --json registry list | grep -o '"file":"[^"]*"' | tr '\n' ' ')" '"file":"corrections-1.csv" "file":"deaths-1.csv" "file":"moves-1.csv" ' \
	'but not what is still being sent'
like "$(fetch)" '^3 tệp đã nhập, 0 tệp không nhập được: 3 dòng nhận' 'a list is of the kind that its name begins with'
is "$(code) $(lies taken)" '0 corrections-1.csv deaths-1.csv moves-1.csv' 'and lies among the taken afterwards'
is "$(lies .)" 'deaths-2.csv.part deaths-3.CSV.tmp' 'a file that is still being sent is left alone'
is "$(sql "select string_agg(kind || ' ' || day, ', ' order by kind) from register.person_event")" 'death 2024-03-02, move 2024-03-15' 'a death counts at once'
is "$(sql "select string_agg(kind, ' ' order by kind) from (select kind from register.identity where second_officer is null
	union all select kind from register.decision where second_officer is null) x")" 'correct move' 'what a list only proposes waits for two officers'
rm "$drop"/*.part "$drop"/*.tmp "$drop/.deaths-4.csv"

# ---- what is wrong with a file --------------------------------------------------------------------------------------------------------------

head -c 3000 /dev/urandom >"$drop/deaths-garbage.xlsx"
: >"$drop/deaths-empty.csv"
put births-1.csv 'Số CCCD,Họ và tên' '099140000004,Nguyễn Thị Tư'
put deaths-heading.csv 'Họ và tên,Ngày mất' 'Nguyễn Thị Tư,01/03/2024'
ln -s "$scratch/ward.csv" "$drop/deaths-link.csv"
mkfifo "$drop/deaths-pipe.csv"
mkdir "$drop/deaths-directory"
dead deaths-5.csv 099140000004 'Nguyễn Thị Tư' 03/03/2024
said=$(fetch)
is "$(code)" 65 'a refused file ends with 65'
like "$said" '1 tệp đã nhập, 7 tệp không nhập được: 1 dòng nhận' 'and holds up no other'
is "$(lies .)$(lies taking)" '' 'nothing is left lying'
like "$(cat "$drop/refused/births-1.csv.reason.txt")" 'deaths- .*corrections-.*\(registry_kind\)' 'a file of no known kind is refused, with the reason beside it'
like "$(cat "$drop/refused/deaths-empty.csv.reason.txt")" 'tệp trống \(file_empty\)' 'an empty file too'
like "$(cat "$drop/refused/deaths-garbage.xlsx.reason.txt")" 'Tệp deaths-garbage.xlsx không nhập được' 'and garbage'
like "$(cat "$drop/refused/deaths-heading.csv.reason.txt")" 'còn thiếu: .*\(heading_missing\)' 'and a list that lacks a column'
like "$(cat "$drop/refused/deaths-link.csv.reason.txt" "$drop/refused/deaths-pipe.csv.reason.txt" "$drop/refused/deaths-directory.reason.txt" | tr '\n' ' ')" \
	'registry_no_file.*registry_no_file.*registry_no_file' 'links, pipes and directories are no lists'
ok 'and are not followed' test -L "$drop/refused/deaths-link.csv"
is "$(cmp "$scratch/ward.csv" "$drop/refused/deaths-link.csv" && echo same)" same 'what a link points to stays as it was'
like "$(fetch)" '^0 tệp đã nhập, 0 tệp không' 'what was refused is not tried again by itself'
mv "$drop/refused/births-1.csv" "$drop/deaths-late.csv"
sed -i 's/Tư$/Tư,04\/03\/2024/; 1s/$/,Ngày mất/' "$drop/deaths-late.csv"
mv "$drop/refused/deaths-heading.csv" "$drop/" && sed -i '1s/^/Số CCCD,/; 2s/^/099140000005,/; 2s/Tư/Năm/' "$drop/deaths-heading.csv"
like "$(fetch)" '^2 tệp đã nhập' 'what was corrected and put back is'
ok 'and its reason is gone' test ! -e "$drop/refused/deaths-heading.csv.reason.txt"

# ---- what is wrong with a row -----------------------------------------------------------------------------------------------------------------

put deaths-rows.csv 'Số CCCD,Họ và tên,Ngày mất' '099140000006,Lê Văn Khác,01/03/2024' '099140000077,Ai Đó,01/03/2031'
said=$(fetch)
like "$said" 'dòng 2, ô A2: .*\(id_other_name\).*dòng 3, ô C3: .*\(death_day_bad\)' 'nobody is declared dead under the name of another'
is "$(code)" 0 'the list counts, its wrong rows do not'
like "$(tr '\n' ' ' <"$drop/taken/deaths-rows.csv.reason.txt")" 'trừ các dòng sau: dòng 2: .*id_other_name\) dòng 3:.*death_day_bad\) Sửa' \
	'and stand beside it, for whoever was not there'
unlike "$(cat "$drop/taken/deaths-rows.csv.reason.txt")" '0991|Khác' 'without naming anybody'

# ---- a file that comes again ------------------------------------------------------------------------------------------------------------------

n=$(deaths)
cp "$drop/taken/deaths-1.csv" "$drop/deaths-again.csv"
cp "$drop/taken/deaths-rows.csv" "$drop/deaths-rows.csv"
said=$(fetch)
is "$(code) $(deaths)" "0 $n" 'a file that comes again, under whatever name, is no harm'
like "$said" 'deaths-again.csv: Không phải làm gì: tệp này đã được nhập: deaths-1.csv' 'it is said which one it was'
ok 'and counts as taken' test -e "$drop/taken/deaths-again.csv"
is "$(lines deaths-rows-2.csv.reason.txt)" 4 'a name that is taken gets a number, and its rows are said again'
dead deaths-1.csv 099140000006 'Nguyễn Thị Sáu' 05/03/2024
fetch >/dev/null
is "$(deaths) $(lines deaths-1-2.csv) $(lines deaths-1.csv)" "$((n + 1)) 2 2" 'another file of the same name is another file'

# ---- names --------------------------------------------------------------------------------------------------------------------------------------

dead "deaths-$(printf 'a\nb\xff\e[31m')" 099140000081 'Ai Đó' 01/03/2024
dead "deaths-$(printf 'ă%.0s' {1..120})" 099140000082 'Ai Đó' 01/03/2024
dead deaths-1.csv.reason.txt 099140000083 'Ai Đó' 01/03/2024
dead DEATHS-X.CSV 099140000084 'Ai Đó' 01/03/2024
said=$(fetch --json)
is "$(code) $(grep -o '"files":[0-9]*,"refused_files":[0-9]*' <<<"$said")" '0 "files":4,"refused_files":0' 'names that nobody can type are no obstacle'
is "$(find "$drop/taken" -regextype egrep -regex '.*[^[:print:]].*' | wc -l) $(lies .)" '0 ' 'nor shown as they are'
ok 'nor does a list pass for the reason of another' test -e "$drop/taken/deaths-1.csv.reason_txt"

# ---- trouble of ours ------------------------------------------------------------------------------------------------------------------------------

dead deaths-wait.csv 099140000085 'Ai Đó' 01/03/2024
before=$(sql 'select count(*) from register.import_file')
cat >"$scratch/hang" <<-'SH'
	#!/bin/sh
	echo $$ >"${0%/*}/hanging"
	exec sleep 60
SH
chmod +x "$scratch/hang"
sed "s|^\[registry\]|parse_program = $scratch/hang\n&|" "$CHITRA_CONFIG" >"$scratch/hang.conf"
sed "s|^\[registry\]|parse_program = $scratch/none\n&|" "$CHITRA_CONFIG" >"$scratch/none.conf"
like "$(fetch --config "$scratch/none.conf")" 'parser_died' 'without a parser nothing can be read'
is "$(code) $(lies taking) $(lies refused | grep -c wait)" '70 deaths-wait.csv 0' 'and the file waits: it is not to blame'
like "$(chitra registry list)" 'deaths-wait.csv .*đang nhập dở' 'which is seen'
chmod 777 "$drop/taken"
like "$(fetch)" 'config_registry.*nobody else may write' 'what others may write into is not believed to be ours'
chmod 700 "$drop/taken"

# ---- two at once, and killed --------------------------------------------------------------------------------------------------------------------------

# hang: a run that waits for its parser, with the file in its hands
hang()
{
	rm -f "$scratch/hanging"
	chitra --config "$scratch/hang.conf" registry fetch >/dev/null 2>&1 &
	run=$!
	for _ in $(seq 100); do
		[ -s "$scratch/hanging" ] && return
		sleep 0.1
	done
}
hang
like "$(fetch)" 'một lần nhận khác đang chạy.*registry_busy' 'of two runs one takes'
is "$(code)" 75 'the other may come again later'
{
	kill -9 "$run" "$(cat "$scratch/hanging")"
	wait "$run"
} 2>/dev/null
is "$(lies taking) $(sql 'select count(*) from register.import_file')" "deaths-wait.csv $before" 'a run that is killed while it reads has imported nothing'
dead deaths-wait.csv 099140000086 'Ai Đó' 01/03/2024
like "$(fetch)" '^2 tệp đã nhập' 'the next one takes the file up, and another of its name'
is "$(many taken 'deaths-wait*') $(lies taking)" '2 ' 'and neither is lost'

dead deaths-in.csv 099140000087 'Ai Đó' 01/03/2024
put deaths-in2.csv 'Số CCCD,Họ và tên,Ngày mất' '099140000006,Lê Văn Khác,02/03/2024'
mv "$drop"/deaths-in*.csv "$drop/taking/"
for file in "$drop"/taking/deaths-in*.csv; do
	chitra import "$file" --kind deaths >/dev/null 2>&1
done
fetch >/dev/null
is "$(code) $(lies taking) $(sql "select count(*) from register.import_file where name like 'deaths-in%'")" '0  2' 'killed after the commit: it is taken, and imported once'
like "$(cat "$drop/taken/deaths-in2.csv.reason.txt")" 'dòng 2: .*id_other_name' 'and its rejected rows are not forgotten'

for n in $(seq 40); do
	dead "deaths-many-$n.csv" "0991410001$(printf %02d "$n")" 'Ai Đó' 01/03/2024
	put "many-$n.csv" "$n"
done
before=$(sql 'select count(*) from register.import_file')
for wait in 0.02 0.05 0.08 0.12 0.16 0.2 0.25 0.3 0.35 0.4; do
	chitra registry fetch >/dev/null 2>&1 &
	run=$!
	sleep "$wait"
	{
		kill -9 "$run"
		wait "$run"
	} 2>/dev/null
done
chitra registry fetch >/dev/null 2>&1 &
run=$!
chitra registry fetch >/dev/null 2>&1
wait "$run"
chitra registry fetch >/dev/null 2>&1
is "$(($(sql 'select count(*) from register.import_file') - before)) $(sql "select count(distinct name) from register.import_file where name like 'deaths-many%'")" '40 40' \
	'killed anywhere and begun again, two at once: each file is imported once'
is "$(many taken 'deaths-many-*.csv') $(lies .)$(lies taking)" '40 ' 'and lies among the taken once'
is "$(many refused 'many-*.csv') $(many refused 'many-*.csv.reason.txt')" '40 40' 'or among the refused, each with its reason'

# ---- who is still writing -------------------------------------------------------------------------------------------------------------------------------

cat >"$scratch/slow" <<-SH
	#!/bin/sh
	sleep 1
	exec "$CHITRA_BIN/chitra-parse" "\$@"
SH
chmod +x "$scratch/slow"
sed "s|$scratch/none|$scratch/slow|" "$scratch/none.conf" >"$scratch/slow.conf"
dead deaths-grows.csv 099140000088 'Ai Đó' 01/03/2024
exec 9>>"$drop/deaths-grows.csv"
(sleep 0.5 && echo '099140000089,Ai Khác,01/03/2024' >&9) &
said=$(fetch --config "$scratch/slow.conf")
wait $!
exec 9>&-
like "$said" 'registry_changed' 'a file that grows in our hands is not taken'
is "$(code)" 75 'but read again'
fetch >/dev/null
is "$(sql "select count(*) from register.death_notice n join register.import_file f on f.id = n.file where f.name = 'deaths-grows.csv'") $(lies taken | grep -c deaths-grows.csv)" '2 1' \
	'until it is whole'

done_testing

#!/usr/bin/env bash
# A grant to everybody on a ward's list: proposed by one officer from the list, confirmed by another who knows how many they are.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/scenario.sh
# shellcheck disable=SC2119  # a name of its own suits
fresh_database

sql "alter table ops.instance disable trigger guard"	# it may be later than that where this runs
sql "update ops.instance set clock_offset = timestamptz '2024-04-03 08:00+07' - now()" || exit 1
. tests/scenario/lists/officer.sh
officer mui_ne 4 22915 || exit 1
cared='Người cao tuổi từ đủ 80 tuổi'
# ward FILE CODE NAME...: a payment list of April 2024; IDs by name
ward()
{
	local file=$1 code=$2 n=0 name
	shift 2
	{
		echo 'STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Mức trợ cấp,Hình thức chi trả'
		for name; do
			echo "$((++n)),Nguyễn Thị $name,1941,Nữ,$(id "$name"),$cared,360.000,Tiền mặt"
		done
		echo "Tổng cộng,,,,,,$((n * 360000)),"
	} >"$scratch/$file.csv"
	chitra import "$scratch/$file.csv" --programme social --area "$code" --period 2024-04 >"$scratch/said" 2>&1 || cat "$scratch/said"
}
id()
{
	printf '0991410%05d' "$((16#$(printf %s "$1" | md5sum | cut -c1-4)))"
}
# row NAME [AMOUNT]
row()
{
	echo "$(id "$1"),Nguyễn Thị $1,${2-}"
}
ward mui 22915 An Bình Cúc Dung Mai
ward phu 22921 Sen
printf '%s\n' 'Số CCCD,Họ và tên,Ngày mất' "$(row Mai 01/04/2024)" >"$scratch/deaths.csv"
chitra import "$scratch/deaths.csv" --kind deaths >/dev/null 2>&1

grant=(grant --programme merit --from 2024-04 --period 2024-04 --rate MERIT_HOLIDAY_MEAL --times 3 --number 12/QĐ-UBND --reason 'quà Tết')
# granted FILE [OPTION...], by the officer of the ward
granted()
{
	said=$(CHITRA_SESSION=$scratch/mui_ne chitra decide "${grant[@]}" --list "$scratch/$1" "${@:2}" 2>&1)
}
confirm()
{
	CHITRA_SESSION=$scratch/$1 chitra decide confirm --number 12/QĐ-UBND --people "$2" 2>&1
}
waiting()
{
	sql "select string_agg(right(p.name, -length('Nguyễn Thị ')), ' ' order by p.name) from register.decision d join register.person p on p.id = d.person
		where d.kind = 'grant' and d.second_officer is null and (d.pay_period, d.rate_codes, d.quantity) = ('2024-04-01', '{MERIT_HOLIDAY_MEAL}', 3)"
}

{
	echo 'Số CCCD,Họ và tên,Số tiền'
	row An 600.000
	row Bình 700.000
	row Cúc
	row Sen 600.000
	row Mai 600.000
	row An 600.000
	echo "099141099999,Nguyễn Thị Lạ,600.000"
	echo "$(id Dung),Trần Văn Khác,600.000"
} >"$scratch/tet.csv"
granted tet.csv --marked "$scratch/marked.xlsx"
like "$said" ' 2 dòng nhận, 0 dòng đã sửa, 6 dòng bị từ chối' 'a list is granted row by row: what is right is proposed'
is "$(waiting)" 'An Cúc' 'to those people, as to one'
like "$said" 'dòng 3, ô C3: Sửa số tiền' 'a list that says another amount than the rate grants nobody that'
like "$said" 'dòng 5.*\(person_of_another\)' 'nobody of another ward is granted anything'
like "$said" 'dòng 6.*\(grant_dead\)' 'nor a dead person, unless alone'
like "$said" 'dòng 7.*\(duplicate_here\)' 'nor anybody twice'
like "$said" 'dòng 8.*\(person_unknown\)' 'nor who is not registered'
like "$said" 'dòng 9.*\(id_other_name\)' 'nor somebody by the ID of another'
like "$(python3 -c 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read("xl/sharedStrings.xml").decode())' "$scratch/marked.xlsx")" 'Sửa số tiền: khác mức' 'the list comes back with what to correct'

granted tet.csv
like "$said" 'file_twice' 'the same list for the same grant is no second one'
{
	echo 'Số CCCD,Họ và tên,Số tiền'
	row An 600.000
	row Bình 600.000
} >"$scratch/again.csv"
granted again.csv
is "$(grep -o already_in <<<"$said") $(waiting)" 'already_in An Bình Cúc' 'the corrected list adds who was missing, and nobody twice'
sed 's/600.000/600.000 đồng chẵn/' "$scratch/again.csv" >"$scratch/words.csv"
granted words.csv
like "$said" '\(amount_bad\)' 'an amount that cannot be read is not passed over'
printf '%s\n' 'Số CCCD,Họ và tên,Số tiền (nghìn đồng)' "$(row Dung 600)" >"$scratch/thousands.csv"
granted thousands.csv
unlike "$(waiting)" 'Dung' 'nor one in thousands'
CHITRA_SESSION=$scratch/mui_ne chitra decide "${grant[@]/MERIT_HOLIDAY_MEAL/SA_FUNERAL}" --list "$scratch/again.csv" >"$scratch/said" 2>&1
is "$? $(grep -o rate_unknown "$scratch/said" | head -1)" '65 rate_unknown' 'a grant is by a rate of its programme'
CHITRA_SESSION=$scratch/mui_ne chitra decide "${grant[@]}" "$(id An)" --list "$scratch/again.csv" >/dev/null 2>&1
is $? 64 'a person or a list, not both'

is "$(confirm mui_ne 3 | grep -o same_person)" same_person 'who proposed does not confirm'
is "$(confirm lan 2 | grep -o people_differ)" people_differ 'nor who counted others than wait: what came meanwhile is looked at'
is "$(confirm phu_hai 3 | grep -o people_differ)" people_differ 'an officer of another ward sees none of them'
is "$(sql 'select count(*) from register.decision where second_officer is not null')" 0 'so nothing is decided yet'
like "$(CHITRA_SESSION=$scratch/lan chitra decide list --open --number 12/QĐ-UBND)" '3 quyết định' 'the second officer sees who they are, and how many'
is "$(confirm lan 3)" 'Đã quyết định' 'and confirms all of them at once'
granted again.csv --sheet x
said=$(chitra --json entitle --programme merit --period 2024-04 2>&1)
like "$said" '"new_claims":3,"new_dong":1800000,' 'each is granted 3 × 200,000 once'
done_testing

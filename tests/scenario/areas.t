#!/usr/bin/env bash
# Units across 2025-07-01: lists with old codes, names and villages, mandates, batches and reports, by the real command line.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/scenario.sh
# shellcheck disable=SC2119  # a name of its own suits
fresh_database

sql "alter table ops.instance disable trigger guard"	# it may be later than that where this runs
today()
{
	sql "update ops.instance set clock_offset = timestamptz '$1 08:00+07' - now()" || exit 1
}
today 2025-06-10
. tests/scenario/lists/officer.sh
# Mandates of June 2025: a ward that was renamed only, one of three that became one, a district, a province, an island, and a unit that is
# split. In July: the new ward, and the ward whose code Xã Phong Nẫm had.
officer phong_nam 4 22960 && officer phan_thiet 5 593 && officer binh_thuan 6 60 && officer ly_son 7 536 && officer tra_bui 8 21142 || exit 1
heading='STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Mức trợ cấp,Hình thức chi trả'
cared='Người cao tuổi được nhận chăm sóc tại cộng đồng'
amount=1.500.000
names=(Lan Mai Cúc Đào Huệ Sen Hồng Liên Thu Xuân)
# list FILE [-a] ROW...: a payment list; a row is a digit, and with -a «digit,commune,village» where commune may be quoted
list()
{
	local file=$1 columns='' n=0 d rest
	shift
	[ "$1" = -a ] && { columns=',"Xã, phường",Thôn'; shift; }
	{
		echo 'DANH SÁCH CHI TRẢ'
		echo "$heading$columns"
		for row; do
			d=${row%%,*} rest=''
			[ -n "$columns" ] && rest=,${row#*,}
			echo "$((++n)),Nguyễn Thị ${names[$d]},194$d,Nữ,09914${d}00000$d,$cared,$amount,Tiền mặt$rest"
		done
		echo "Tổng cộng,,,,,,$((n * 1500000)),${columns:+,,}"
	} >"$scratch/$file.csv"
}
# import_as WHO FILE AREA PERIOD [OPTION...]
import_as()
{
	local who=$1 file=$2 area=$3 period=$4
	shift 4
	said=$(CHITRA_SESSION=$scratch/$who chitra import "$scratch/$file.csv" --programme social --area "$area" --period "$period" "$@" 2>&1)
}
# where PERIOD: digit unit since, of everybody on the period's lists
where()
{
	sql "select string_agg(concat_ws(' ', right(p.birth_year::text, 1), coalesce(r.area_code, f.area_code),
			extract(year from coalesce(r.area_valid_from, f.area_valid_from))), ', ' order by p.birth_year)
		from register.import_row r join register.import_file f on f.id = r.file join register.person p on p.id = r.person
		where r.period = '$1-01'"
}
enrolled()
{
	sql "select string_agg(concat_ws(' ', right(p.birth_year::text, 1), e.area_code, extract(year from e.area_valid_from)), ', '
			order by p.birth_year, e.id)
		from register.enrolment e join register.person p on p.id = e.person"
}

# ---------------------------------------------------------------- June, before the reform
list old 0 1
import_as phong_nam old 22960 2025-06
like "$said" '1 tệp đã nhập, 0 tệp không nhập được: 2 dòng nhận' "a code means the unit of the list's period: 22960 is Xã Phong Nẫm in June"
is "$(where 2025-06)" '0 22960 2023, 1 22960 2023' 'and is kept with its day'
list island 2
import_as ly_son island 536 2025-06
like "$said" '1 dòng nhận' 'an island district without communes is a unit of its own'
import_as thu island 21548 2025-06
like "$said" 'đã nhận từ trước|file_twice' 'the new code of an island, in an old period, is carried back to the same unit'
list backwards 3
import_as thu backwards 22924 2025-06
is "$(where 2025-06)" '0 22960 2023, 1 22960 2023, 2 536 2023, 3 22924 2023' 'a code that stands on that day needs no carrying'
list merged -a '4,Phường Bình Thuận,' '9,22963 - Xã Tuyên Quang,'
import_as thu merged 60 2025-06
like "$said" 'dòng 3, ô I3: Ghi xã, phường cũ: Phường Bình Thuận \(22960\) khi đó còn là Phường Phú Tài \(22927\).*Xã Phong Nẫm \(22960\).*area_merged' \
	'a new unit made of several, in an old period, asks which of them it was'
like "$said" '0 dòng nhận, 0 dòng đã sửa, 2 dòng bị từ chối' 'and nobody is put anywhere'
list nation 4
import_as thu nation 'Phường Bình Thuận' 2025-06
like "$said" '20254.*27478.*area_ambiguous' 'a name that several provinces have is no unit of a file'
list prov -a '5,Phường Mũi Né,' '6,"Hàm Tiến, Phan Thiết",'
import_as binh_thuan prov 60 2025-06
like "$said" '2 dòng nhận' 'who has the mandate of a province brings lists of all its communes'
list prov2 -a '4,Phường Mũi Né,'
import_as phong_nam prov2 60 2025-06
like "$said" 'Nhờ người có thẩm quyền' 'who has a ward does not'
import_as phan_thiet prov2 60 2025-06
like "$said" 'Nhờ người có thẩm quyền' 'nor who has a district of it'
chitra entitle --programme social --period 2025-06 >/dev/null 2>&1
is "$(sql "select count(*) || ' ' || string_agg(distinct area_valid_from::text, ' ') from payout.claim")" '6 2023-04-01' \
	'June is owed under the units of June'

# ---------------------------------------------------------------- July, after it
today 2025-07-05
officer binh_thuan_moi 9 22960 && officer lam_dong a 68 && officer dac_khu b 21548 || exit 1
list july_old 0
import_as thu july_old 22921 2025-07
like "$said" 'Phường Phú Hài \(22921\) được nhập cho Phường Phú Thuỷ \(22924\) \(area_carried\)' \
	'a list of an old unit with one successor is carried to it, and says so'
is "$(where 2025-07)" '0 22924 2025' 'and stands there'
is "$(sql "select area_said from register.import_file where name = 'july_old.csv'")" 22921 'what the officer wrote is kept'
list codes -a '1,22921,' '2,22936,' '3,22924,'
import_as thu codes 68 2025-07
like "$said" '3 dòng nhận.*3 dòng ghi đơn vị của thời kỳ khác|2 dòng ghi đơn vị của thời kỳ khác' 'rows with old codes are carried one by one'
is "$(where 2025-07)" '0 22924 2025, 1 22924 2025, 2 22924 2025, 3 22924 2025' 'to the units of the period'
like "$(chitra import rows --period 2025-07 2>&1)" 'Đã chuyển từ Phường Phú Hài \(22921\) sang Phường Phú Thuỷ \(22924\)' 'each row notes from where'
list split -a '4,21142,' '5,Xã Trà Bùi,Thôn Niên' '6,"Trà Bùi, huyện Trà Bồng",Thôn Quế'
import_as thu split 51 2025-07
like "$said" 'dòng 3.*Ghi xã, phường mới, hoặc ghi thôn.*Trà Bùi \(21142\) đã chia vào Xã Cà Đam \(21136\).*Tây Trà Bồng \(21157\).*area_split' \
	'a row of a split unit is rejected, and names where it can have gone'
like "$said" '0 dòng nhận, 0 dòng đã sửa, 3 dòng bị từ chối' 'and is never guessed, also with a village that nobody knows'
like "$said" 'ô I3' "and names the cell"
said=$(CHITRA_SESSION=$scratch/tra_bui chitra area village 'Thôn Niên' --unit 21142 --to 21136 --source 'NQ 1677' 2>&1)
like "$said" 'thuộc 21142 nhập vào 21136' 'the officer of the old unit says where a village went'
said=$(CHITRA_SESSION=$scratch/phong_nam chitra area village 'Thôn Quế' --unit 21142 --to 21157 --source 'NQ 1677' 2>&1)
like "$said" 'Nhờ người có thẩm quyền' 'another one cannot'
said=$(chitra area village 'Thôn Quế' --unit 21142 --to 22924 --source 'NQ 1677' 2>&1)
like "$said" 'không chia sang' 'nor to a unit that got no part of it'
list split2 -a '4,21142,' '5,Xã Trà Bùi,Thôn Niên' '6,"Trà Bùi, huyện Trà Bồng",Thôn Quế'
echo >>"$scratch/split2.csv"
import_as thu split2 51 2025-07
like "$said" '1 dòng nhận, 0 dòng đã sửa, 2 dòng bị từ chối' 'with the village known the row goes where the village went'
like "$(where 2025-07)" '5 21136 2025' 'to that part'
list whole -a '4,,Thôn Niên' '6,,'
import_as thu whole 21142 2025-07
like "$said" '1 dòng nhận, 0 dòng đã sửa, 1 dòng bị từ chối' 'a whole list of a split unit is asked row by row'
list whole2 -a '6,,Thôn Niên'
import_as tra_bui whole2 21142 2025-07
like "$said" '1 dòng nhận' 'and the officer of the old unit sends it'

list names -a '7,Lý Sơn,' '8,Đặc khu Lý Sơn,' '9,P. Phú Thủy,'
import_as thu names 51 2025-07
like "$said" '2 dòng nhận, 0 dòng đã sửa, 1 dòng bị từ chối' "units are known by name, within the list's province"
like "$said" 'không có đơn vị nào trong tỉnh là «P. Phú Thủy».*area_unknown' 'not in another one'
like "$(where 2025-07)" '7 21548 2025, 8 21548 2025' 'the island too'

list mixed -a '9,22921,' '6,22951,'
import_as thu mixed 68 2025-07
like "$said" 'dòng 4.*area_ambiguous' 'a code that two old units had, one of which went nobody knows where, is asked about'
list other -a '6,"Phường Hàm Thắng",'
import_as thu other 22924 2025-07
like "$said" 'Chuyển dòng này sang danh sách của Phường Hàm Thắng \(22933\).*area_of_another' 'a row of another ward does not come in with this list'

# ---------------------------------------------------------------- mandates across the reform
# may WHO ROLE CODE FROM
may()
{
	sql "begin; select auth.enter(sha256(pg_read_binary_file('/dev/null'))) limit 0;
		insert into auth.entered (officer) select id from auth.officer where login = '$1';
		select auth.may_in('$2', 'labour', '$3', '$4', 0); rollback" | tail -1
}
while read -r who code from wanted why; do
	is "$(may "$who" register "$code" "$from")" "$wanted" "$why"
done <<-'END'
	phong_nam 22960 2023-04-01 t who had Xã Phong Nẫm finishes what it left
	phong_nam 22960 2025-07-01 f but has no power over the ward that got its code
	binh_thuan_moi 22960 2025-07-01 t the ward's own officer has it
	binh_thuan_moi 22960 2023-04-01 t and what the units left that went into it as a whole
	binh_thuan_moi 22921 2023-04-01 f not what went elsewhere
	binh_thuan 22960 2025-07-01 t who had the old province has the new units that are made of it
	binh_thuan 22918 2025-07-01 t each of them
	binh_thuan 24781 2025-07-01 f and no other unit of the new province
	lam_dong 22960 2025-07-01 t who has the new province has its units
	lam_dong 22915 2023-04-01 t and the old ones that went into it
	ly_son 536 2023-04-01 t the island's officer has it before
	ly_son 21548 2025-07-01 t and after, since nobody else joined it
	dac_khu 536 2023-04-01 t and the new island's officer what the old one left
	tra_bui 21136 2025-07-01 f a unit that got a part of a split one is not its officer's
	tra_bui 21142 2023-04-01 t the old one stays
	thu 21136 2025-07-01 t a mandate for everywhere reaches everything
END
is "$(sql "select array(select split_part(w, ' ', 1) from unnest(register.area_words('22960', '2025-07-01')) w)")" '{22960,60,68}' 'the words that a certificate may say of a unit are its own, the new province and the old'
said=$(CHITRA_SESSION=$scratch/phong_nam chitra report carry --period 2025-06 --csv 2>&1)
is "$(grep -c '^social' <<<"$said")" 2 'who had the old unit still sees what it left'
said=$(CHITRA_SESSION=$scratch/ly_son chitra people --period 2025-07 --csv 2>&1)
like "$said" 'Liên' "an island's officer sees its people after the reform"
unlike "$said" 'Lan' 'and nobody else'

# ---------------------------------------------------------------- reports by the units of another day
chitra entitle --programme social --period 2025-07 >/dev/null 2>&1
said=$(chitra report summary --period 2025-07 --csv 2>&1)
like "$said" 'social,22924,5' 'a report has the units of the lists'
said=$(chitra report summary --period 2025-07 --area-as-of 2025-06-30 --csv 2>&1)
like "$said" 'social,536,2' 'by the units of another day: an island is the same people'
like "$said" 'social,22924,1' 'who was enrolled in a unit then is told by that'
like "$said" 'social,22921/22924/22936,4' 'of the others it says among which units they cannot be told'
said=$(chitra report summary --period 2025-06 --area-as-of 2025-07-01 --csv 2>&1)
like "$said" 'social,22918,2' 'old units by the new ones: two wards are one'
like "$said" 'social,21548,1' 'and the island'
is "$(awk -F, 'NR > 1 { n += $3 } END { print n }' <<<"$said")" 6 'nobody is lost or counted twice'
said=$(chitra report carry --period 2025-07 --area-as-of 2025-06-30 --csv 2>&1)
is "$(grep -c '^social,536,' <<<"$said") $(grep -c '^social,22924,' <<<"$said")" "$(chitra report carry --period 2025-07 --csv | grep -cE ',(21548|536),') 1" \
	'what each is owed is shown by the units of another day too' || echo "$said"
is "$(chitra report carry --period 2025-07 --area-as-of 2025-06-30 --area 22924 --csv | wc -l)" 2 'and one of them alone'
is "$(chitra people --period 2025-07 --area-as-of 2025-06-30 --csv | grep '^[0-9]' | cut -d, -f2,3 | sort -u | paste -sd' ')" \
	"$(chitra report summary --period 2025-07 --area-as-of 2025-06-30 --csv | grep '^social' | cut -d, -f1,2 | sort -u | paste -sd' ')" 'and so are the people, where the summary counts them'
is "$(chitra people --period 2025-07 --csv | cut -d, -f3 | sort -u | paste -sd' ')" "$(chitra people --period 2025-07 --area-as-of 2025-07-01 --csv | cut -d, -f3 | sort -u | paste -sd' ')" \
	'by the units of the lists it is the same with or without a day'
said=$(chitra report coverage --period 2025-07 --area-as-of 2025-06-30 --csv 2>&1)
is "$(cut -d, -f1-4 <<<"$said" | paste -sd' ')" "$(chitra report summary --period 2025-07 --area-as-of 2025-06-30 --csv | awk -F, '/^social/ { print $2, $3 }' | sort | {
	echo 'area,area_from,name,entitled'
	while read -r unit n; do
		sql "select concat_ws(',', '$unit', coalesce(max(valid_from)::text, ''), coalesce(max(name), ''), $n) from register.area
			where level = 'commune' and code = '$unit' and valid_from <= '2025-06-30' and (valid_to is null or valid_to >= '2025-06-30')"
	done
} | paste -sd' ')" 'who is paid without cash is counted by the units of another day, each under its name then'
is "$(chitra report coverage --period 2025-07 --area-as-of 2025-06-30 --area 536 --csv | sed 1d | cut -d, -f1,4)" 536,2 'and one of them alone'
is "$(chitra report coverage --period 2025-07 --csv | cut -d, -f1-4)" "$(chitra report coverage --period 2025-07 --area-as-of 2025-07-01 --csv | cut -d, -f1-4)" \
	'by the units of the claims it is the same with or without a day'
like "$(chitra --json report coverage --period 2025-07 --area-as-of 2025-06-30)" '"area":"[0-9/]+/[0-9]+","area_from":null' 'what can be any of several units has no first day'
said=$(chitra report coverage --period 2030-04)
is "$? $(tail -1 <<<"$said")" '0 Chưa có danh sách của kỳ này trong phạm vi được xem, hoặc chưa tính: chitra entitle' 'a period without a list is no target that was missed'
chitra report carry --period 2025-07 --area-as-of 2025-13-01 >/dev/null 2>&1
is $? 64 'a day that is none is refused'

# ---------------------------------------------------------------- June's batch in July
sql "insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, honours_valid_until, posting_lag_days,
	items_per_message, valid_hours, agent_key) select 'post', 'cash', id, 'post', 'cash_list', true, 30, true, 2, 500, 72,
	sha256('post') from org.funding_account"
sql "insert into auth.mandate select officer, certificate, 'maker', agency, area, 1000000000, named_on from auth.mandate where role = 'register'"
said=$(CHITRA_SESSION=$scratch/phong_nam chitra batch make --programme social --period 2025-06 --area 22960 2>&1)
is "$(sql "select string_agg(concat_ws(' ', area_code, area_valid_from, lines), ', ') from payout.batch")" '22960 2023-04-01 2' \
	"June's batch of an old unit is made in July by its officer"
like "$(chitra batch list 2>&1)" 'Xã Phong Nẫm' 'under its old name'
said=$(CHITRA_SESSION=$scratch/phong_nam chitra batch make --programme social --period 2025-07 --area 22924 2>&1)
like "$said" 'Nhờ người có thẩm quyền' "but not July's of a ward that is not his"
said=$(CHITRA_SESSION=$scratch/ly_son chitra batch make --programme social --period 2025-07 --area 536 --area 21548 2>&1)
is "$(sql "select string_agg(concat_ws(' ', area_code, lines), ', ' order by area_code, lines) from payout.batch where area_code in ('536', '21548')")" \
	'21548 2, 536 1' 'an island has its batch of before and of after'

like "$(chitra area show 22960)" 'Xã Phong Nẫm.*
	sau đó: Phường Bình Thuận' 'chitra area show says what a code was and is'

# ---------------------------------------------------------------- what nobody knows, and what is several
today 2025-05-20
list lost 9
import_as thu lost 22939 2025-05
today 2025-07-10
said=$(chitra report summary --period 2025-05 --area-as-of 2025-07-01 2>&1)
like "$said" 'social +22939\? +Phường Bình Hưng ' 'a unit of which nobody knows what came after it keeps its last name'
like "$said" '
Mã có dấu \? \(22939\?\): chưa rõ ngày đó là đơn vị nào; xem bằng chitra area show 22939' 'and the sign behind its code is explained'
unlike "$said" 'một trong' 'only that one'
like "$(chitra area show 22939)" 'Phường Bình Hưng.* đến .*
	sau đó: chưa rõ; ghi đơn vị của kỳ này' 'chitra area show says that it is not known, and what to do'
said=$(chitra report summary --period 2025-07 --area-as-of 2025-06-30 2>&1)
like "$said" '
Mã có dấu / \(21136/21142\): là một trong các đơn vị đó' 'units that cannot be told apart are explained too'
like "$(chitra report coverage --period 2025-07 --area-as-of 2025-06-30)" '
Mã có dấu / \(21136/21142\): là một trong các đơn vị đó' 'in each report'
like "$(chitra report carry --period 2025-07 --area-as-of 2025-06-30)" '
Mã có dấu / \(21136/21142\): là một trong các đơn vị đó' 'that counts by units'
unlike "$(chitra report summary --period 2025-07)" 'một trong|chưa rõ' 'and none where there is nothing to explain'
done_testing

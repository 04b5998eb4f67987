#!/usr/bin/env bash
# Lists that are no payment lists: who joins, who leaves, who moved, who was corrected; and what senders call their columns.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/scenario.sh
# shellcheck disable=SC2119  # a name of its own suits
fresh_database
. tests/scenario/lists/officer.sh

elder='Người cao tuổi từ đủ 80 tuổi'
# bring FILE OPTION...: what is said, as one line
bring()
{
	local name=$1
	shift
	chitra import "$scratch/$name" "$@" 2>&1 | tr '\n' ' '
}
ward=(--programme social --area 22915 --period 2024-04)

# ---- who joins -------------------------------------------------------------------------------------------------------------------

printf '%s\n' 'STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Hình thức nhận' \
	"1,Nguyễn Thị Lan,1943,Nữ,099143000001,$elder,Tiền mặt" "2,Trần Thị Bé,1943,Nữ,099143000002,$elder," >"$scratch/enrol.csv"
like "$(bring enrol.csv "${ward[@]}" --kind enrolment_list)" ' 2 dòng nhận,.* 2 người mới' 'a list of enrolments has no amounts and no totals row'
is "$(sql 'select count(*) from register.enrolment where from_month = date '"'2024-04-01'"' and kind = '"'regular'")" 2 'its people are enrolled from the month it is for'
like "$(chitra --json entitle --programme social --period 2024-04)" '"new_claims":0' 'but nobody is on the lists of the period by that'
cp "$scratch/enrol.csv" "$scratch/enrol2.csv" && echo >>"$scratch/enrol2.csv"
like "$(bring enrol2.csv "${ward[@]}" --kind enrolment_list)" ' 2 dòng nhận,.* 0 người mới' 'the same again is no error'
is "$(sql 'select count(*) from register.enrolment')" 2 'and enrols nobody twice'
printf '%s\n' 'DANH SÁCH TĂNG' 'STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Hưởng từ tháng,Số quyết định' \
	"1,Lê Thị Cúc,1943,Nữ,099143000003,$elder,05/2024,12/QĐ-UBND" "2,Lê Thị Mận,1943,Nữ,099143000004,$elder,05/2024," \
	"3,Lê Thị Đào,1943,Nữ,099143000005,$elder,tháng năm,13/QĐ-UBND" >"$scratch/increase.csv"
said=$(bring increase.csv "${ward[@]}" --kind increase_list)
like "$said" 'ô H4: Điền số quyết định.*\(decision_missing\)' 'who joins needs a decision, and its cell is named'
like "$said" 'ô G5: .*\(months_bad\)' 'and a month'
is "$(sql "select from_month || ' ' || decision from register.enrolment where from_month > '2024-04-01'")" '2024-05-01 12/QĐ-UBND' 'then the enrolment begins with it'
sed 's/Lê Thị Mận/Lê Thị Mai/' "$scratch/increase.csv" >"$scratch/increase2.csv"
like "$(bring increase2.csv "${ward[@]}" --kind increase_list)" ' 1 dòng nhận' 'the corrected list of who joins comes in beside the first'

# ---- who leaves -------------------------------------------------------------------------------------------------------------------

printf '%s\n' 'STT,Họ và tên,Số CCCD,Giảm từ tháng,Lý do giảm,Số quyết định' '1,Nguyễn Thị Lan,099143000001,05/2024,Chuyển đi,20/QĐ' \
	'2,Lê Văn Xa,099043000009,05/2024,Chết,' '3,Nguyễn Văn Khác,099143000002,05/2024,Chết,' '4,Lê Thị Cúc,099143000003,05/2024,,' \
	>"$scratch/decrease.csv"
said=$(bring decrease.csv --kind decrease_list --programme social)
like "$said" 'ô C3: .*\(person_unknown\)' 'nobody leaves who is not registered'
like "$said" 'ô C4: .*\(id_other_name\)' 'nor under the name of another'
like "$said" 'ô E5: .*\(reason_empty\)' 'nor without a reason'
is "$(sql "select kind || ' ' || month || ' ' || number || ' ' || reason || ' ' || (second_officer is null) from register.decision")" \
	'terminate 2024-05-01 20/QĐ Chuyển đi true' 'the rest is proposed, and waits for a second officer'
printf '%s\n' 'Số CCCD,Họ và tên,Từ tháng,Lý do' '099143000001,Nguyễn Thị Lan,05/2024,Chuyển đi' >"$scratch/decrease2.csv"
like "$(bring decrease2.csv --kind decrease_list --programme social)" '\(already_in\)' 'the same person and month is proposed once'
printf '%s\n' 'Số CCCD,Họ và tên,Từ tháng,Lý do' '099143000001,Nguyễn Thị Lan,05/2024,Chuyển đi' >"$scratch/decrease3.csv"
like "$(bring decrease3.csv --kind decrease_list --programme merit)" '\(person_not_enrolled|file_twice\)' 'nobody leaves a programme that they are not in'
printf '%s\n\n' 'Số CCCD,Họ và tên,Từ tháng,Lý do' '099143000002,Trần Thị Bé,05/2024,Hết điều kiện' >"$scratch/decrease4.csv"
said=$(CHITRA_SESSION=$scratch/phu_hai chitra import "$scratch/decrease4.csv" --kind decrease_list --programme social 2>&1)
like "$said" '\(person_of_another\)' 'an officer of another ward proposes nothing'

# ---- moves and corrections ---------------------------------------------------------------------------------------------------------

printf '%s\n' 'Số CCCD,Họ và tên,Ngày chuyển đi,Nơi đến' '099143000002,Trần Thị Bé,15/03/2024,Phường Phú Hài' '099143000003,Lê Thị Cúc,15/03/2030,x' >"$scratch/moves.csv"
like "$(bring moves.csv --kind moves)" 'ô C3: .*\(move_day_bad\).* 1 dòng nhận' 'a move has its day, which is not to come'
is "$(sql "select kind || ' ' || day from register.person_event")" 'move 2024-03-15' 'and is written down'
printf '%s\n' 'Số CCCD cũ,Số CCCD mới,Họ và tên,Ngày điều chỉnh' '099143000003,099143000033,Lê Thị Cúc,01/03/2024' '261234567,099143000034,Ai Đó,01/03/2024' >"$scratch/corrections.csv"
said=$(bring corrections.csv --kind corrections)
like "$said" 'dòng 3.*\(person_unknown\).* 1 dòng nhận' 'a correction names the person by the old ID, or by an old card that is known'
is "$(sql "select count(*) from register.identity where kind = 'correct' and second_officer is null")" 1 'and waits for a second officer'

printf '%s\n' 'Số CCCD,Họ và tên,Ngày mất' '099143000003,Lê Thị Cúc,02/03/2024' | iconv -t CP1258 >"$scratch/old.csv"
like "$(bring old.csv --kind deaths)" 'ô B2: .*\(text_converted_unseen\)' 'old letters wait for the officer in every kind of list'
like "$(bring old.csv --kind deaths --accept-repairs)" ' 1 dòng nhận' 'who may say that they are right'

# ---- what is wrong with the words of the command ---------------------------------------------------------------------------------------

ln -s rows.xlsx "$scratch/link.xlsx"
cp "$scratch/old.csv" "$scratch/rows.xlsx"
like "$(bring rows.xlsx --kind deaths --marked "$scratch/link.xlsx")" 'marked_same: ' 'a list is never written over by what is marked in it'
is "$(cmp "$scratch/old.csv" "$scratch/rows.xlsx" && echo same)" same 'by whatever name'
like "$(bring rows.xlsx --kind deaths --marked "$scratch/no/x.xlsx")" 'marked_failed' 'where nothing can be written is said'
like "$(bring rows.xlsx --kind deaths --marked "$scratch/x.csv")" 'marked_name' 'as is a name that no program would open as a workbook'
is "$(sql "select count(*) from register.import_file where name = 'rows.xlsx'")" 0 'before anything is in'
like "$(bring rows.xlsx)" '^Thêm --period .* Xem cách dùng: chitra help import $' 'an option that lacks is named'
like "$(chitra match --status 2>&1)" '^Thêm --period' 'of every command'
like "$(bring rows.xlsx --kind death)" '«death»' 'so is a kind of list that there is not'

# ---- what senders call their columns ---------------------------------------------------------------------------------------------------

printf '%s\n' 'Mã hộ,Ai,Sinh,Phái,Diện,Tiền,Cách nhận,Số CCCD' "099143000007,Phạm Thị Tám,1943,Nữ,$elder,360.000,Tiền mặt,Quận 1" \
	'Tổng cộng,,,,,360.000,,' >"$scratch/own.csv"
sed -i 's/099143000007,\(.*\)Tổng/099143000007,\1Tổng/' "$scratch/own.csv"
like "$(bring own.csv "${ward[@]}")" '\(heading_missing|heading_none\)' 'a sender with words of its own is not understood'
heading()
{
	chitra import headings --sender 22915 --heading "$1" --means "$2" 2>&1
}
{
	heading 'Mã hộ' personal_id
	heading 'Ai' name
	heading 'SINH' birth
	heading 'Diện' category
	heading 'Tiền (đ)' amount
	heading 'Tiền' amount
	heading 'Cách nhận' method
	heading 'Số CCCD' ignored
} >"$scratch/said"
sed -i '3s/.*/,Tổng cộng,,,,360.000,,/' "$scratch/own.csv"
like "$(tail -3 "$scratch/said")" '«tien» là amount \(chưa dùng: chờ người thứ hai' 'which column is the money is said by one officer'
heading 'Tiền' amount >/dev/null
like "$(bring own.csv "${ward[@]}")" '\(heading_missing|heading_none\)' 'and counts for nothing, however often he says it'
for word in 'Mã_hộ personal_id' 'Tiền amount' 'Số_CCCD ignored'; do
	CHITRA_SESSION=$scratch/lan heading "$(tr _ ' ' <<<"${word% *}")" "${word##* }" >/dev/null
done
unlike "$(chitra import headings | grep -v 'tien d')" 'chưa dùng' 'until another says the same'
said=$(bring own.csv "${ward[@]}")
like "$said" ' 1 dòng nhận' 'once it is said what the words mean, that wins over what the program knows'
like "$said" 'Khai báo đã lưu của 22915: cột «ma ho» là personal_id' 'and the import says so'
like "$(bring own.csv --programme social --area 22921 --period 2024-04)" '\(heading_missing|heading_none\)' 'for that sender only'
like "$(chitra import headings)" '22915: «ma ho» là personal_id' 'what was said can be read again'
like "$(heading 'Tiền' tien)" 'cell_unknown: .*personal_id' 'a cell that lists do not have is refused'
heading 'Ai' known >/dev/null
unlike "$(chitra import headings)" '«ai»' 'and a word can be taken back'
is "$(sql "select count(*) from register.list_heading where heading = 'ai'")" 2 'without being forgotten'

# ---- whoever took the parser over ------------------------------------------------------------------------------------------------------

mkdir "$scratch/taken"
cp "$CHITRA_BIN/chitra" "$scratch/taken"
cat >"$scratch/taken/chitra-parse" <<'PYTHON'
#!/usr/bin/python3
import os, socket
_, fds, _, _ = socket.recv_fds(socket.socket(fileno=0), 4096, 3)
os.write(fds[2], b'ok\t0\t\n')
with os.fdopen(fds[1], 'wb') as rows:
    rows.write(b'x' * (6 << 20))
PYTHON
chmod +x "$scratch/taken/chitra-parse"
for kind in deaths payment_list; do
	where=()
	[ $kind = deaths ] || where=("${ward[@]}")
	like "$(timeout -s KILL 20 "$scratch/taken/chitra" import "$scratch/enrol.csv" --kind $kind "${where[@]}" 2>&1; echo "[$?]")" '\(parser_line\).*\[65\]' \
		"$kind: a line without an end is refused, not waited for"
done

done_testing

#!/usr/bin/env bash
# From June 2026 to January 2027, by the real command line: the rises of 321/2026 and 335/2026 pay their difference once, officers
# suspend, resume, grant and ask back by two, cash that nobody collects suspends, and each of it can be read out to the citizen.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/scenario.sh
# shellcheck disable=SC2119  # a name of its own suits
fresh_database

. tests/scenario/lists/officer.sh
officer xa_khac 4 22924 || exit 1

sql "alter table ops.instance disable trigger guard"	# it may be later than that where this runs
# today DAY: the business clock of the sandbox
today()
{
	sql "update ops.instance set clock_offset = timestamptz '$1 08:00+07' - now()" || exit 1
}
heading='STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Mức trợ cấp,Hình thức chi trả,Số tài khoản,Ngân hàng'
cared='Người cao tuổi được nhận chăm sóc tại cộng đồng'
parent='Người đơn thân nghèo đang nuôi 2 con; Người khuyết tật nặng'
rows=(
	"1,Phạm Thị Già,1945,Nữ,099145000001,$cared,1.500.000,Tiền mặt,,"
	"2,Lê Thị Đơn,1985,Nữ,099185000002,$parent,1.750.000,Tiền mặt,,"
	"3,Ngô Thị Mất,1940,Nữ,099140000003,$cared,1.500.000,Tiền mặt,,"
	"4,Đỗ Thị Vắng,1940,Nữ,099140000004,$cared,1.500.000,Tiền mặt,,"
	"5,Bùi Thị Dừng,1940,Nữ,099140000005,$cared,1.500.000,Tiền mặt,,"
)
# month PERIOD DAY [ROW...]: the clock, the list of the period (all rows, or these), and what is owed, as JSON in $said
month()
{
	local period=$1 sum
	today "$2"
	shift 2
	[ $# -gt 0 ] || set -- "${rows[@]}"
	sum=$(printf '%s\n' "$@" | awk -F, '{ gsub(/\./, "", $7); s += $7 } END { print s + 0 }')
	printf '%s\n' "DANH SÁCH CHI TRẢ $period" "$heading" "$@" "Tổng cộng,,,,,,$sum,,," >"$scratch/$period.csv"
	chitra import "$scratch/$period.csv" --programme social --area 22945 --period "$period" >"$scratch/imported" 2>&1 || cat "$scratch/imported"
	owed "$period"
}
owed()
{
	said=$(chitra --json entitle --programme social --period "$1" 2>&1)
}
# claims PERIOD KIND: name month amount, of a pay period
claims()
{
	sql "select string_agg(concat_ws(' ', p.name, to_char(c.month, 'MM'), c.amount_dong), ', ' order by p.name, c.month)
		from payout.claim c join register.person p on p.id = c.person where c.pay_period = '$1-01' and c.kind = '$2'"
}
explain()
{
	said=$(chitra explain "$@" 2>&1)
}
# second WORD...: the second officer
second()
{
	CHITRA_SESSION=$scratch/lan chitra "$@"
}
# decided WORD...: proposed by thu and confirmed by lan
decided()
{
	local proposed
	proposed=$(chitra --json decide "$@" --reason 'theo hồ sơ' 2>&1) || { echo "$proposed" && return 1; }
	second decide confirm "$(grep -o '[0-9]*' <<<"$proposed")"
}

# ---- before the rise ---------------------------------------------------------------------------------------------------------------

today 2026-06-22
printf '%s\n' "$heading" "1,Lê Thị Đơn,1985,Nữ,099185000002,Người đơn thân nghèo đang nuôi con,500.000,Tiền mặt,," 'Tổng cộng,,,,,,500000,,,' >"$scratch/children.csv"
like "$(chitra import "$scratch/children.csv" --programme social --area 22945 --period 2026-06 2>&1)" 'Ghi số con.*\(children_missing\)' \
	'a single parent without the number of children is rejected, and it is said how to write it'
month 2026-07 2026-06-22
is "$(claims 2026-07 regular)" 'Bùi Thị Dừng 07 1500000, Lê Thị Đơn 07 1750000, Ngô Thị Mất 07 1500000, Phạm Thị Già 07 1500000, Đỗ Thị Vắng 07 1500000' \
	'20/2021/ND-CP: July is paid by the standard that is known: 3 × 500,000; 2 children × 500,000 + 1.5 × 500,000'
is "$(sql "select children from register.enrolment where category = 'SA_SINGLE_PARENT'")" 2 'the number of children is kept with the enrolment'
month 2026-08 2026-07-22
month 2026-09 2026-08-22
month 2026-10 2026-09-22
like "$said" '"new_claims":5,.*"risen":0' 'the list of October left before the decree was in force: the old rate, and no difference'

# ---- the rise ---------------------------------------------------------------------------------------------------------------------

rows=("${rows[@]//1.500.000/1.620.000}")
rows=("${rows[@]//1.750.000/1.890.000}")
month 2026-11 2026-10-22
like "$said" '"new_claims":25,.*"risen":20,' '335/2026/ND-CP: November has its own claims, and the differences of July to October'
is "$(claims 2026-11 arrears | grep -o 'Phạm[^,]*' | paste -sd,)" \
	'Phạm Thị Già 07 120000,Phạm Thị Già 08 120000,Phạm Thị Già 09 120000,Phạm Thị Già 10 120000' '3 × 40,000 for each month, as arrears apart'
is "$(claims 2026-11 arrears | grep -o 'Đơn[^,]*' | head -1)" 'Đơn 07 140000' 'the single parent 2 × 40,000 + 1.5 × 40,000'
is "$(sql "select string_agg(distinct to_char(pay_period, 'MM') || ' ' || known_on, ', ') from payout.claim where pay_period >= '2026-10-01'")" \
	'10 2026-09-22, 11 2026-10-22' 'each claim keeps the day whose rates it knew'
owed 2026-11
like "$said" '"new_claims":0,.*"risen":0' 'running again owes no difference twice'
explain 099145000001 --period 2026-11
like "$said" 'Trợ cấp tháng 11/2026: 1.620.000 đồng \(chưa lập bảng chi\)' 'the month is read out'
like "$said" 'mức chuẩn 540.000 đồng nhân hệ số 3 bằng 1.620.000 đồng, theo Nghị định 335/2026/NĐ-CP' 'how it was worked out, in words'
like "$said" 'Truy lĩnh tháng 7/2026: 120.000 đồng' 'each month of arrears by itself'
like "$said" 'mức mới 1.620.000 đồng, trừ phần đã tính theo mức cũ 1.500.000 đồng, còn được truy lĩnh 120.000 đồng' 'and why'
like "$said" 'Chưa lĩnh tháng trước:' 'what earlier months left unpaid is there'
like "$said" 'Cộng: 8.100.000 đồng; trong đó tháng này 1.620.000 đồng, truy lĩnh 480.000 đồng, chưa lĩnh tháng trước 6.000.000 đồng' \
	'and the sums, each apart'
unlike "$said" '099145000001' 'without the ID'
explain 099185000002 --period 2026-11
like "$said" 'mức chuẩn 540.000 đồng nhân hệ số 1, nhân 2 con, bằng 1.080.000 đồng' 'the number of children is said'
is "$(sql "select count(*) from auth.access_log a join register.person p on p.id = a.person where a.what = 'person.explain'")" 2 \
	'who looked whom up is written down'
CHITRA_SESSION=$scratch/xa_khac explain 099145000001 --period 2026-11
is $? 77 'an officer of another ward is told nothing'
report=$(chitra report carry --period 2026-11 --programme social --csv)
like "$report" 'social,22945,Phạm Thị Già,1945,1620000,480000,0,4,6000000,8100000' \
	'the list has two columns, this month and not collected before; arrears stand apart, and the total adds'
is "$(grep ^social <<<"$report" | cut -d, -f3 | paste -sd,)" 'Bùi Thị Dừng,Đỗ Thị Vắng,Lê Thị Đơn,Ngô Thị Mất,Phạm Thị Già' 'people stand in the order of the Vietnamese alphabet: Đ behind D'
is "$(chitra --json claim list --period 2026-11 --area 22945 | grep -o '"name":"[^ ]*' | uniq | cut -d'"' -f4 | paste -sd,)" 'Bùi,Đỗ,Lê,Ngô,Phạm' 'also where claims are listed'
said=$(chitra report carry --period 2026-11 --programme social)
ok 'it fits into 80 columns' [ "$(wc -L <<<"$said")" -le 80 ]
like "$said" 'Chương trình social, 22945 Phường.*STT  họ và tên +sinh +tháng này +chưa lĩnh trước +cộng' 'with the ward by name above its people'
like "$said" 'Phạm Thị Già +1945 +1\.620\.000 +6\.000\.000 \(4 th\) +8\.100\.000
 +truy lĩnh +480\.000' 'what is paid beside the month stands below it'
like "$said" '
 +Cộng ' 'and each ward has its sum'
month 2026-12 2026-11-22
like "$said" '"new_claims":5,.*"risen":0' 'the month after owes only itself: what was not collected is never claimed again'

# ---- two officers decide -------------------------------------------------------------------------------------------------------------

stop=(suspend 099140000005 --programme social --from 2027-01 --number 12/QĐ-UBND)
like "$(chitra decide "${stop[@]}" --reason x 2>&1)" '^Ghi lý do' 'a reason that says nothing is asked for again, in words'
said=$(chitra decide "${stop[@]}" --reason 'không đánh giá lại')
like "$said" 'chitra decide confirm 1' 'one officer proposes a decision'
said=$(chitra decide confirm 1 2>&1)
like "$? $said" '^77 .*' 'and cannot confirm it'
CHITRA_SESSION=$scratch/xa_khac chitra decide confirm 1 >/dev/null 2>&1
is $? 77 'nor may an officer of another ward'
is "$(CHITRA_SESSION=$scratch/xa_khac chitra decide list | grep -c 12/QĐ; chitra decide list | grep -c 12/QĐ)" "$(printf '0\n1')" 'who is not even told of it'
sql "update auth.officer set disabled = true where login = 'thu'"
like "$(second decide confirm 1 2>&1)" 'first_mandate_over' 'it is not confirmed when the first one has no mandate any more'
sql "update auth.officer set disabled = false where login = 'thu'"
is "$(second decide confirm 1)" 'Đã quyết định' 'a second one does'
second decide confirm 1 >/dev/null 2>&1
is $? 65 'once'
for month in 06 07; do
	chitra decide resume 099140000005 --programme social --from 2027-$month --number 13/QĐ-UBND --reason 'thử' >/dev/null
done
said=$(second decide confirm 2 3 99 2>&1)
like "$? $said" '^65 .*decision 99' 'several are confirmed together, all or none'
is "$(sql "select count(*) from register.decision where second_officer is not null")" 1 'here none, and the one that is missing is named'
like "$(chitra decide list)" '12/QĐ-UBND *thu *lan' 'the list of decisions names both'
is "$(decided together --programme social --period 2027-01 --number 1/QĐ-SYT)" 'Đã quyết định' 'January and February are to be paid together before Tết'
sql "insert into register.person_event (person, kind, day) select id, 'death', '2026-11-28' from register.person where name = 'Ngô Thị Mất'"
month 2027-01 2026-12-22
is "$(claims 2027-01 regular)" 'Lê Thị Đơn 01 1890000, Lê Thị Đơn 02 1890000, Phạm Thị Già 01 1620000, Phạm Thị Già 02 1620000, Đỗ Thị Vắng 01 1620000, Đỗ Thị Vắng 02 1620000' \
	'two months together are two claims; the suspended and the dead have none'
is "$(sql "select string_agg(f.code, ' ' order by f.code, f.period) from register.finding f join register.person p on p.id = f.person
	where p.name in ('Bùi Thị Dừng', 'Ngô Thị Mất') and f.code <> 'amount_differs'")" 'after_death suspended' \
	'the suspension is a finding, and so is December, claimed for one who died in November'
explain 099140000005 --period 2027-01
like "$said" 'Không có trợ cấp tháng 1/2027: đang tạm dừng theo quyết định' 'why there is nothing can be read out'
explain 099140000003 --period 2027-01
like "$said" 'Đã mất ngày 28/11/2026.*' 'the death too'
like "$said" 'Không có trợ cấp tháng 1/2027: người hưởng đã mất: thôi hưởng từ tháng sau tháng mất' 'and its consequence'
month 2027-02 2027-01-22 "${rows[0]}" "${rows[1]}"
like "$said" '"new_claims":0,.*"already_claimed":0' 'February, paid ahead, is not claimed again, and troubles nobody'

is "$(decided terminate 099185000002 --programme social --from 2027-02 --number 19/QĐ-UBND)" 'Đã quyết định' 'a mother is ended from a month that was claimed ahead'
is "$(sql "select string_agg(f.period || ' ' || f.blocks, ' ') from register.finding f join register.person p on p.id = f.person
	where p.name = 'Lê Thị Đơn' and f.code = 'stopped_since'")" '2027-01-01 true' 'what was claimed for months after the decision waits as soon as two decided'

# ---- cash that nobody collects -----------------------------------------------------------------------------------------------------------

# uncollected NAME MONTH...: the agent's confirmed lists brought the cash of these months back
uncollected()
{
	local name=$1 m
	shift
	for m in "$@"; do
		sql "set session_replication_role = replica;
			insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id)
				select c.id, 1, 0, c.id, sha256('cash'), c.amount_dong, sha256('line'), lpad(c.id::text, 19, '0')
				from payout.claim c join register.person p on p.id = c.person where p.name = '$name' and c.month = '$m-01' and c.kind = 'regular';
			insert into payout.payout_state (payout, state) select max(id), 9 from payout.payout;
			insert into recon.cash_list (channel, message, paid_count, paid_dong, unpaid_count, unpaid_dong, first_officer, second_officer)
				select 1, (select count(*) + 1 from recon.cash_list), 0, 0, 1, 1, 1, 2;
			insert into recon.cash_line (list, n, payout, paid, amount_dong) select max(l.id), 1, (select max(id) from payout.payout), false, 1
				from recon.cash_list l" || exit 1
	done
}
uncollected 'Đỗ Thị Vắng' 2026-12 2027-01 2027-02
month 2027-03 2027-02-22 "${rows[0]}" "${rows[3]}"
is "$(claims 2027-03 regular)" 'Phạm Thị Già 03 1620000' '20/2021/ND-CP: three months uncollected in a row, and nothing more is claimed'
is "$(sql "select f.code from register.finding f join register.person p on p.id = f.person where p.name = 'Đỗ Thị Vắng' and f.period = '2027-03-01'")" \
	uncollected 'an officer is told'
explain 099140000004 --period 2027-03
like "$said" 'ba tháng liền không đến lĩnh' 'and can say why'
like "$said" 'chưa lĩnh, sẽ chi lại' 'what was not collected stays owed'
is "$(decided resume 099140000004 --programme social --from 2027-03 --number 14/QĐ-UBND)" 'Đã quyết định' 'two officers resume'
owed 2027-03
is "$(claims 2027-03 regular)" 'Phạm Thị Già 03 1620000, Đỗ Thị Vắng 03 1620000' 'and the month is claimed'
is "$(sql "select blocks from register.finding where code = 'uncollected'")" f 'what two officers decided about the person holds back nothing more'

# ---- grants, a funeral, and money asked back --------------------------------------------------------------------------------------------

funeral=(funeral 099140000003 --programme social --period 2027-03 --rate 'SA_FUNERAL,PENSION_FUNERAL' --number 15/QĐ-UBND)
is "$(chitra decide funeral 099145000001 "${funeral[@]:2}" --reason 'thử' 2>&1 | grep -o not_dead; chitra decide list --open | grep -c 15/QĐ)" "$(printf 'not_dead\n0')" \
	'no funeral for the living'
is "$(decided "${funeral[@]}")" 'Đã quyết định' 'a funeral is decided by two'
owed 2027-03
like "$said" '"new_claims":1,"new_dong":10800000,.*"grants":1' '20/2021/ND-CP art. 11: 20 × 540,000, the higher of two texts once'
is "$(claims 2027-03 funeral)" 'Ngô Thị Mất 11 10800000' 'for the month of death'
like "$(decided "${funeral[@]}" 2>&1)" 'funeral_once' 'a second funeral is refused'
owed 2027-03
like "$said" '"new_claims":0,.*"grants":0' 'running again grants nothing twice'
like "$(chitra finding list --period 2027-03 --open --csv)" 'payee_dead' 'who takes it for the dead is for two officers to say'
finding=$(sql "select max(id) from register.finding where code = 'payee_dead'")
is "$(CHITRA_SESSION=$scratch/xa_khac chitra finding decide "$finding" --verdict pay --reason 'thử' >/dev/null 2>&1; echo $?)" 77 'of that ward'
is "$(CHITRA_SESSION=$scratch/xa_khac chitra finding list --period 2027-03 --csv | grep -c payee_dead)" 0 'who alone see it'
before=$(sql "select count(*), sum(amount_dong) from payout.claim")
ask_back=(recover 099140000003 --programme social --amount 1620000 --number 16/QĐ-UBND --from)
like "$(decided "${ask_back[@]}" 2027-01)" 'no_mandate' 'money is asked back by officers whose mandates reach so far'
sql "set session_replication_role = replica; update auth.mandate set limit_dong = 1620000"
like "$(decided "${ask_back[@]}" 2026-12 2>&1)" 'asked_twice' 'what was claimed and did not leave is not asked back'
is "$(decided "${ask_back[@]}" 2027-01)" 'Đã quyết định' \
	'Circular 101/2018/TT-BTC: what was paid after death is asked back by a decision'
owed 2027-03
is "$(sql "select count(*), sum(amount_dong) from payout.claim")" "$before" 'which takes nothing off any claim'
chitra decide grant 099145000001 --programme social --from 2027-03 --period 2027-03 --rate MERIT_WORSHIP --number 17/QĐ --reason 'thử' >"$scratch/said" 2>&1
is "$? $(grep -o rate_unknown "$scratch/said")" '65 rate_unknown' 'a grant is by a rate of its programme'

# ---- merit ---------------------------------------------------------------------------------------------------------------------------------

is "$(decided grant 099145000001 --programme merit --from 2027-03 --period 2027-03 --rate MERIT_WORSHIP --times 2 --number 18/QĐ)" 'Đã quyết định' \
	'75/2021/ND-CP art. 13: worship of two martyrs is granted'
said=$(chitra --json entitle --programme merit --period 2027-03)
like "$said" '"new_claims":1,"new_dong":2800000,' 'twice 1,400,000'

meal=(grant 099145000001 --programme merit --from 2027-03 --period 2027-05 --rate MERIT_HOLIDAY_MEAL --times 3 --number 20/QĐ)
is "$(decided "${meal[@]}")" 'Đã quyết định' 'another grant of the same month is decided, to be paid later'
is "$(decided grant 099145000001 --programme merit --from 2027-03 --period 2027-03 --rate MERIT_WORSHIP --number 21/QĐ)" 'Đã quyết định' \
	'and a third one, the first of them by another decision, to be paid now'
like "$(decided "${meal[@]}" 2>&1)" 'grant_once' 'what one decision grants is granted once'
for period in 2027-03 2027-05 2027-05; do
	chitra --json entitle --programme merit --period $period >"$scratch/said" 2>&1 || cat "$scratch/said"
done
is "$(sql "select string_agg(c.instalment || ' ' || to_char(c.pay_period, 'MM') || ' ' || c.amount_dong, ', ' order by c.id) from payout.claim c
	where c.programme = 'merit' and c.kind = 'grant'")" '1 03 2800000, 2 03 1400000, 3 05 600000' \
	'each grant of a month is a claim of its own, in whatever order they fall due, once'

# ---- each claim is a payout --------------------------------------------------------------------------------------------------------------

sql "insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, honours_valid_until, posting_lag_days, items_per_message,
		valid_hours, agent_key) select 'post', 'cash', id, 'vnpost', 'cash_list', true, 7, true, 1, 500, 72, sha256('agent') from org.funding_account;
	insert into auth.mandate select officer, certificate, 'maker', agency, area, 1000000000000 from auth.mandate where officer = 1"
chitra batch make --all --period 2027-03 --programme social >"$scratch/said" 2>&1 || cat "$scratch/said"
is "$(sql "select string_agg(to_char(c.month, 'MM ') || c.kind || ' ' || c.instalment || ' ' || p.amount_dong, ', ' order by c.kind desc, c.month)
	from payout.payout p join payout.claim c on c.id = p.claim join register.person x on x.id = c.person
	where x.name = 'Phạm Thị Già' and c.pay_period in ('2026-11-01', '2027-01-01')")" \
	'11 regular 1 1620000, 01 regular 1 1620000, 02 regular 1 1620000, 07 arrears 1 120000, 08 arrears 1 120000, 09 arrears 1 120000, 10 arrears 1 120000' \
	'January and February are two payouts, and so is each month of arrears'
is "$(sql "select count(*) = count(distinct end_to_end_id) from payout.payout")" t 'under ids of their own'
is "$(sql "select count(*) from payout.payout p join payout.claim c on c.id = p.claim join register.person x on x.id = c.person
	where x.name = 'Ngô Thị Mất' and c.month >= '2026-12-01'")" 0 'what was claimed for a month after death is paid to nobody'
report=$(chitra report carry --period 2027-04 --programme social --csv)
unlike "$report" 'Phạm Thị Già' 'what is in a batch is not carried over'
like "$report" 'Ngô Thị Mất,1940,0,0,0,[0-9]+,' 'what waits is'
is "$(CHITRA_SESSION=$scratch/xa_khac chitra report carry --period 2027-04 --csv | wc -l)" 1 'an officer of another ward sees nobody in it'

# ---- a death that comes late ---------------------------------------------------------------------------------------------------------------

printf 'Số CCCD,Họ và tên,Ngày mất\n099145000001,Phạm Thị Già,05/02/2027\n' >"$scratch/deaths.csv"
chitra import "$scratch/deaths.csv" --kind deaths >/dev/null
is "$(sql "select string_agg(to_char(f.period, 'YYYY-MM'), ' ') from register.finding f join register.person p on p.id = f.person
	where f.code = 'after_death' and p.name = 'Phạm Thị Già'")" 2027-03 \
	'20/2021/ND-CP art. 8 (2): what was claimed for months after a death waits as soon as the death is known; the month of death is due'

# ---- two rises, one after the other --------------------------------------------------------------------------------------------------------

# Both count from March; the second comes into force in April, before the differences of the first are claimed, which do not know it.
sql "insert into rules.rate (rate_code, programme, description_vi, basis, amount_dong, effective_from, in_force_from, decree, legal_basis, verification)
	values ('SA_ELDER_D', 'social', 'thử', 'fixed', 1700000, '2027-02-15', '2027-03-20', 'thử 1', 'thử', 'read'),
		('SA_ELDER_D', 'social', 'thử', 'fixed', 1800000, '2027-03-01', '2027-04-10', 'thử 2', 'thử', 'read')" || exit 1
month 2027-04 2027-04-15 "${rows[3]}"
is "$(claims 2027-04 regular), $(claims 2027-04 arrears)" 'Đỗ Thị Vắng 04 1800000, Đỗ Thị Vắng 03 80000' 'April is paid by both rises, the difference of March by the first'
today 2027-05-02
owed 2027-05
is "$(claims 2027-05 arrears)" 'Đỗ Thị Vắng 03 100000' 'the second rise owes March its difference in the month after'
owed 2027-05
like "$said" '"risen":0' 'once'

# ---- a rate that comes here late ------------------------------------------------------------------------------------

# Decided in force since 1 May, it comes here on the 28th, on which June was claimed already.
rows=("${rows[@]//1.620.000/1.800.000}")
month 2027-05 2027-05-02 "${rows[3]}"
month 2027-06 2027-05-28 "${rows[3]}"
sql "insert into rules.rate (rate_code, programme, description_vi, basis, amount_dong, effective_from, in_force_from, decree, legal_basis, verification)
	values ('SA_ELDER_D', 'social', 'thử', 'fixed', 1900000, '2027-05-01', '2027-05-01', 'thử 3', 'thử', 'read')" || exit 1
is "$(sql "select recorded_on || ' ' || (select count(*) from rules.rate where recorded_on is null and in_force_from < '2027-01-01') / 100
	from rules.rate where decree = 'thử 3'")" '2027-05-28 7' 'a rate keeps the day on which it came; those that were there from the start were always known'
owed 2027-06
is "$(claims 2027-06 arrears)" 'Đỗ Thị Vắng 05 100000' 'the period that is open owes the difference of May at once'
rows[3]=${rows[3]/1.800.000/1.900.000}
month 2027-07 2027-06-22 "${rows[3]}"
is "$(claims 2027-07 regular), $(claims 2027-07 arrears)" 'Đỗ Thị Vắng 07 1900000, Đỗ Thị Vắng 06 100000' \
	'and the next one that of June, which was claimed on the day on which the rate came, before it did'
owed 2027-07
like "$said" '"risen":0' 'and once'
done_testing

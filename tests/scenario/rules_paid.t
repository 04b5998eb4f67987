#!/usr/bin/env bash
# Rules over months that are really paid in cash: signed, released, handed over, and the agent's lists confirmed by two. Who collects nothing
# for three months waits for a decision; who dies or is ended while a payment is on its way is stopped wherever it still can be.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/scenario.sh
command -v openssl >/dev/null || skip_all "openssl is missing"
# shellcheck disable=SC2119  # a name of its own suits
fresh_database
export CHITRA_CONFIG=$scratch/chitra.conf
keys=$scratch/keys
mkdir -p "$keys" "$scratch/archive" "$scratch/sessions" "$scratch/run"

# ---- the scene -----------------------------------------------------------------------------------------------------------------------

echo 'a long passphrase' >"$keys/passphrase"
for name in admin1 admin2 admin3 lan minh hoa; do
	chitra key new "$keys/$name" --label "$name" --passphrase-file "$keys/passphrase" >/dev/null || exit 1
done
cat "$keys"/admin[123].pub >"$keys/admin-keys"
for name in id kek blind log evidence; do
	chitra secret new "$keys/$name" || exit 1
done
openssl genpkey -algorithm ed25519 -out "$keys/agent.pem" 2>/dev/null
cat >"$CHITRA_CONFIG" <<-CONF
	[chitra]
	run_dir = $scratch/run
	[database]
	conninfo = host=$PGHOST port=$PGPORT dbname=$PGDATABASE
	[archive]
	directory = $scratch/archive
	[evidence]
	secret_key = $keys/evidence
	[desk]
	id_key = $keys/id
	kek = $keys/kek
	blind_key = $keys/blind
	admin_keys = $keys/admin-keys
CONF
cat >"$scratch/setup.json" <<-JSON
	{"agencies": [{"code": "health", "name_vi": "Phòng Y tế"}],
	 "funding_accounts": [{"code": "social-demo", "agency": "health", "bank": "DEMO", "number": "0071000123456"}],
	 "programmes": [{"code": "social", "agency": "health", "funding_account": "social-demo"}],
	 "channels": [{"code": "vnpost", "kind": "cash", "funding_account": "social-demo", "bank": "vnpost", "valid_hours": 480,
		"agent_key": "$(openssl pkey -in "$keys/agent.pem" -pubout -outform DER | tail -c 32 | od -An -tx1 | tr -d ' \n')"}],
	 "fee_rules": [],
	 "genesis": {"origin": "chitra.test/rules", "log_key": "$(chitra secret public signing "$keys/log")",
	  "admin_keys": ["$(sed 's/$/", "/' "$keys/admin-keys" | tr -d '\n' | sed 's/", "$//')"]}}
JSON
chitra setup "$scratch/setup.json" >/dev/null || exit 1
for login in lan minh hoa; do
	chitra officer add $login "Cán bộ $login" >/dev/null
	mandates=()
	for role in register maker checker approver release cash; do
		mandates+=(--mandate "$role:health:*:100000000")
	done
	chitra officer certify $login --key-file "$keys/$login.pub" --days 30 --passphrase-file "$keys/passphrase" "${mandates[@]}" \
		--admin-key "$keys/admin1" --admin-key "$keys/admin2" >/dev/null
	chitra --session "$scratch/sessions/$login" login $login --key "$keys/$login" --passphrase-file "$keys/passphrase" >/dev/null || exit 1
done
psql -XAtq -v ON_ERROR_STOP=1 >/dev/null <<-'SQL'
	begin;
	select first_seq as first, recorded, accounts from books.begin_post(array['test'], array[sha256('test')],
		array['assets:bank:social-demo', 'liabilities:advance:social-demo']) \gset
	select books.post(:first, :'recorded', array['test'], array[sha256('test')], array['funding'], array['2024-04-03'::date],
		array[false], array[null::bigint], array[2::smallint], array['test'::bytea], array[sha256('\x00'::bytea || 'test'::bytea)],
		array[1, 1], array[1, 2]::smallint[], array[1, 2], array[500000000, -500000000]::bigint[], :'accounts', true);
	commit;
SQL
sql "alter table ops.instance disable trigger guard"	# it may be later than that where this runs

by()
{
	local login=$1
	shift
	chitra --session "$scratch/sessions/$login" "$@" 2>&1
}
# two WORD...: both officers, one after the other
two()
{
	if ! by minh "$@" >"$scratch/said" || ! by hoa "$@" >>"$scratch/said"; then
		cat "$scratch/said"
	fi
}
today()
{
	sql "update ops.instance set clock_offset = timestamptz '$1 08:00+07' - now()" || exit 1
}
names=(_ 'Phạm Thị Lĩnh' 'Đỗ Thị Vắng' 'Ngô Thị Mở' 'Ngô Thị Trình' 'Ngô Thị Duyệt' 'Ngô Thị Xuất' 'Ngô Thị Gửi' 'Bùi Thị Dừng' 'Phạm Thị Lình')
# listed PERIOD PERSON...: their list, and what they are owed
listed()
{
	local period=$1 n
	shift
	{
		echo "DANH SÁCH CHI TRẢ $period"
		echo 'STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Mức trợ cấp,Hình thức chi trả'
		for n; do
			echo "$n,${names[n]},1940,Nữ,09914000000$n,Người cao tuổi được nhận chăm sóc tại cộng đồng,1.080.000,Tiền mặt"
		done
		echo "Tổng cộng,,,,,,$(($# * 1080000)),"
	} >"$scratch/$period.csv"
	by lan import "$scratch/$period.csv" --programme social --area 22945 --period "$period" >"$scratch/said" || cat "$scratch/said"
	by lan entitle --programme social --period "$period" >"$scratch/said" || cat "$scratch/said"
}
sign()
{
	by minh approve --all-frozen --yes --role checker --key "$keys/minh" --passphrase-file "$keys/passphrase" >"$scratch/said" || cat "$scratch/said"
	by hoa approve --all-frozen --yes --role approver --key "$keys/hoa" --passphrase-file "$keys/passphrase" >"$scratch/said" || cat "$scratch/said"
}
# What the teller does with a cash channel: the list is the agent's.
hand_over()
{
	sql "select count(*) from (select array_agg(s.payout order by s.payout) as ids from payout.payout_state s where s.state = 1) s,
		payout.move(s.ids, array_fill(1::smallint, array[cardinality(s.ids)]), array_fill(3::smallint, array[cardinality(s.ids)]), 1::smallint,
			array_fill(null::bigint, array[cardinality(s.ids)]), array_fill(null::integer, array[cardinality(s.ids)]), null)" >/dev/null
}
# paid PERIOD DAY WHO-COLLECTED...: the agent's signed list of what lies with it, a row a person, confirmed by two
paid()
{
	local file=$scratch/agent-$1 day=$2 id name dong
	shift 2
	echo 'Số CCCD,Họ và tên,Số tiền,Kết quả,Ngày trả' >"$file"
	while IFS='|' read -r id name dong; do
		printf '%s,%s,%s,%s,%s\n' "$id" "$name" "$dong" "$(case " $* " in *" ${id: -1} "*) echo 'đã trả' ;; *) echo 'chưa trả' ;; esac)" "$day"
	done < <(sql "select '09914000000' || (array_position('{Lĩnh,Vắng,Mở,Trình,Duyệt,Xuất,Gửi,Dừng,Lình}'::text[], split_part(n.name, ' ', 3))) || '|' || n.name || '|' || sum(p.amount_dong)
		from payout.payout_state s join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim join register.person n on n.id = c.person
		where s.state = 3 group by n.id order by n.id") >>"$file"
	openssl pkeyutl -sign -rawin -inkey "$keys/agent.pem" -in "$file" -out "$file.sig"
	two cash confirm "$file" --channel vnpost
}
# states NAME: the months of a person, each with the state of its last payout
states()
{
	sql "select string_agg(to_char(c.month, 'MM') || ' ' || coalesce((select coalesce(t.name, 'in_batch') from payout.payout p
			left join payout.payout_state s on s.payout = p.id left join payout.state t on t.code = s.state
			where p.claim = c.id order by p.issue desc limit 1), 'open'), ', ' order by c.month)
		from payout.claim c join register.person n on n.id = c.person where n.name = '$1'"
}
# findings NAME: code and facts of those that block or name the person
findings()
{
	sql "select coalesce(string_agg(f.code || ' ' || f.facts, ', ' order by f.id), 'none') from register.finding f join register.person n on n.id = f.person
		where n.name = '$1'"
}

# ---- three months that nobody collects ------------------------------------------------------------------------------------------------

# month MM: everybody's month, paid in cash; of three the first collects
month()
{
	local period=2024-$1
	today "$period-03"
	listed "$period" 1 2 9
	by lan batch make --all --programme social --period "$period" >"$scratch/said" || cat "$scratch/said"
	by lan batch submit --all-open >"$scratch/said" || cat "$scratch/said"
	sign
	two release --all-approved
	hand_over
	today "$period-12"
	paid "$period" "10/$1/2024" 1
}
month 01
is "$(states 'Phạm Thị Lĩnh')/$(states 'Đỗ Thị Vắng')" '01 settled/01 not_paid' 'January: one collects, one does not'
month 02
is "$(states 'Đỗ Thị Vắng')" '01 not_paid, 02 not_paid' 'in February what January did not pay is handed over again, as itself'
is "$(sql "select max(p.issue) from payout.payout p")" 2 'as its next issue'
month 03
is "$(states 'Phạm Thị Lĩnh')/$(states 'Đỗ Thị Vắng')" '01 settled, 02 settled, 03 settled/01 not_paid, 02 not_paid, 03 not_paid' 'March'
is "$(states "${names[9]}")" '01 not_paid, 02 not_paid, 03 not_paid' 'the first one is there by another ID too, and does not collect twice'
by minh person merge 099140000001 099140000009 --number 8/CA --reason 'cùng một người' >/dev/null
like "$(by hoa person confirm 1)" 'Đã xác nhận 1' 'until two officers find them to be one'
today 2024-03-25
listed 2024-04 1 2 3 4 5 6 7 8
is "$(states 'Đỗ Thị Vắng')" '01 not_paid, 02 not_paid, 03 not_paid' '20/2021/ND-CP art. 8: after three months in a row nothing more is claimed'
is "$(findings 'Đỗ Thị Vắng')" 'uncollected 2024-04' 'and an officer is asked to look for her'
by lan entitle --programme social --period 2024-04 >/dev/null
is "$(findings 'Đỗ Thị Vắng')" 'uncollected 2024-04' 'once'
is "$(states "${names[1]}")/$(findings "${names[1]}")" '01 settled, 02 settled, 03 settled, 04 open/none' 'who collected by one ID has not left uncollected what is there by the other'

# ---- who is stopped, wherever the payment is ------------------------------------------------------------------------------------------

# dies N: the population database says that he died in March, through its seam
mkdir "$scratch/drop"
printf '[registry]\ndriver = file\ndrop = %s\n' "$scratch/drop" >>"$CHITRA_CONFIG"
dies()
{
	printf 'Số CCCD,Họ và tên,Ngày mất\n09914000000%s,%s,20/03/2024\n' "$1" "${names[$1]}" >"$scratch/drop/deaths-$1.csv"
	by lan registry fetch >"$scratch/said" || cat "$scratch/said"
}
by lan batch make --all --programme social --period 2024-04 >"$scratch/said" || cat "$scratch/said"
dies 3
like "$(by lan batch submit --all-open)" 'finding_open' 'a death while the batch is open: its maker cannot put it before checkers'
by lan batch remake "$(sql "select id from payout.batch where state = 'open'")" >"$scratch/said" || cat "$scratch/said"
by lan batch submit --all-open >"$scratch/said" || cat "$scratch/said"
is "$(states "${names[3]}")" '04 open' 'and made again, it is without that line'
dies 4
is "$(states "${names[4]}")" '04 in_batch' 'a death while the batch is before checkers'
sign
is "$(states "${names[4]}")" '04 held' 'holds the line with the last signature'
dies 5
is "$(states "${names[5]}")" '04 held' 'a death after approval holds it'
held=$(sql "select p.end_to_end_id from payout.payout p join payout.claim c on c.id = p.claim join register.person n on n.id = c.person
	where n.name = '${names[5]}'")
two release --all-approved
dies 6
is "$(states "${names[6]}")" '04 held' 'a death after the release, before anything left, too'
number=$(by minh --json decide suspend 099140000008 --programme social --from 2024-04 --number 9/QĐ --reason 'không đánh giá lại' | grep -o '[0-9]*')
by hoa decide confirm "$number" >/dev/null
is "$(states "${names[8]}")/$(findings "${names[8]}")" '04 held/stopped_since 9/QĐ' 'and so does a suspension'
hand_over
dies 7
is "$(states "${names[7]}")" '04 sent' 'what was sent is gone'
is "$(findings "${names[7]}")" 'recover 04/2024: 1080000 đồng' 'and a finding says that a decision has to recover it'
is "$(for n in 3 4 5 6; do findings "${names[n]}"; done | sort -u)" 'after_death 2024-03-20' 'of the others, that nothing is due'
is "$(states "${names[1]}")" '01 settled, 02 settled, 03 settled, 04 sent' 'everybody else is paid'
is "$(sql "select distinct by_officer is null from payout.hold where finding is not null")" t 'the rule held them, whoever brought the news'
by lan entitle --programme social --period 2024-04 >/dev/null
is "$(findings "${names[7]}"), $(findings "${names[5]}")" 'recover 04/2024: 1080000 đồng, after_death 2024-03-20' 'the same facts are not asked about twice'

# A wrong report of death: two officers decide to pay, and two let it go.
let_go()
{
	by "$1" unhold "$held"
}
finding=$(sql "select f.id from register.finding f join register.person n on n.id = f.person where n.name = '${names[5]}'")
let_go minh >"$scratch/said"
like "$(let_go hoa)" 'finding_open' 'nothing that waits is let go before it is decided'
two finding decide "$finding" --verdict pay --reason 'còn sống, báo nhầm' >/dev/null
let_go hoa >"$scratch/said"
is "$(states "${names[5]}")" '04 ready' 'after the decision it is'
sql "insert into register.person_event (person, kind, day) select id, 'death', '2024-02-11' from register.person where name = '${names[5]}'"
by lan entitle --programme social --period 2024-04 >/dev/null
is "$(findings "${names[5]}")/$(states "${names[5]}")" 'after_death 2024-03-20, after_death 2024-02-11/04 held' 'another day of death is another fact: it is held and asked about again'

# ---- resumed, with what is owed -------------------------------------------------------------------------------------------------------------

today 2024-04-12
paid 2024-04 10/04/2024 1
is "$(findings "${names[7]}")" 'recover 04/2024: 1080000 đồng' 'the heirs did not collect what was sent'
# shown N, waits N: how many findings of April the list shows of a person as waiting, and how many there are that hold back
shown()
{
	by minh finding list --period 2024-04 --open | grep -c "${names[$1]}"
}
waits()
{
	sql "select count(*) from register.waiting w join register.person n on n.id = w.person where n.name = '${names[$1]}' and w.period = '2024-04-01'"
}
is "$(shown 7) $(waits 7)" '1 1' 'what came back and was not due holds back, and is shown'
by lan entitle --programme social --period 2024-04 >/dev/null
is "$(findings "${names[7]}")" 'recover 04/2024: 1080000 đồng, after_death 2024-03-20' 'so there is nothing to recover, and nothing is due'
is "$(by minh recovery list --all | grep -c 'Ngô Thị Gửi.*tiền đã hoàn lại')" 1 'which ends its case by itself'

# ---- money that is asked back ------------------------------------------------------------------------------------------------------------------

dies 1
like "$(by minh recovery list)" 'Phạm Thị Lĩnh.*Phường.*2024-04.*1.080.000 đ.*tháng sau khi mất: 2024-03-20.*chưa quyết định' \
	'Circular 44/2022/TT-BTC: what was collected for a month after death is a case, with person, claim, sum and why'
by lan entitle --programme social --period 2024-04 >/dev/null
dies 1
case=$(sql "select max(id) from register.recovery")
is "$(sql "select count(*) from register.recovery where claim = (select claim from register.recovery where id = $case)")" 1 'once, however often it is found'
is "$(shown 1) $(waits 1)" '1 1' 'it is among what waits for a decision'
asked()
{
	by minh recovery "$@" | grep -o '[0-9]*$'
}
# line DONG [OUTCOME]: a credit of a statement, and what two officers found it to be; its break
line()
{
	sql "set session_replication_role = replica;
		with l as (insert into bank.statement_line (statement, line, entry_ref, direction, amount_dong, value_date, text, message, item)
				select 0, 1 + count(*), 'HOAN' || count(*), 'credit', $1, '2024-04-12', 'NOP LAI TIEN', 0, 0 from bank.statement_line returning id),
			k as (insert into recon.break (kind, funding_account, day, line, amount_dong, note)
				select 'unmatched_credit', f.id, '2024-04-12', l.id, $1, '' from l, org.funding_account f returning id)
		insert into recon.break_resolution (break, outcome, first_officer, second_officer) select id, '${2:-refundable}', 2, 3 from k returning break"
}
like "$(by minh recovery ask "$case" --reason 'chi sau khi mất')" 'usage' 'nothing is asked back without the number of a decision'
money=$(line 400000)
two recovery repaid "$case" --break "$money" --amount 400000 >/dev/null
like "$(cat "$scratch/said")" 'not_asked' 'nothing is counted for a case before two officers decided to recover'
made=$(asked ask "$case" --number 30/QĐ --reason 'chi sau khi mất')
like "$(by minh decide confirm "$made")" 'same_person' 'one officer alone asks nobody for money'
before=$(sql "select count(*), sum(amount_dong) from payout.claim")
by hoa decide confirm "$made" >/dev/null
like "$(by lan recovery list)" 'Phạm Thị Lĩnh.*phải thu hồi, 30/QĐ' 'two do, by a written decision'
is "$(shown 1) $(waits 1)" '0 0' 'then nothing about it waits any more'
by minh recovery repaid "$case" --break "$money" --amount 400000 >/dev/null
like "$(by minh recovery repaid "$case" --break "$money" --amount 400000)" 'same_officer' 'what came back is said by two officers'
limit()
{
	sql "set session_replication_role = replica; update auth.mandate set limit_dong = $2 where officer = (select id from auth.officer where login = '$1')"
}
limit hoa 399999
like "$(by hoa recovery repaid "$case" --break "$money" --amount 400000)" 'no_mandate' 'whose mandate does not reach so far'
limit hoa 1000000000
limit minh 399999
like "$(by hoa recovery repaid "$case" --break "$money" --amount 400000)" 'Đã đề nghị' 'what was proposed by one whose mandate is gone is proposed anew'
limit minh 1000000000
like "$(by minh recovery repaid "$case" --break "$money" --amount 400000)" 'Đã ghi' 'and confirmed: a part of it comes back as a credit'
like "$(by hoa recovery list)" '400.000 đ .*phải thu hồi' 'and the rest is still asked for'
like "$(by minh recovery repaid "$case" --break "$money" --amount 1000)" 'repaid_too_much' 'no line is counted for more than it holds'
like "$(by minh recovery repaid "$case" --break "$(line 680000 funding)" --amount 680000)" 'not_refundable' 'nor money that is something else'
like "$(by minh --json report summary --period 2024-04)" '"recovery":\{"cases":1,"open_dong":0,"asked_dong":680000,"back_dong":1480000,"waived_dong":0\}' \
	'the report has it as a line of its own'
two recovery repaid "$case" --break "$(line 680000)"
like "$(by hoa recovery list --all)" 'Phạm Thị Lĩnh.*1.080.000 đ.*đã thu đủ, 30/QĐ' 'the case ends when as much came back'
like "$(by minh recovery waive "$case" --reason 'khó khăn')" 'recovery_over' 'and is decided no more'
by lan entitle --programme social --period 2024-04 >/dev/null
is "$(sql "select count(*), sum(amount_dong) from payout.claim")" "$before" 'nothing was taken off any claim'
two decide recover 099140000006 --programme social --from 2024-01 --amount 50000 --number 31/QĐ --reason 'khai sai' >/dev/null
case=$(sql "select max(id) from register.recovery")
like "$(by minh recovery list)" "Ngô Thị Xuất.*50.000 đ.*cán bộ đề nghị: khai sai.*đề nghị thu hồi: chitra decide confirm" 'what officers find themselves is a case too'
made=$(asked waive "$case" --reason 'hoàn cảnh khó khăn')
by hoa decide confirm "$made" >/dev/null
like "$(by minh recovery list --all)" 'Ngô Thị Xuất.*không thu hồi' 'two officers let it be, with a reason'
is "$(sql "insert into register.decision (kind, programme, person, month, amount_dong, recovery, number, reason, first_officer)
	select 'recover', programme, person, month, 1, id, '1', 'thử', 1 from register.recovery where id = $case" 2>&1 | grep -o 'recovery_unknown')" recovery_unknown \
	'PostgreSQL: a decision is about the whole money of its case'
is "$(sql "insert into register.repayment (recovery, break, amount_dong, first_officer, second_officer, decided_at) values ($case, $money, 1, 1, 2, now())" 2>&1 | grep -o 'not_proposed')" \
	not_proposed 'and nobody says alone what came back'

number=$(by minh --json decide resume 099140000002 --programme social --from 2024-04 --number 10/QĐ --reason 'đã tìm thấy' | grep -o '[0-9]*')
by hoa decide confirm "$number" >/dev/null
by lan entitle --programme social --period 2024-04 >/dev/null
is "$(states "${names[2]}")" '01 not_paid, 02 not_paid, 03 not_paid, 04 open' 'two officers resume: April is claimed'
sql "insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
	select person, programme, '2023-12-01', 'arrears', 360000, agency, pay_period, area_code, area_valid_from
	from payout.claim where month = '2024-04-01' and person in (select id from register.person where name in ('${names[1]}', '${names[7]}'))"
by lan batch make --all --programme social --period 2024-04 >"$scratch/said" || cat "$scratch/said"
is "$(states "${names[1]}")/$(states "${names[7]}")" '12 in_batch, 01 settled, 02 settled, 03 settled, 04 settled/12 open, 04 not_paid' \
	'what else the period owes is paid once each case is decided, and waits where money came back that nobody decided about'
is "$(states "${names[2]}")" '01 in_batch, 02 in_batch, 03 in_batch, 04 in_batch' 'and what was not collected is paid with it, month by month, nothing twice'
done_testing

#!/usr/bin/env bash
# Batches from what is owed to dispatches, by the real command line: who may do what, what is signed, what is booked, and every
# refusal with its exit code.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/scenario.sh
fixture=$CHITRA_BIN/../tests/unit/db_payroll
[ -x "$fixture" ] || skip_all "db_payroll is not built"
# shellcheck disable=SC2119  # a name of its own suits
fresh_database
# A mandate names the units of its day.
psql -XAtq -c "set session_replication_role = replica; update ops.instance set clock_offset = timestamptz '2024-04-03 08:00+07' - now()"

keys=$scratch/keys
mkdir -p "$keys" "$scratch/archive" "$scratch/sessions"
export CHITRA_CONFIG=$scratch/chitra.conf

# ---- the scene ----------------------------------------------------------------------------------------------------------------

echo 'a long passphrase' >"$keys/passphrase"
for name in admin1 admin2 admin3 stranger lan tu minh hoa binh; do
	chitra key new "$keys/$name" --label "$name" --passphrase-file "$keys/passphrase" >/dev/null || exit 1
done
echo 'eleven byte' >"$scratch/short"
chitra key new "$keys/weak" --label weak --passphrase-file "$scratch/short" >/dev/null 2>"$scratch/said"
is $? 77 'a key file wants a passphrase of 12 characters'
like "$(cat "$scratch/said")" 'passphrase_short.*12' 'and says how long'
is "$(find "$keys" -name 'weak*')" '' 'no file is made'
cat "$keys"/admin[123].pub >"$keys/admin-keys"
for name in id kek log; do
	chitra secret new "$keys/$name" || exit 1
done
cat >"$CHITRA_CONFIG" <<-CONF
	[database]
	conninfo = host=$PGHOST port=$PGPORT dbname=$PGDATABASE
	[archive]
	directory = $scratch/archive
	[desk]
	id_key = $keys/id
	kek = $keys/kek
	admin_keys = $keys/admin-keys
CONF

setup()
{
	cat <<-JSON
		{"agencies": [{"code": "labour", "name_vi": "$1"}],
		 "funding_accounts": [{"code": "merit-demo", "agency": "labour", "bank": "DEMO", "number": "0071000123456"}],
		 "programmes": [{"code": "merit", "agency": "labour", "funding_account": "merit-demo"}],
		 "channels": [
		  {"code": "demo-merit", "kind": "bank", "funding_account": "merit-demo", "bank": "DEMO", "valid_hours": 48, "deduplicates": true,
		   "dedupe_days": 7, "honours_valid_until": true, "posting_lag_days": 1, "items_per_message": 500},
		  {"code": "vnpost", "kind": "cash", "funding_account": "merit-demo", "bank": "vnpost", "valid_hours": 480,
		   "agent_key": "$(cut -d' ' -f1 "$keys/stranger.pub")"}],
		 "fee_rules": [{"bank": "DEMO", "pattern": "PHI DICH VU", "max_dong": 500000}],
		 "genesis": {"origin": "chitra.test/batch", "log_key": "$(chitra secret public signing "$keys/log")",
		  "admin_keys": ["$(sed 's/$/", "/' "$keys/admin-keys" | tr -d '\n' | sed 's/", "$//')"]}}
	JSON
}
setup "Sở Lao động" >"$scratch/setup.json"
setup "Sở khác" >"$scratch/other.json"

ok 'the payer is set up' chitra setup "$scratch/setup.json"
is "$(chitra setup "$scratch/setup.json")" 'nothing to do' 'setting it up again adds nothing'
chitra setup "$scratch/other.json" >/dev/null 2>"$scratch/said"
is $? 65 'another payer under the same codes is refused'
like "$(cat "$scratch/said")" 'setup_differs: agency labour' 'by name'
is "$(sql "select kind from books.txn where seq = 0")" genesis 'the first leaf is the genesis'

# people PERSON-FROM PERSON-TO WARD: persons with a claim of 1,000,000 đồng for April 2024
people()
{
	sql "insert into register.person (anchor, name, name_fold, birth_year, sex)
		select decode(md5('p' || n), 'hex'), 'Nguyễn Văn ' || n, 'nguyen van ' || n, 1950, 'M' from generate_series($1, $2) as n;
	insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
		select p.id, 'merit', '2024-04-01', 'regular', 1000000, (select id from org.agency), '2024-04-01', '$3', '2023-04-01'
		from register.person p where p.birth_year = 1950 and p.name_fold in (select 'nguyen van ' || n from generate_series($1, $2) as n)"
}

# account PERSON PASSES
account()
{
	sql "with a as (
		insert into register.payee_account (person, kind, bank, blind, sealed, salt, hash, holder_name, holder_fold, source)
		select id, 'self', 'DEMO', decode(md5(id || 'b'), 'hex'), '\\x00', decode(md5(id || 's'), 'hex'),
			sha256(convert_to(id::text, 'UTF8')), name, name_fold, 'list'
		from register.person where name_fold = 'nguyen van $1' returning id)
	insert into register.account_check (account, source, status, grade, id_linked, passes)
		select id, 'bank_inquiry', 'open', 'exact', $2, $2 from a"
}

people 1 10 22915
people 11 13 22918
for n in 1 2 3 4 5 11 12 13; do
	account $n true
done
# shellcheck disable=SC2046
"$fixture" keys "$keys/kek" $(sql "select id from register.person") | while read -r person key; do
	sql "insert into register.person_key (person, wrapped) values ($person, '\\x$key')"
done
account 6 true && sql "insert into register.pay_preference (person, programme, method, since)
	select id, 'merit', 'cash', '2024-01-01' from register.person where name_fold = 'nguyen van 6'"
account 8 false
account 9 true && sql "insert into register.finding (programme, period, person, code, note, blocks)
	select 'merit', '2024-04-01', id, 'amount_differs', 'Xem lại', true from register.person where name_fold = 'nguyen van 9'"

# ---- officers -------------------------------------------------------------------------------------------------------------------

# certify LOGIN ARGUMENT...
certify()
{
	local login=$1
	shift
	chitra officer certify "$login" --key-file "$keys/$login.pub" --days 30 --passphrase-file "$keys/passphrase" "$@"
}
by()
{
	local login=$1
	shift
	chitra --session "$scratch/sessions/$login" "$@"
}
# code COMMAND...: its exit code and the code that it gave
code()
{
	local status
	"$@" >"$scratch/out" 2>"$scratch/said"
	status=$?
	echo "$status $(sed -n 's/^chitra [a-z]*: \([a-z_]*\): .*/\1/p' "$scratch/said")"
}

for login in lan tu minh hoa binh; do
	ok "officer $login is added" chitra officer add $login "Cán bộ $login"
done
is "$(code certify lan --mandate maker:labour:*:10000000 --admin-key "$keys/admin1")" '65 certificate_unsigned' \
	'one admin certifies nobody'
is "$(code certify lan --mandate maker:labour:*:10000000 --admin-key "$keys/admin1" --admin-key "$keys/stranger")" '65 certificate_unsigned' \
	'an admin and a stranger neither'
is "$(code certify lan --mandate maker:labour:99999:10000000 --admin-key "$keys/admin1" --admin-key "$keys/admin2")" '65 area_not_now' \
	'nobody is certified for a code that no unit has today'
ok 'two admins certify a maker' certify lan --mandate maker:labour:*:10000000 --admin-key "$keys/admin1" --admin-key "$keys/admin2"
certify tu --mandate maker:labour:22915:1 --admin-key "$keys/admin1" --admin-key "$keys/admin2" >/dev/null
certify minh --mandate checker:labour:*:10000000 --mandate release:labour:*:10000000 --mandate approver:labour:*:10000000 \
	--admin-key "$keys/admin1" --admin-key "$keys/admin3" >/dev/null
certify hoa --mandate approver:labour:*:10000000 --mandate release:labour:*:10000000 --mandate maker:labour:*:10000000 \
	--admin-key "$keys/admin2" --admin-key "$keys/admin3" >/dev/null
certify binh --mandate approver:labour:22915:10000000 --mandate operator:*:*:100000000000 \
	--admin-key "$keys/admin2" --admin-key "$keys/admin3" >/dev/null

is "$(code by lan whoami)" '77 not_logged_in' 'nobody is logged in at first'
sql "insert into auth.session (token_hash, officer, expires_at) select sha256(login::bytea), id, now() from auth.officer where login = 'lan'"
for login in lan tu minh hoa binh; do
	by $login login $login --key "$keys/$login" --passphrase-file "$keys/passphrase" >/dev/null || fail "$login logs in"
done
is "$(by lan whoami)" 'lan (Cán bộ lan)' 'an officer logs in with her key'
is "$(sql 'select count(*) from auth.session where expires_at <= now()')" 0 'and sessions that ended are gone'
is "$(code by lan login lan --key "$keys/minh" --passphrase-file "$keys/passphrase")" '77 login_refused' "another's key is no login"
is "$(code by lan login lan --key "$keys/lan" --passphrase-file "$keys/admin-keys")" '77 key_file_passphrase' 'nor a wrong passphrase'
is "$(stat -c %a "$scratch/sessions/lan")" 600 'a session is its owner'\''s file'

# killed PLACE COMMAND...: its exit code when it is killed there
killed()
{
	local place=$1
	shift
	tests/chaos/board.py "$scratch/board" "$place" kill
	CHITRA_FAILPOINTS=$scratch/board "$@" >"$scratch/out" 2>"$scratch/said"
	echo $?
}

# ---- making ---------------------------------------------------------------------------------------------------------------------

is "$(code by minh batch make --programme merit --period 2024-04 --all)" '77 no_mandate' 'only a maker makes batches'
is "$(code by tu batch make --programme merit --period 2024-04 --area 22915)" '77 no_mandate' 'and within her limit'
is "$(sql 'select count(*) from payout.batch')" 0 'a refused batch is not there'
by lan --json batch make --programme merit --period 2024-04 --area 22915 --area 22918 >"$scratch/made"
number()
{
	python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"
}
is "$(number "$scratch/made" batches)" 3 'one batch a ward and channel, of the wards that are named'
is "$(number "$scratch/made" by_account)" 8 'those with a passing account are paid by account'
is "$(number "$scratch/made" cash_by_wish)/$(number "$scratch/made" cash_for_want_of_account)" 1/2 'cash is by wish or for want of an account'
is "$(number "$scratch/made" wait_for_decision)/$(number "$scratch/made" wait_for_account)" 1/1 'a finding waits, and an unconfirmed account'
is "$(by lan --json batch make --programme merit --period 2024-04 --all | tee "$scratch/made" >/dev/null; number "$scratch/made" lines)" 0 \
	'making all of them again makes nothing'
is "$(sql "select count(distinct end_to_end_id) from payout.payout")" 11 'each line has its own id'

read -r a cash b < <(sql "select string_agg(b.id::text, ' ' order by c.kind <> 'bank' and b.area_code = '22915', b.area_code, c.kind)
	from payout.batch b join org.channel c on c.id = b.channel" | awk '{print $1, $3, $2}')
is "$(sql "select area_code || ' ' || lines from payout.batch where id = $a")" '22915 5' 'a ward with five accounts'

# ---- submitting and sending back ----------------------------------------------------------------------------------------------------

is "$(code by hoa batch submit "$a")" '77 not_yours' 'a batch is submitted by whoever made it'
ok 'the maker submits her batches' by lan batch submit --all-open
is "$(code by lan batch submit "$a")" '65 batch_state' 'a frozen batch is not submitted again'
root=$(sql "select encode(root, 'hex') from payout.batch where id = $a")
ok 'a checker sends one back' by minh batch send-back "$a"
is "$(sql "select state || ' ' || version from payout.batch where id = $a")" 'open 2' 'it is open again, by another version'
ok 'the maker submits it again' by lan batch submit "$a"
isnt()
{
	if [ "$1" != "$2" ]; then pass "$3"; else fail "$3" "both are $1"; fi
}
isnt "$(sql "select encode(root, 'hex') from payout.batch where id = $a")" "$root" 'a new version has another root'

# ---- approving -----------------------------------------------------------------------------------------------------------------

sign()
{
	local login=$1 role=$2
	shift 2
	by "$login" approve "$@" --yes --role "$role" --key "$keys/$login" --passphrase-file "$keys/passphrase"
}
is "$(code sign lan checker "$a")" '77 no_mandate' 'a maker has no mandate to check'
is "$(code sign hoa checker "$a")" '77 no_mandate' 'an approver none to check'
is "$(code by minh approve "$a" --yes --role checker --key "$keys/hoa" --passphrase-file "$keys/passphrase")" '65 key_not_certified' \
	"the key must be the officer's own"
ok 'the checker signs all that is frozen' sign minh checker --all-frozen
is "$(sql "select count(*) from payout.approval")" 1 'one signature for three batches'
is "$(code by hoa approve "$a" --role approver --key "$keys/hoa" --passphrase-file "$keys/passphrase" </dev/null)" '65 needs_yes' \
	'where nobody can be asked, nothing is signed without --yes'
is "$(code sign minh approver "$a")" '77 same_person' 'the checker cannot approve too'
is "$(code sign binh approver "$b")" '77 no_mandate' 'an approver of one ward approves no other'
is "$(sql "select count(*) from payout.payout_state")" 0 'nothing lives before the second signature'
# At a terminal, with an account that the bank has closed since and one that officers call somebody else's.
at_terminal()
{
	export -f by
	export scratch keys CHITRA_CONFIG
	printf '%s\n' "$1" | SHELL=$BASH script -qec "by hoa approve $a --role approver --key $keys/hoa --passphrase-file $keys/passphrase" /dev/null | tr -d '\r'
}
two=$(sql "select string_agg(payee_account::text, ', ' order by line) from payout.payout where batch = $a and line <= 2")
closed="insert into register.account_check (account, source, status, grade, id_linked, passes) values (${two%,*}, 'bank_list', 'closed', 'exact', true, false)"
sql "$closed; set session_replication_role = replica; update register.payee_account set kind = 'delegate', authority = 'UQ' where id in ($two)"
shown=$(at_terminal k)
like "$shown" "bảng $a, dòng 1: .* đ.    tài khoản đã đóng, sẽ không chi; người khác nhận lần đầu.bảng $a, dòng 2: .* đ.    người khác nhận lần đầu." \
	'who signs is shown whose accounts to look at, what is never paid first'
like "$shown" '2 dòng cần xem trước khi ký:.  1 tài khoản đã đóng, sẽ không chi.  2 người khác nhận lần đầu' 'counted'
like "$shown" 'chitra batch send-back.*Ký\? \[c/K\].*not_signed' 'and asked; who does not say yes has not signed'
is "$(sql "select count(*) from payout.payout_state")" 0 'nothing lives yet'
sql "set session_replication_role = replica; update register.payee_account set kind = 'self', authority = null where id in ($two); delete from register.account_check where status = 'closed'"
is "$(killed desk.approve.commit.before sign hoa approver "$a") $(sql "select count(*) from payout.payout_state")" '137 0' \
	'killed before the COMMIT of the last signature, nothing lives'
ok 'an approver signs one batch' sign hoa approver "$a"
is "$(sql "select string_agg(state, ' ' order by id) from payout.batch where id in ($a, $b, $cash) and state = 'approved'")" approved 'which is approved now'
is "$(sql "select count(*) || ' ' || count(*) filter (where s.state = 1) from payout.payout_state s")" '5 5' 'its payouts live, as ready'
is "$(sql "select p.amount from books.posting p join books.ledger_account a on a.id = p.account join books.txn t on t.seq = p.seq
	where a.code = 'liabilities:payable:labour:merit' and t.kind = 'batch.approved'")" -5000000 'and are owed in the books'
is "$(killed desk.approve.commit.after sign binh approver --all-frozen)" 137 'killed behind it, another approver of what is left in his ward hears nothing'
is "$(code sign binh approver "$cash")" '65 batch_state' 'and it is signed when he comes again'
is "$(sql "select state from payout.batch where id = $cash")" approved 'the cash batch is approved'
is "$(sql "select state from payout.batch where id = $b")" frozen 'the other ward waits for whoever may approve it'
is "$(code by lan batch withdraw "$a")" '65 batch_state' 'an approved batch is not withdrawn'

# A row that changes under the signature.
sql "alter table payout.payout disable trigger fixed; update payout.payout set amount_dong = 1000001 where batch = $b and line = 1;
	alter table payout.payout enable trigger fixed" >/dev/null
is "$(code sign hoa approver "$b")" '65 batch_altered' 'nobody signs lines that are not what they were'
sql "alter table payout.payout disable trigger fixed; update payout.payout set amount_dong = 1000000 where batch = $b and line = 1;
	alter table payout.payout enable trigger fixed" >/dev/null
ok 'put right, it is signed' sign hoa approver "$b"

# ---- money and release -------------------------------------------------------------------------------------------------------------

ok 'money is expected' by binh fund expect --account merit-demo --amount 9000000 --reference KB-2024-04-0117
ok 'twice is once' by binh fund expect --account merit-demo --amount 9000000 --reference KB-2024-04-0117
is "$(code by binh fund expect --account merit-demo --amount 9000001 --reference KB-2024-04-0117)" '65 order_differs' 'but not with another amount'
is "$(code by lan fund expect --account merit-demo --amount 9000000 --reference KB-2)" '77 no_mandate' 'a maker expects no money'
is "$(code by lan release "$a")" '77 no_mandate' 'a maker does not release'
ok 'the first officer releases' by minh release "$a" "$b" "$cash"
is "$(sql "select count(*) from payout.batch where state = 'released'")" 0 'and nothing goes yet'
is "$(code by minh release "$a")" '0 ' 'twice by the same officer'
is "$(sql "select state from payout.batch where id = $a")" approved 'is still one officer'
by hoa release "$a" "$b" "$cash" >/dev/null 2>"$scratch/said"
is $? 75 'without the money the second officer is told to wait'
like "$(cat "$scratch/said")" "bảng $a: chưa đủ tiền, còn thiếu 5\.000\.000 đ ở merit-demo \(not_funded\)" 'and how much is missing where'

# fund AMOUNT: the treasury's money as a statement would book it
fund()
{
	psql -XAtq -v ON_ERROR_STOP=1 <<-SQL >/dev/null
		begin;
		select first_seq as first, recorded, accounts from books.begin_post(array['test$1'], array[sha256('test$1')],
			array['assets:bank:merit-demo', 'liabilities:advance:merit-demo']) \\gset
		select books.post(:first, :'recorded', array['test$1'], array[sha256('test$1')], array['funding'], array['2024-04-03'::date],
			array[false], array[null::bigint], array[2::smallint], array['test'::bytea], array[sha256('\\x00'::bytea || 'test'::bytea)],
			array[1, 1], array[1, 2]::smallint[], array[1, 2], array[$1, -$1]::bigint[], :'accounts', true);
		commit;
	SQL
}
fund 9000000
is "$(killed desk.release.commit.before by hoa release "$a" "$b") $(sql "select count(*) from payout.dispatch")" '137 0' \
	'killed before the COMMIT of the release, nothing goes'
by hoa --json release "$a" "$b" >"$scratch/released"
is $? 0 'with the money there, they go'
is "$(number "$scratch/released" released_batches)/$(number "$scratch/released" released_dong)" 2/8000000 'whole'
is "$(sql "select count(*) || ' ' || max(n) from (select dispatch, count(*) as n from payout.dispatch_range group by 1) x")" '1 1' \
	'batches of one channel share a dispatch, as one range'
is "$(sql "select sum(r.last_payout - r.first_payout + 1) from payout.dispatch_range r")" 8 'of all their payouts'
is "$(find "$scratch/archive/manifest" -name '[0-9]*.v*' | wc -l)/$(find "$scratch/archive/manifest" -name '.*' -type f | wc -l)" 2/0 \
	'their manifests are in the archive'
is "$(grep -c '^chitra-line/v1$' "$scratch/archive/manifest/$a.v2")" 5 'with every line'
is "$(grep -c '^chitra-signed/v1$' "$scratch/archive/manifest/$a.v2")" 2 'and both signatures'
is "$(sql "select sum(p.amount) from books.posting p join books.ledger_account a on a.id = p.account join books.txn t on t.seq = p.seq
	where a.code = 'liabilities:advance:merit-demo' and t.kind = 'batch.released'")" 8000000 'the advance pays for them, once'
by hoa release --all-approved >/dev/null 2>"$scratch/said"
is "$? $(grep -c 'còn thiếu 2.000.000 đ' "$scratch/said")" '75 1' 'what the rest of the money does not cover waits'

# Who died after the last approval, and who comes again in another batch before the first one is released.
cancelled=$(sql "select p.id from payout.payout p where p.batch = $cash order by line limit 1") again=$(sql "select p.id from payout.payout p where p.batch = $cash order by line offset 1 limit 1")
for p in $cancelled $again; do
	ok 'one officer cancels a payout of a batch that waits for its money' \
		by minh cancel "$(sql "select end_to_end_id from payout.payout where id = $p")" --reason 'chờ xem lại'
done
void=(claim void "$(sql "select claim from payout.payout where id = $cancelled")" --reason died)
is "$(code by lan "${void[@]}") $(code by minh "${void[@]}")" '0  0 ' 'two void its claim'
by hoa release --all-approved >/dev/null 2>"$scratch/said"
is "$? $(grep -c 'còn thiếu 1.000.000 đ' "$scratch/said")" '75 1' 'which needs no money then'
ok 'the other claim comes again' by lan batch make --programme merit --period 2024-05 --all
ok 'its batch is submitted' by lan batch submit --all-open
ok 'checked' sign minh checker --all-frozen
ok 'and approved' sign hoa approver --all-frozen
by minh release --all-approved >/dev/null 2>&1
by hoa release --all-approved >/dev/null 2>"$scratch/said"
is "$? $(grep -c 'còn thiếu 1.000.000 đ' "$scratch/said")" '75 1' 'both together need its money once'
is "$(sql "select state || ' ' || (select state from payout.batch where id = $cash) from payout.batch where id = (select max(id) from payout.batch)")" 'released approved' \
	'and the one that the money is enough for goes'
fund 2000000
unspent=(fund expect --account merit-demo --kind unspent --amount 1600000 --reference NOP-TRA-2024-04)
is "$(code by minh "${unspent[@]}") $(code by hoa "${unspent[@]}")" '0  0 ' 'two officers promise a part of it to the treasury'
by hoa release --all-approved >/dev/null 2>"$scratch/said"
is "$? $(grep -c 'còn thiếu 600.000 đ' "$scratch/said")" '75 1' 'which no payout takes'
like "$(by hoa --json fund list)" '"promised_dong":1600000' 'as the list of money says'
withdraw=(fund withdraw --account merit-demo --reason 'kho bạc để lại')
is "$(code by lan "${withdraw[@]}" --reference NOP-TRA-2024-04)" '77 no_mandate' 'who may not release money does not stop that'
is "$(code by minh "${withdraw[@]}" --reference NOP-TRA-2024-05)" '65 order_unknown' 'nor is there another order'
ok 'one officer stops it' by minh "${withdraw[@]}" --reference NOP-TRA-2024-04
is "$(code by minh "${withdraw[@]}" --reference NOP-TRA-2024-04) $(code by hoa "${unspent[@]}")" '65 order_withdrawn 65 order_withdrawn' 'once, and it is not confirmed again'
like "$(by hoa --json fund list)" '"promised_dong":0' 'its money is free'
released=$(sql "select min(id) from payout.batch where state = 'released'")
rest=$(sql "select min(id) from payout.batch where state = 'approved'")
is "$(code by hoa release "$released")" '65 batch_state' 'what was released is not released again'
by hoa release "$released" "$rest" 2>"$scratch/said"
is "$?" 0 'named beside another one'
like "$(cat "$scratch/said")" "bảng $released: .*released_before" 'it is told of'
is "$(sql "select state from payout.batch where id = $rest")" released 'and the other one goes'
is "$(killed desk.release.commit.after by hoa release --all-approved)" 137 'killed behind the COMMIT, the second officer hears nothing'
ok 'the same command lets the rest go when its money is there, or has done so' by hoa release --all-approved
is "$(sql "select string_agg(distinct state, ' ') from payout.batch")" released 'everything is released'
is "$(sql "select sum(p.amount) = (select sum(c.amount_dong) from payout.claim c where exists (select from payout.payout x where x.claim = c.id)
		and not exists (select from payout.claim_void v where v.claim = c.id))
	from books.posting p join books.ledger_account a on a.id = p.account where a.code = 'liabilities:advance:merit-demo' and p.amount > 0")" t \
	'each claim took its money once, and who died none'

# ---- stopping ----------------------------------------------------------------------------------------------------------------------

id()
{
	sql "select end_to_end_id from payout.payout where batch = $1 and line = $2"
}
ok 'one officer holds a payout' by minh hold "$(id "$a" 1)" --reason 'nghi trùng'
is "$(code by minh hold "$(id "$a" 1)" --reason 'nghi trùng')" '65 payout_state' 'a held one is not held again'
ok 'one officer says that it may go' by minh unhold "$(id "$a" 1)"
is "$(sql "select t.name from payout.payout_state s join payout.state t on t.code = s.state join payout.payout p on p.id = s.payout
	where p.end_to_end_id = '$(id "$a" 1)'")" held 'it is held still'
ok 'a second one says so too' by hoa unhold "$(id "$a" 1)"
is "$(sql "select count(*) from payout.dispatch")" 4 'and it goes, in a dispatch of its own'
ok 'one officer cancels with a reason' by minh cancel "$(id "$a" 2)" --reason 'đã mất'
is "$(code by lan cancel "$(id "$a" 3)" --reason 'không có quyền')" '77 no_mandate' 'but not just any'
ok 'the claim comes again as its next issue' by lan batch make --programme merit --period 2024-05 --all
is "$(sql "select p.issue || ' ' || b.period from payout.payout p join payout.batch b on b.id = p.batch where b.state = 'open'")" '2 2024-05-01' \
	'in a batch of its own'

# ---- certificates end --------------------------------------------------------------------------------------------------------------

ok 'that batch is submitted' by lan batch submit --all-open
like "$(by lan officer list minh)" ' checker:labour:\*:10000000 ' 'who may do what can be read'
hash=$(by lan --json officer list minh | python3 -c 'import json, sys; print(json.load(sys.stdin)["certificates"][0]["certificate"])')
ok 'one admin revokes a certificate' chitra officer revoke "$hash" --reason 'mất khóa' --admin-key "$keys/admin2" --passphrase-file "$keys/passphrase"
is "$(code sign minh checker --all-frozen)" '65 certificate_none' 'then its officer signs nothing'
ok 'an officer logs out' by hoa logout
is "$(code by hoa whoami)" '77 not_logged_in' 'and is gone'

# ---- the sandbox's clock -----------------------------------------------------------------------------------------------------------

before=$(sql 'select ops.today()')
ok 'the next day comes' chitra sandbox next-day
is "$(sql "select ops.today() - '$before'::date || ' ' || to_char(ops.now() at time zone 'Asia/Ho_Chi_Minh', 'HH24:MI')")" '1 08:00' 'at eight in the morning'
sql "alter table ops.instance disable trigger all; update ops.instance set sandbox = false; alter table ops.instance enable trigger all" >/dev/null
is "$(code chitra sandbox next-day)" '65 not_sandbox' 'but only in a sandbox'
done_testing

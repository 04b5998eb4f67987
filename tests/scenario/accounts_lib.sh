# shellcheck shell=bash disable=SC2154,SC2016,SC2034
# Sourced by the scenarios about accounts: a database of its own, two officers of everywhere (thu, lan) and one of ward 22921 (phu_hai), a
# bank and a post office that pay, and how they say things.
. tests/lib/scenario.sh
# shellcheck disable=SC2119  # a name of its own suits
fresh_database
. tests/scenario/lists/officer.sh

elder='Người cao tuổi từ đủ 80 tuổi'
sql "alter table ops.instance disable trigger guard"
# today DAY: the business clock of the sandbox
today()
{
	sql "update ops.instance set clock_offset = timestamptz '$1 08:00+07' - now()" || exit 1
}
today 2024-04-03
sql "insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, honours_valid_until, posting_lag_days,
		items_per_message, valid_hours, agent_key)
		select x.code, x.kind, f.id, x.bank, x.driver, true, 7, true, 1, 500, 72, x.key from org.funding_account f,
			(values ('demo', 'bank', 'DEMO', 'chitra_json', null::bytea), ('post', 'cash', 'vnpost', 'cash_list', sha256('agent'))) as x(code, kind, bank, driver, key);
	insert into auth.mandate select officer, certificate, 'maker', agency, area, 1000000000000 from auth.mandate where officer = 1;
	set session_replication_role = replica; update auth.mandate set named_on = '2024-04-03'" || exit 1
second()
{
	CHITRA_SESSION=$scratch/lan chitra "$@"
}
# said WORD...: what a command says and its status, as one line
said()
{
	"$@" 2>&1 | tr '\n' ' '
	printf ' [%s]' "${PIPESTATUS[0]}"
}
# proposed WORD...: the number of the word
proposed()
{
	chitra --json account "$@" --document "${document:-Bản sao sổ tài khoản}" | grep -o '[0-9]*'
}
# bank_list FILE BANK [OPTION...]: brought by thu, and confirmed by lan; what is said of both
bank_list()
{
	local file=$1 bank=$2 status
	shift 2
	chitra import "$file" --kind account_list --bank "$bank" "$@" 2>&1
	status=$?
	[ $status = 0 ] || return $status
	second import confirm --yes "$(sql "select max(f.file) from register.account_file f")" 2>&1
}
# added WORD...: added by thu, and confirmed by lan, who types the number again
added()
{
	local word number
	word=$(proposed add "$@")
	number=$(sed 's/.*--number //; s/ .*//' <<<"$*")
	second account confirm "$word" --number "$number" >/dev/null || echo "$* was not confirmed"
}
# ways PERIOD: makes the batches of the period, and says how each person without a batch so far is paid
ways()
{
	chitra batch make --all --programme social --period "$1" >"$scratch/made" 2>&1 || cat "$scratch/made"
	sql "select string_agg(r.name || ' ' || coalesce(a.bank || ' ' || a.kind, 'cash ' || coalesce(p.cash_reason, '?')), ', ' order by r.name collate \"C\")
		from payout.payout p join payout.batch b on b.id = p.batch and b.period = '$1-01' join payout.claim c on c.id = p.claim
		join register.person r on r.id = c.person left join register.payee_account a on a.id = p.payee_account"
}
# undo: nobody was paid so far
undo()
{
	sql "set session_replication_role = replica; delete from payout.payout_state where payout in (select id from payout.payout where batch > 0);
		delete from payout.dispatch_range; delete from payout.payout where batch > 0; delete from payout.batch" || exit 1
}
heading='STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Đối tượng,Mức trợ cấp,Hình thức chi trả,Số tài khoản,Ngân hàng,Người được ủy quyền,Giấy ủy quyền,Ủy quyền đến ngày'
# listed PERIOD AREA ROW...: a payment list
listed()
{
	local period=$1 area=$2 sum
	shift 2
	sum=$(printf '%s\n' "$@" | awk -F, '{ gsub(/\./, "", $7); s += $7 } END { print s + 0 }')
	printf '%s\n' "DANH SÁCH CHI TRẢ $period" "$heading" "$@" "Tổng cộng,,,,,,$sum,,,,,," >"$scratch/list-$area-$period.csv"
	chitra import "$scratch/list-$area-$period.csv" --programme social --area "$area" --period "$period" >"$scratch/imported" 2>&1 || cat "$scratch/imported"
}

#!/usr/bin/env bash
# A bank's list that one officer brings pays nobody: as a thief who is an officer of the register would try, and as an honest office works.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/scenario/accounts_lib.sh

rows=(
	"1,An Thị Một,1943,Nữ,099143000001,$elder,360.000,,9704000001,VCB,,,"
	"2,Bùi Thị Hai,1943,Nữ,099143000002,$elder,360.000,,,,,,"
	"3,Cao Thị Ba,1943,Nữ,099143000003,$elder,360.000,,9704000003,VCB,,,"
)
listed 2024-04 22945 "${rows[@]}"
listed 2024-04 22921 "1,Đỗ Thị Bốn,1943,Nữ,099143000004,$elder,360.000,,9704000004,VCB,,,"
chitra entitle --programme social --period 2024-04 >/dev/null
# brought NAME [OPTION...]: thu brings what comes on standard input; the list's number
brought()
{
	local name=$1
	shift
	{ echo 'Số CCCD,Số tài khoản,Họ tên chủ tài khoản,Trạng thái' && cat; } >"$scratch/$name.csv"
	chitra --json import "$scratch/$name.csv" --kind account_list --bank VCB "$@" | grep -o '"waits":[0-9]*' | grep -o '[0-9]*$'
}
now()
{
	sql "select concat_ws(' ', case when stands then 'stands' else 'over' end, coalesce(status, 'unasked'), case when passes then 'passes' end)
		from register.account_now a where a.holder_name = '$1' order by a.id desc limit 1"
}

# ---- one officer ------------------------------------------------------------------------------------------------------------------------------------

# The number is a stranger's; the name was typed to fit.
forged=$(brought forged <<<'099143000002,6666000066,BUI THI HAI,Đang hoạt động')
ok 'whoever brings a list is told its number' [ "$forged" -gt 0 ]
is "$(now 'BUI THI HAI')" 'stands unasked' 'one officer'\''s list vouches for no account'
is "$(ways 2024-04)" '' 'and pays nobody; who has such an account is not paid in cash behind its back' && undo
like "$(said chitra import confirm --yes "$forged")" 'Nhờ cán bộ thứ hai.*same_officer.*\[77\]' 'who brought it does not let it count'
like "$(CHITRA_SESSION=$scratch/phu_hai said chitra import confirm --yes "$forged")" \
	"no_mandate: list $forged takes the role register for agency labour in area 22945.*\[77\]" 'nor an officer of another ward, who is told whose work it is'
unlike "$(CHITRA_SESSION=$scratch/phu_hai said chitra import confirm "$forged")" 'Bùi Thị Hai' 'and sees nothing of it'
is "$(ways 2024-04)" '' 'it pays nobody still' && undo
chitra match --period 2024-04 >/dev/null
is "$(sql "select count(*) from register.account_inquiry i join register.payee_account a on a.id = i.account where a.holder_name = 'BUI THI HAI'")" 1 'the bank is asked about it'
sql "insert into register.account_answer (inquiry, status, holder_name, personal_id_match) select i.id, 'open', 'BUI THI HAI', null
	from register.account_inquiry i join register.payee_account a on a.id = i.account where a.holder_name = 'BUI THI HAI'"
chitra match --period 2024-04 >/dev/null
is "$(ways 2024-04)" '' 'whose word on the name alone does not do' && undo
for statement in "update register.account_file set second_officer = auth.me(), decided_at = now() where file = $forged" \
	"insert into register.account_file_row (file, row_no, account, status, grade, passes) select $forged, 99, min(account), 'open', 'exact', true from register.account_file_row" \
	"insert into register.account_check (account, source, status, grade, id_linked, passes) select account, 'bank_list', 'open', 'exact', true, true from register.account_file_row"; do
	like "$(sql "begin; select auth.enter(sha256(decode(repeat('1', 64), 'hex'))); $statement; commit" 2>&1)" 'violates check constraint|list_whole|list_waits' \
		"PostgreSQL: not alone: ${statement%% where*}"
done

# ---- the second one ------------------------------------------------------------------------------------------------------------------------------------

like "$(said second import waiting)" "$forged .*forged.csv .*VCB .*03/04/2024 .*1 .*thu" 'what waits is listed'
is "$(CHITRA_SESSION=$scratch/phu_hai chitra --json import waiting | grep -c forged.csv)" 1 'for whoever keeps a register'
shown=$(said second import confirm "$forged" </dev/null)
like "$shown" '1 tài khoản sẽ bắt đầu nhận tiền.*Bùi Thị Hai +VCB ••••0066 +BUI THI HAI +khớp, không dấu +đang hoạt động +tài khoản mới.*Chưa xác nhận.*--yes.*\[0\]' \
	'a second officer sees what it would do, and some of its rows'
like "$(said second import drop "$forged")" 'Đã bỏ danh sách.*\[0\]' 'and drops it'
is "$(now 'BUI THI HAI')" 'over open' 'what only a dropped list named stands no more, whatever the bank said of it'
like "$(said second import confirm --yes "$forged")" 'list_unknown.*\[65\]' 'it is decided once'
like "$(ways 2024-04)" 'Bùi Thị Hai cash no_account' 'and its person is paid as before' && undo
true_list=$(brought true <<'ROWS'
099143000001,9704000001,AN THI MOT,Đang hoạt động
099143000002,9704000022,BUI THI HAI,Đang hoạt động
099143000003,9704000003,CAO THI BA,Ngủ đông
099143000004,9704000004,LE VAN KHAC,Đang hoạt động
ROWS
)
is "$(sql "select string_agg(r.name || ' ' || c.status || ' ' || c.passes, ', ') from register.account_check c join register.payee_account a on a.id = c.account
	join register.person r on r.id = a.person where c.source = 'bank_list'")" 'Đỗ Thị Bốn open false' 'a holder who does not fit is known at once'
like "$(said second --json import confirm "$true_list")" '"step":"shown".*"rows":4,"opens":3,"changes":0,"shares":0,"dormant":1,"differs":1,"shut":0,"left_out":0' 'counted'
is "$(ways 2024-04)" '' 'looking is not confirming' && undo
like "$(said second import confirm --yes "$true_list")" 'Đã xác nhận.*\[0\]' 'two officers let it count'
is "$(ways 2024-04)" 'An Thị Một VCB self, Bùi Thị Hai VCB self, Cao Thị Ba VCB self' 'whom it names is paid, but where the name does not fit' && undo
is "$(sql "select count(*) from auth.access_log where reason = 'chitra import confirm' and officer = 2")" 4 'who looked is written down'

# ---- what is known at once, and what is not ------------------------------------------------------------------------------------------------------------------

changed=$(brought changed <<'ROWS'
099143000001,6666000077,AN THI MOT,Đang hoạt động
099143000002,9704000022,BUI THI HAI,Đã đóng
099143000003,6666000077,CAO THI BA,Đang hoạt động
ROWS
)
is "$(ways 2024-04)" 'An Thị Một VCB self, Cao Thị Ba VCB self' 'an account that a list closes is not paid, on one officer'\''s word' && undo
like "$(said second import confirm "$changed" </dev/null)" '2 tài khoản sẽ bắt đầu nhận tiền +2 trong số đó: người hưởng đang nhận qua tài khoản khác +2 tài khoản có người khác cùng dùng số +1 tài khoản đã đóng.*đổi tài khoản, số có người khác dùng' \
	'the second officer is told that money would go elsewhere, and where two would share'
like "$(said chitra import drop "$changed")" 'Đã bỏ danh sách.*\[0\]' 'who brought it may drop it'
is "$(now 'BUI THI HAI')" 'stands closed' 'what it said against an account stays known'
today 2024-04-04
opened=$(brought opened <<<'099143000002,9704000022,BUI THI HAI,Đang hoạt động')
closed=$(brought closed <<<'099143000002,9704000022,BUI THI HAI,Bị khóa')
like "$(said second import confirm --yes "$opened")" '1 tài khoản không tính.*\[0\]' 'what a newer list says against an account is not undone by letting an older one count'
is "$(now 'BUI THI HAI')" 'stands blocked' 'of the same day too'
second import confirm --yes "$closed" >/dev/null
again=$(brought again <<<'099143000002,9704000022,BUI THI HAI,đang hoạt động')
second import confirm --yes "$again" >/dev/null
is "$(now 'BUI THI HAI')" 'stands open passes' 'a newer list opens it again'

dormant=$(brought dormant <<<'099143000001,9704000001,AN THI MOT,Ngủ đông')
flags()
{
	ways 2024-04 >/dev/null
	for b in $(sql 'select id from payout.batch'); do
		chitra --json batch show "$b"
	done | grep -o 'account_dormant' | wc -l
}
is "$(flags)" 2 'a dormant account is shown to who signs before anybody confirmed it (and Cao Thị Ba'\''s, which was)' && undo
is "$(now 'AN THI MOT')" 'over unasked' 'that is no new word of it'

# ---- meanwhile ---------------------------------------------------------------------------------------------------------------------------------------------------

stranger=$(brought stranger <<<'099143000004,6666000088,LE THI GIA,Đang hoạt động')
renamed=$(brought renamed <<<'099143000003,9704000033,CAO THI BA,Đang hoạt động')
printf '%s\n' 'Số CCCD mới,Họ và tên,Ngày sinh,Giới tính' '099143000004,Lê Thị Giả,1943,Nữ' '099143000003,Cao Thị Bảy,1943,Nữ' >"$scratch/names.csv"
chitra import "$scratch/names.csv" --kind corrections >/dev/null
sql 'select id from register.identity' | while read -r n; do
	second person confirm "$n" >/dev/null </dev/null
done
is "$(sql "select count(*) from register.identity where second_officer is not null")" 2 'two names are corrected'
is "$(now 'LE THI GIA')" 'stands open' 'a correction makes nothing pass that one officer brought'
like "$(said second import confirm --yes "$renamed")" '1 tài khoản không tính.*\[0\]' 'and a list from before it does not vouch for the name of after it'
is "$(now 'CAO THI BA')" 'stands unasked' 'its bank is asked'
second import drop "$stranger" >/dev/null
second import drop "$dormant" >/dev/null
printf '%s\n' 'Số CCCD,Số tài khoản,Ngân hàng,Họ tên chủ tài khoản,Trạng thái' '099143000001,9704000001,VCB,AN THI MOT,' >"$scratch/vneid.csv"
chitra import "$scratch/vneid.csv" --kind account_list --bank VNEID >/dev/null
declared=$(sql 'select max(file) from register.account_file')
shut=$(brought shut --as-of 2024-04-03 <<<'099143000001,9704000001,AN THI MOT,Đã đóng')
second import confirm --yes "$shut" >/dev/null
second import confirm --yes "$declared" >/dev/null
is "$(sql "select string_agg(distinct status, ' ') from register.account_check c where c.account = (select min(id) from register.payee_account where bank = 'VCB' and holder_fold = 'an thi mot')
	and c.id = (select max(id) from register.account_check d where d.account = c.account)")" closed 'what a bank closed meanwhile VNeID does not open'

# answered: what the bank answers about Bùi Thị Hai's newest account, that it is open and nobody's in particular
answered()
{
	sql "insert into register.account_answer (inquiry, status, holder_name, personal_id_match) select max(i.id), 'open', 'BUI THI HAI', null
		from register.account_inquiry i where i.account = (select max(a.id) from register.payee_account a where a.holder_name = 'BUI THI HAI')"
	chitra match --period 2024-04 >/dev/null
}
before=$(brought before <<<'099143000002,9704000055,BUI THI HAI,Đang hoạt động')
chitra match --period 2024-04 >/dev/null
today 2024-04-05
answered
is "$(now 'BUI THI HAI')" 'stands open' 'a bank that does not say whose ID it is opens nothing'
second import confirm --yes "$before" >/dev/null
is "$(now 'BUI THI HAI')" 'stands open passes' 'nor does its later day keep shut what two officers then let count'
older=$(brought older --as-of 2024-04-04 <<<'099143000002,9704000055,BUI THI HAI,Bị khóa')
second import confirm --yes "$older" >/dev/null
is "$(now 'BUI THI HAI')" 'stands open passes' 'a list of an earlier day closes nothing'
after=$(brought after <<<'099143000002,9704000066,BUI THI HAI,Đang hoạt động')
chitra match --period 2024-04 >/dev/null
second import confirm --yes "$after" >/dev/null
answered
is "$(now 'BUI THI HAI')" 'stands open passes' 'nor does it take away what counted already'
barred=$(brought barred <<<'099143000002,9704000066,BUI THI HAI,Bị khóa')
stale=$(brought stale --as-of 2024-04-04 <<<'099143000002,9704000066,BUI THI HAI,đang hoạt động')
like "$(said second import confirm --yes "$stale")" '1 tài khoản không tính.*\[0\]' 'what was known of a newer day before an old list came keeps it from counting'
is "$(now 'BUI THI HAI')" 'stands blocked' 'and the account shut'
second import drop "$barred" >/dev/null
ided=$(brought ided <<<'099143000002,9704000077,BUI THI HAI,Đang hoạt động')
printf '%s\n' 'Số CCCD cũ,Số CCCD mới,Họ và tên,Ngày sinh,Giới tính' '099143000002,099143000022,Bùi Thị Hai,1943,Nữ' >"$scratch/ids.csv"
chitra import "$scratch/ids.csv" --kind corrections >/dev/null
second person confirm "$(sql 'select max(id) from register.identity')" >/dev/null </dev/null
like "$(said second import confirm --yes "$ided")" '1 tài khoản không tính.*\[0\]' 'a list that names an ID which is no longer this person'\''s gives the person nothing'
is "$(now 'BUI THI HAI')" 'stands unasked' 'its bank is asked'
is "$(second --json import waiting)" '{"waiting":[]}' 'nothing waits'
done_testing

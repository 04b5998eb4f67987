#!/usr/bin/env bash
# Accounts and wishes, by the real command line: who may receive a person's money, on whose word, from when until when; what an approver
# is shown; and how many are paid without cash.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/scenario/accounts_lib.sh

rows=(
	"1,An Thị Một,1943,Nữ,099143000001,$elder,360.000,,9704000001,VCB,,,"
	"2,Bùi Thị Hai,1943,Nữ,099143000002,$elder,360.000,,,,,,"
	"3,Cao Thị Ba,1943,Nữ,099143000003,$elder,360.000,Tiền mặt,9704000003,VCB,,,"
	"4,Đỗ Thị Bốn,1943,Nữ,099143000004,$elder,360.000,,9704000004,VCB,Đỗ Văn Con,UQ 01/2024,20/04/2024"
	"5,Giang Thị Năm,1943,Nữ,099143000005,$elder,360.000,,9704000005,DONGABANK,,,"
)
listed 2024-04 22945 "${rows[@]}"
chitra entitle --programme social --period 2024-04 >/dev/null
printf '%s\n' 'Số CCCD,Số tài khoản,Họ tên chủ tài khoản,Trạng thái' '099143000001,9704000001,AN THI MOT,Đang hoạt động' \
	'099143000003,9704000003,CAO THI BA,Đang hoạt động' >"$scratch/vcb.csv"
bank_list "$scratch/vcb.csv" VCB >/dev/null
like "$(ways 2024-04)" '^An Thị Một VCB self, Bùi Thị Hai cash no_account, Cao Thị Ba cash wish$' \
	'a list gives an account, a wish for cash or none: cash has its reason, and what no bank confirmed waits'
like "$(said chitra batch show "$(sql "select max(id) from payout.batch")")" 'tiền mặt \(chưa có tài khoản\)' 'and the reason is shown to who signs'
undo

# ---- what one officer types, a second one confirms ----------------------------------------------------------------------------------

word=$(proposed add 099143000002 --bank VCB --number 99MM24011M34)
ok "an officer proposes an account; letters occur in its number" [ -n "$word" ]
like "$(ways 2024-04)" 'Bùi Thị Hai cash no_account' 'until two officers looked it receives nothing, and keeps nobody from the cash' && undo
like "$(said chitra account confirm "$word" --number 99MM24011M34)" 'Nhờ cán bộ thứ hai.*\[77\]' 'who proposed it cannot confirm it'
like "$(said second account confirm "$word")" 'number_needed.*\[65\]' 'the second officer types the number'
like "$(said second account confirm "$word" --number 99MM24011M43)" 'number_differs.*\[65\]' 'from the document: another number is refused'
like "$(CHITRA_SESSION=$scratch/phu_hai said chitra account confirm "$word" --number 99MM24011M34)" "no_mandate: word $word takes the role register for agency labour in area 22945.*\[77\]" \
	'an officer of another ward confirms nothing, and is told whose work it is'
is "$(second account confirm "$word" --number 99MM24011M34)" 'Đã xác nhận' 'then it stands'
like "$(ways 2024-04)" 'Bùi Thị Hai VCB self' 'and receives' && undo
is "$(sql "select count(*) from register.account_inquiry i join register.payee_account a on a.id = i.account where a.source = 'officer'")" 1 \
	'the bank is asked all the same'
sql "insert into register.account_answer (inquiry, status, holder_name, personal_id_match) select max(i.id), 'open', 'LE VAN KHAC', null from register.account_inquiry i"
chitra match --period 2024-04 >/dev/null
unlike "$(ways 2024-04)" 'Bùi Thị Hai' 'and a bank that names another holder is believed before two officers' && undo
like "$(said second account confirm "$word" --number 99MM24011M34)" 'word_unknown.*\[65\]' 'a word is confirmed once'
like "$(said chitra account add 099143000002 --bank VCB --number 9704000022 --holder 'Lê Thị Khác' --document 'sổ')" 'holder_differs.*\[65\]' \
	'one'\''s own account bears one'\''s own name'
like "$(said chitra account add 099143000002 --bank VCX --number 9704000022 --document 'sổ tiết kiệm')" 'bank_unknown.*\[65\]' 'of a bank that exists'
word=$(proposed add 099143000002 --bank VCB --number 9704000023)
like "$(said chitra account drop "$word")" 'Đã bỏ đề nghị.*\[0\]' 'what was typed wrongly is dropped'
like "$(said second account confirm "$word" --number 9704000023)" 'word_unknown' 'and counts never'
said=$(sql "begin; select auth.enter(sha256(decode(repeat('1', 64), 'hex')));
	insert into register.account_check (account, source, status, grade, id_linked, passes)
		select id, 'officer', 'open', 'exact', true, true from register.payee_account where bank = 'VIKKI'; commit" 2>&1)
like "$said" 'not_decided' 'PostgreSQL: nobody vouches for an account alone'
said=$(sql "begin; select auth.enter(sha256(decode(repeat('1', 64), 'hex')));
	insert into register.account_word (account, what, from_day, document, first_officer) select id, 'end', '2024-04-03', 'thử', auth.me()
		from register.payee_account where bank = 'VIKKI';
	update register.account_word set second_officer = auth.me(), decided_at = now() where what = 'end'; commit" 2>&1)
like "$said" 'violates check constraint' 'PostgreSQL: the two are two'

# ---- an authority and its end ------------------------------------------------------------------------------------------------------------

like "$(said chitra account add 099143000001 --kind delegate --bank VCB --number 9704000041 --holder 'An Văn Cháu' --document 'UQ 7')" \
	'authority_until_missing.*\[65\]' 'a delegate'\''s authority has an end'
document='UQ 8/2024 của UBND phường' added 099143000001 --kind delegate --bank VCB --number 9704000041 --holder 'An Văn Cháu' --until 2024-04-05
like "$(ways 2024-04)" 'An Thị Một VCB self' 'an authority that ends while the bank may still pay counts no more (72 hours from 3 April)' && undo
account=$(sql "select id from register.payee_account where holder_name = 'An Văn Cháu'")
like "$(second --json account list 099143000001)" '"number":"••••0041".*"authority_until":"2024-04-05"' 'what a person has is listed, its number masked'
is "$(sql "select count(*) from auth.access_log where what = 'account.masked' and reason = 'chitra account list'")" 1 'and who looked is written down'
like "$(said chitra account expiring)" 'An Thị Một .*05/04/2024.*2 ngày' 'it is warned of from 30 days before'
like "$(said chitra account expiring --csv)" 'Đỗ Thị Bốn,22945,Đỗ Văn Con,delegate,UQ 01/2024,2024-04-20,17' 'so is one that a list brought'
word=$(document='UQ 9/2024' proposed renew "$account" --until 2025-04-03)
second account confirm "$word" >/dev/null
like "$(ways 2024-04)" 'An Thị Một VCB delegate' 'prolonged by two officers it receives again'
is "$(chitra --json batch show "$(sql "select max(id) from payout.batch where channel = 1")" | grep -o '"flags":\[[^]]*\]' | sort -u)" '"flags":["account_new_payee"]' \
	'which who signs sees: somebody else never received for her before'
undo
sql "insert into rules.authority_limit values ('social', '60', 12, 'thử')"
like "$(said chitra account renew "$account" --until 2025-04-04 --document 'UQ 10')" 'authority_too_long.*\[65\]' \
	'49/2012/QD-UBND: where a rule says so, an authority runs a year at most'
is "$(sql "select authority_until from register.account_now where holder_name = 'Đỗ Văn Con'")" 2024-04-20 'a list'\''s authority ends on its day'
sql "set session_replication_role = replica; update register.payee_account set authority_until = null where holder_name = 'Đỗ Văn Con'"
is "$(sql "select authority_until from register.account_now where holder_name = 'Đỗ Văn Con'")" 2025-04-03 \
	'49/2012/QD-UBND: one without an end ends a year after it was first named'
sql "set session_replication_role = replica; update register.payee_account set authority_until = '2024-04-20' where holder_name = 'Đỗ Văn Con';
	delete from rules.authority_limit where programme = 'social'"
sql "insert into register.account_check (account, source, status, grade, id_linked, passes) select id, 'bank_inquiry', 'open', 'exact', true, true
	from register.payee_account where holder_name in ('Đỗ Văn Con')"
chitra match --period 2024-04 >/dev/null
is "$(sql "select code || ' ' || blocks from register.finding f join register.person p on p.id = f.person where p.name = 'Đỗ Thị Bốn'")" 'authority_ends false' \
	'an authority that ends within 30 days is a finding that blocks nothing'
rows[3]=${rows[3]/UQ 01\/2024,20\/04\/2024/UQ 02\/2024,20\/12\/2024}
listed 2024-05 22945 "${rows[@]}"
is "$(sql "select w.what || ' ' || w.until || ' ' || (w.second_officer is null) from register.account_word w join register.payee_account a on a.id = w.account
	where a.holder_name = 'Đỗ Văn Con'")" 'renew 2024-12-20 true' 'a list that brings a newer authority proposes it'
today 2024-04-21
chitra match --period 2024-05 >/dev/null
is "$(sql "select code from register.finding f join register.person p on p.id = f.person where p.name = 'Đỗ Thị Bốn' and f.period = '2024-05-01'")" authority_over \
	'without the second officer the old one is over on the day after its last'
unlike "$(ways 2024-04)" 'Đỗ Thị Bốn' 'and an expired authority receives no money' && undo
second account confirm "$(sql "select id from register.account_word where until = '2024-12-20'")" >/dev/null
like "$(ways 2024-04)" 'Đỗ Thị Bốn VCB delegate' 'with the second officer it does' && undo
today 2024-04-03
delegate=$(sql "select id from register.payee_account where holder_name = 'Đỗ Văn Con'")
chitra account end "$delegate" --from 2024-05-01 --reason 'con đi xa' >/dev/null
second account confirm "$(sql "select max(id) from register.account_word")" >/dev/null
rows[3]=${rows[3]/UQ 02\/2024,20\/12\/2024/UQ 03\/2024,20\/01\/2025}
listed 2024-08 22945 "${rows[@]}"
is "$(sql "select count(*) from register.account_word where until = '2025-01-20'")" 0 'a list prolongs nothing that two officers end on a day to come'
word=$(proposed renew "$delegate" --until 2025-01-20)
like "$(said second account confirm "$word")" 'Bỏ đề nghị này.*end_waits.*\[65\]' 'nor do officers, who are told'
sql "set session_replication_role = replica; delete from register.account_word where id >= $word - 1"

# ---- an account ends --------------------------------------------------------------------------------------------------------------------

own=$(sql "select a.id from register.payee_account a join register.person p on p.id = a.person where p.name = 'An Thị Một' and a.kind = 'self'")
like "$(said chitra account end "$account" --reason 'bà đòi lại giấy ủy quyền')" 'người thứ hai.*\[0\]' 'one officer proposes an end'
like "$(said chitra account end "$account" --reason 'lần nữa')" 'word_waits.*\[65\]' 'once'
like "$(ways 2024-04)" 'An Thị Một VCB delegate' 'alone it takes nobody'\''s account away'
frozen=$(sql "select p.id from payout.payout p where p.payee_account = $account")
second account confirm "$(sql "select max(id) from register.account_word")" >/dev/null
is "$(sql "select stands from register.account_now where id = $account")" f 'two officers end it'
# What the teller asks before it sends.
stopped()
{
	sql "set session_replication_role = replica; insert into payout.payout_state (payout, state) values ($1, 1) on conflict do nothing;
		insert into payout.dispatch (channel) select min(id) from org.channel;
		insert into payout.dispatch_range select max(id), $1, $1 from payout.dispatch" || exit 1
	query=$(awk '/^-- name: /{on = $3 == "dispatch_payouts"} on && !/^--/' sql/queries/dispatch.sql)
	sql "prepare q (bigint[], smallint[], bigint) as $query; execute q (array[$(sql "select max(id) from payout.dispatch")], array[1]::smallint[], null)" | sed 's/.*|//'
}
is "$(stopped "$frozen")" account_ended 'and what was frozen before is held back when it would leave'
undo
like "$(ways 2024-04)" 'An Thị Một VCB self' 'the next batch finds the other account'
frozen=$(sql "select p.id from payout.payout p where p.payee_account = $own")
is "$(stopped "$frozen")" '' 'of which nothing speaks against leaving'
printf '%s\n' 'Số CCCD,Số tài khoản,Họ tên chủ tài khoản,Trạng thái' '099143000001,9704000001,AN THI MOT,Đã đóng' >"$scratch/vcb2.csv"
chitra import "$scratch/vcb2.csv" --kind account_list --bank VCB >/dev/null
is "$(stopped "$frozen")" account_closed 'a bank that closes it before it leaves stops it, on one officer'\''s word'
like "$(said chitra batch show "$(sql "select batch from payout.payout where id = $frozen")")" 'tài khoản đã đóng, sẽ không chi' 'who signs sees it'
undo
unlike "$(ways 2024-04)" 'An Thị Một' 'and a closed account is never paid again' && undo

# ---- VNeID ------------------------------------------------------------------------------------------------------------------------------

printf '%s\n' 'Số CCCD,Số tài khoản,Ngân hàng,Họ tên chủ tài khoản,Trạng thái' '099143000001,9704000001,VCB,AN THI MOT,' \
	'099143000002,9704000072,AGRIBANK,BUI THI HAI,' '099143000003,9704000073,,CAO THI BA,' \
	'099143000002,9704000072,ABB,BUI THI HAI,' '099143000002,9704000072,AGRIBANK,BUI THI HAI,' >"$scratch/vneid.csv"
said=$(said bank_list "$scratch/vneid.csv" VNEID)
like "$said" 'bank_empty.* 3 dòng nhận' 'VNeID'\''s list names the bank in each row, and the same number at two'
like "$said" 'dòng 6.*\(duplicate\)' 'at one bank once'
sql "set session_replication_role = replica; delete from register.account_check where account in (select id from register.payee_account where bank = 'ABB');
	delete from register.payee_account where bank = 'ABB'"
like "$(ways 2024-04)" 'Bùi Thị Hai AGRIBANK self' 'what a person declared on VNeID passes' && undo
unlike "$(ways 2024-04)" 'An Thị Một' 'but does not open what the bank closed' && undo
added 099143000002 --bank VCB --number 9704000082
like "$(ways 2024-04)" 'Bùi Thị Hai AGRIBANK self' 'it ranks above what officers typed from paper, though that is newer' && undo
sql "insert into register.account_answer (inquiry, status, holder_name, personal_id_match) select max(i.id), 'open', 'BUI THI HAI', true from register.account_inquiry i"
chitra match --period 2024-04 >/dev/null
like "$(ways 2024-04)" 'Bùi Thị Hai VCB self' 'until the bank ties that to the ID: of equals the newest counts' && undo

# ---- a bank is renamed ---------------------------------------------------------------------------------------------------------------------

is "$(sql "select bank from register.payee_account a join register.person p on p.id = a.person where p.name = 'Giang Thị Năm'")" VIKKI \
	'a list that names a renamed bank names its successor'
sql "insert into register.account_check (account, source, status, grade, id_linked, passes) select a.id, 'bank_inquiry', 'open', 'folded', true, true
	from register.payee_account a where a.bank = 'VIKKI'"
like "$(ways 2024-04)" 'Giang Thị Năm VIKKI self' 'it receives'
signed=$(sql "select p.account_hash || ' ' || p.line_hash from payout.payout p join register.payee_account a on a.id = p.payee_account where a.bank = 'VIKKI'")
sql "update bank.bank set replaced_by = 'ABB', deprecated = true where code = 'VIKKI'; update bank.bank set replaced_by = 'VCB' where code = 'ABB'" || exit 1
like "$(said chitra match --period 2024-04)" '2 tài khoản chuyển theo mã mới' 'merged twice over, it is carried to the code of today'
is "$(sql "select p.account_hash || ' ' || p.line_hash from payout.payout p join register.payee_account a on a.id = p.payee_account where a.bank = 'VIKKI'")" "$signed" \
	'what was signed stays'
undo
like "$(ways 2024-04)" 'Giang Thị Năm VCB self' 'the next line names the new code, and nobody is asked again' && undo
like "$(said chitra match --period 2024-04)" '^0 câu trả lời' 'running again carries nothing'
end=$(document='nhầm số' chitra --json account end "$(sql "select id from register.payee_account where bank = 'VCB' and carried_from is not null")" --document nhầm | grep -o '[0-9]*')
second account confirm "$end" >/dev/null
like "$(ways 2024-04)" 'Giang Thị Năm cash no_account' 'ended under its new code it does not come back under the old one' && undo

# ---- wishes ---------------------------------------------------------------------------------------------------------------------------------

like "$(said chitra preference 099143000003 --programme social --method account --asked-by 'chị Cao Thị Út, con gái' --since 2024-04-10)" \
	'tài khoản .*10/04/2024.*chị Cao Thị Út, con gái \(thu\)' 'a wish is dated, and it is kept who said so and who typed it'
like "$(ways 2024-04)" 'Cao Thị Ba cash wish' 'it counts from its day on' && undo
today 2024-04-10
like "$(ways 2024-04)" 'Cao Thị Ba VCB self' 'then by account' && undo
for method in cash account cash; do
	chitra preference 099143000003 --programme social --method $method --asked-by 'bà' >/dev/null || fail "to $method"
done
like "$(ways 2024-04)" 'Cao Thị Ba cash wish' 'it may come back on the same day, and the last one counts' && undo
like "$(CHITRA_SESSION=$scratch/phu_hai said chitra preference 099143000003 --programme social --method account --asked-by 'bà')" 'no_mandate.*\[77\]' \
	'an officer of another ward types no wish'
today 2024-04-03

# ---- what an approver is shown ---------------------------------------------------------------------------------------------------------------

# paid NAME MONTH ACCOUNT: the month was paid into it
paid()
{
	sql "set session_replication_role = replica;
		insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
			select id, 'social', '$2-01', 'regular', 360000, 1, '$2-01', '22945', '2023-04-01' from register.person where name = '$1';
		insert into payout.payout (claim, issue, batch, line, payee_account, account_hash, amount_dong, line_hash, end_to_end_id)
			select max(id), 1, 0, max(id), $3, sha256('x'), 360000, sha256('y'), lpad(max(id)::text, 19, '0') from payout.claim;
		insert into payout.payout_state (payout, state) select max(id), 7 from payout.payout;
		insert into payout.payout_move (payout, n, from_state, to_state, cause, day) select max(id), 1, 6, 7, 1, '2024-04-03' from payout.payout" || exit 1
}
# flags: name and flags of every line that has some
flags()
{
	ways 2024-04 >/dev/null
	sql "select string_agg(id::text, ' ') from payout.batch where period = '2024-04-01'" >"$scratch/ids"
	# shellcheck disable=SC2046
	chitra --json batch show $(cat "$scratch/ids") | grep -o '"name":"[^"]*","birth[^]]*"flags":\[[^]]*\]' | grep -v 'flags":\[\]' |
		sed 's/"name":"\([^"]*\)".*"flags":\[\(.*\)\]/\1: \2/; s/"//g' | sort | tr '\n' ';'
	undo
}
account_of()
{
	sql "select id from register.account_now a where bank = '$2' and stands and passes and person = (select id from register.person where name = '$1') order by id desc limit 1"
}

second account confirm "$(document='UQ 3' proposed renew "$(account_of 'Đỗ Thị Bốn' VCB)" --until 2024-04-25)" >/dev/null
printf '%s\n' 'Số CCCD,Số tài khoản,Họ tên chủ tài khoản,Trạng thái' '099143000001,9704000091,AN THI MOT,Ngủ đông' \
	'099143000003,9704000003,CAO THI BA,Đang hoạt động' >"$scratch/vcb3.csv"
bank_list "$scratch/vcb3.csv" VCB >/dev/null
sql "insert into register.pay_preference (person, programme, method, since) select id, 'social', 'account', '2024-04-02' from register.person
	where name = 'Cao Thị Ba'; set session_replication_role = replica; delete from register.pay_preference where method = 'cash'"
is "$(flags)" 'An Thị Một: account_dormant;Đỗ Thị Bốn: account_new_payee,authority_ends;' \
	'a dormant account may be paid, and is shown; so is an authority with 22 days left'
paid 'Cao Thị Ba' 2024-02 "$(account_of 'Cao Thị Ba' VCB)"
is "$(flags)" 'An Thị Một: account_dormant;Đỗ Thị Bốn: account_new_payee,authority_ends;' 'the account of the last month is nothing to look at'
paid 'Cao Thị Ba' 2024-03 "$(account_of 'Bùi Thị Hai' VCB)"
like "$(flags)" 'Cao Thị Ba: account_changed;' 'another one than that of the last month that was paid is'
paid 'Bùi Thị Hai' 2024-02 null
like "$(flags)" 'Bùi Thị Hai: account_from_cash;' 'so is the first account after cash: the post office saw her, and nobody does now'
paid 'Bùi Thị Hai' 2024-03 "$(account_of 'Bùi Thị Hai' VCB)"
unlike "$(flags)" account_from_cash 'once'
sql "set session_replication_role = replica; delete from payout.payout where claim in (select c.id from payout.claim c join register.person r on r.id = c.person
	where r.name = 'Bùi Thị Hai' and c.month < '2024-04-01'); delete from payout.claim c using register.person r where r.id = c.person and r.name = 'Bùi Thị Hai' and c.month < '2024-04-01'"
sql "update rules.programme set large_dong = 360001 where code = 'social'"
unlike "$(flags)" account_new_large 'on a new account 360,000 is not much when 360,001 is'
sql "update rules.programme set large_dong = 360000 where code = 'social'"
is "$(flags)" 'An Thị Một: account_new_large,account_dormant;Bùi Thị Hai: account_new_large;Cao Thị Ba: account_changed;Đỗ Thị Bốn: account_new_payee,account_new_large,authority_ends;' \
	'when 360,000 is, each account shows it that never received this person'\''s money'
sql "update rules.programme set large_dong = 5000000 where code = 'social'"
added 099143000005 --kind household --holder 'CAO THI BA' --bank VCB --number 9704000003 --document 'sổ hộ, chủ hộ Cao Thị Ba'
is "$(flags)" 'An Thị Một: account_dormant;Cao Thị Ba: account_changed,account_shared;Giang Thị Năm: account_new_payee,account_shared;Đỗ Thị Bốn: account_new_payee,authority_ends;' \
	'one account for two people shows at both; a household may have one'

# ---- who is paid without cash ------------------------------------------------------------------------------------------------------------------

listed 2024-04 536 "1,Lý Thị Đảo,1943,Nữ,099143000006,$elder,360.000,,9704000006,VCB,,,"
chitra entitle --programme social --period 2024-04 >/dev/null
sql "insert into register.account_check (account, source, status, grade, id_linked, passes) select id, 'bank_inquiry', 'open', 'exact', true, true
	from register.payee_account where holder_name = 'Lý Thị Đảo'"
ways 2024-04 >/dev/null
sql "set session_replication_role = replica;
	insert into payout.payout_state (payout, state) select p.id, 7 from payout.payout p join payout.claim c on c.id = p.claim
		where c.pay_period = '2024-04-01' on conflict do nothing;
	insert into payout.payout_move (payout, n, from_state, to_state, cause, day)
		select p.id, 1, 6, 7, 1, case r.name when 'Giang Thị Năm' then date '2024-04-05' else '2024-04-04' end
		from payout.payout p join payout.claim c on c.id = p.claim join register.person r on r.id = c.person where c.pay_period = '2024-04-01'" || exit 1
# Ward 22945: 5 entitled, all with an account, all wishing; on 4 April all but Giang Thị Năm are paid through it.
today 2024-04-06
is "$(chitra report coverage --period 2024-04 --csv)" "area,area_from,name,entitled,with_account,wishing_account,paid_by_account
22945,2023-04-01,Phường Lạc Đạo,5,5,5,5
536,2023-04-01,Huyện Lý Sơn,1,1,1,1" 'each unit has its line; Lý Sơn, which has no communes, counts as itself'
today 2024-04-04
said=$(chitra report coverage --period 2024-04)
like "$said" 'Mục tiêu ≥ 50 % số xã, phường có chi qua tài khoản: 2/2 \(100,0 %\): đạt' 'the target of half of the communes is a line of its own'
like "$said" '5/6 \(83,3 %\): chưa đạt, còn 1 người' 'and so is that of everybody who has an account and wishes it: 5 of 6, never rounded up'
ok 'it fits into 80 columns' [ "$(wc -L <<<"$said")" -le 80 ]
today 2024-04-06
like "$(chitra --json report coverage --period 2024-04 --as-of 2024-04-04)" '"as_of":"2024-04-04".*"paid_by_account":5,"target_units":\{"cashless":2,"units":2,"met":true\},"target_wishes":\{"paid":5,"wishing":6,"met":false\}' \
	'as of an earlier day it says what was so then'
like "$(chitra --json report coverage --period 2024-04 --as-of 2024-04-03)" '"paid_by_account":0,.*"cashless":0,"units":2,"met":false' 'before anybody was paid nobody was'
chitra preference 099143000003 --programme social --method cash --asked-by 'bà' >/dev/null
like "$(chitra --json report coverage --period 2024-04)" '"entitled":6,"with_account":6,"wishing_account":5,"paid_by_account":5' \
	'who wishes cash is no failure: cash is lawful'
is "$(CHITRA_SESSION=$scratch/phu_hai chitra report coverage --period 2024-04 --csv | wc -l)" 1 'an officer of another ward sees nobody in it'

# ---- the same name is not the same person -------------------------------------------------------------------------------------------------

today 2024-06-03
listed 2024-06 22945 "1,Hoàng Thị Thúy,1943,Nữ,099143000007,$elder,360.000,,9704000007,VCB,,,"
chitra entitle --programme social --period 2024-06 >/dev/null
mine=$(sql "select id from register.payee_account where holder_name = 'Hoàng Thị Thúy'")
# bank_says NAME ID-MATCHES: and what the next batch would pay
bank_says()
{
	sql "insert into register.account_inquiry (account, bank) values ($mine, 'VCB')"
	sql "insert into register.account_answer (inquiry, status, holder_name, personal_id_match) select max(id), 'open', '$1', $2 from register.account_inquiry"
	chitra match --period 2024-06 >/dev/null
	ways 2024-06
	undo
}
for name in 'exact HOÀNG THỊ THÚY' 'tone_variant Hoàng Thị Thuý' 'folded HOANG THI THUY'; do
	for id in null false; do
		unlike "$(bank_says "${name#* }" "$id")" 'Thúy' "${name%% *}: a name alone never passes an account, ID $id"
		is "$(sql "select grade || ' ' || passes from register.account_check where account = $mine order by id desc limit 1")" "${name%% *} false" 'as was found'
	done
done
is "$(sql "select string_agg(distinct code || ' ' || blocks, ', ') from register.finding f where f.period = '2024-06-01'")" 'account_id true' 'the money waits for an officer'
for grade in exact tone_variant folded; do
	like "$(sql "insert into register.account_check (account, source, status, grade, id_linked, passes) values ($mine, 'bank_inquiry', 'open', '$grade', false, true)" 2>&1)" \
		'violates check constraint' "PostgreSQL: nor does $grade pass without the ID, whoever writes it"
done
like "$(bank_says 'HOANG THI THUY' true)" 'Hoàng Thị Thúy VCB self' 'with the ID it does'
done_testing

#!/usr/bin/env bash
# Accounts of people who turn out to be one, of banks that are renamed, by lists that come late, and by officers who may not: as a ward
# clerk, a thief with one officer's key and an auditor would try.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/scenario/accounts_lib.sh

# of NAME BANK: the newest account of the person there
of()
{
	sql "select max(a.id) from register.payee_account a join register.person p on p.id = a.person where p.name = '$1' and a.bank = '$2'"
}
# vcb NAME ROW...: Vietcombank's list, by two officers, and what is said of it
vcb()
{
	local name=$1
	shift
	printf '%s\n' 'Số CCCD,Số tài khoản,Họ tên chủ tài khoản,Trạng thái' "$@" >"$scratch/$name.csv"
	said bank_list "$scratch/$name.csv" VCB "${as_of[@]}"
}
as_of=()

# ---- two who are one ----------------------------------------------------------------------------------------------------------------------------
# Lý Thị Hai came on the lists by two IDs, in two wards: by ...11 without an account, by ...12 with one.

listed 2024-04 22945 "1,Lý Thị Hai,1943,Nữ,099143000011,$elder,360.000,,,,,," "2,Mai Thị Khác,1943,Nữ,099143000013,$elder,360.000,,9704000013,VCB,,,"
listed 2024-04 22921 "1,Lý Thị Hai,1943,Nữ,099143000012,$elder,360.000,,9704000012,VCB,,,"
chitra entitle --programme social --period 2024-04 >/dev/null
vcb a '099143000012,9704000012,LY THI HAI,Đang hoạt động' >/dev/null
like "$(said chitra match --period 2024-04 --status)" '^3 người: 1 có tài khoản đã xác nhận, 1 chờ ngân hàng,.* 1 chưa có tài khoản' 'two IDs are two people until somebody says otherwise'
is "$(chitra report coverage --period 2024-04 --csv | cut -d, -f1,4-6)" "area,entitled,with_account,wishing_account
22921,1,1,1
22945,2,0,0" 'each in the ward that pays'
chitra person merge 099143000011 099143000012 --number 1/CA --reason 'cùng một người' >/dev/null
second person confirm 1 >/dev/null
like "$(said chitra match --period 2024-04 --status)" '^2 người: 1 có tài khoản đã xác nhận, 1 chờ ngân hàng,.* 0 chưa có tài khoản' \
	'two officers say that they are one: counted once, the account known by the other ID is his'
like "$(ways 2024-04)" '^Lý Thị Hai VCB self$' 'and receives, once' && undo
is "$(chitra report coverage --period 2024-04 --csv | cut -d, -f1,4-6)" "area,entitled,with_account,wishing_account
22945,2,1,1" 'coverage counts him once, where the claim that is left is paid'
like "$(said chitra account list 099143000011)" 'Lý Thị Hai .*VCB .*0012' 'by either ID his account is listed'
sql "insert into register.pay_preference (person, programme, method, since) select person, 'social', 'cash', '2024-04-02' from register.payee_account where id = $(of 'Lý Thị Hai' VCB)"
like "$(said chitra match --period 2024-04 --status)" ' 1 muốn tiền mặt' 'a wish that was heard under the other ID is his too'
chitra preference 099143000012 --programme social --method account --asked-by 'ông' >/dev/null

# The same number was known under both IDs before they were one.
listed 2024-05 22945 "1,Nông Thị Ba,1943,Nữ,099143000021,$elder,360.000,,9704000020,VCB,,," "2,Nông Thị Ba,1943,Nữ,099143000022,$elder,360.000,,9704000020,VCB,,,"
chitra entitle --programme social --period 2024-05 >/dev/null
chitra match --period 2024-05 >/dev/null
shared="select count(*) from register.finding where code = 'account_shared' and period ="
is "$(sql "$shared '2024-05-01'")" 2 'one account for two people is a finding of both'
chitra person merge 099143000021 099143000022 --number 2/CA --reason 'cùng một người' >/dev/null
second person confirm 2 >/dev/null
listed 2024-06 22945 "1,Nông Thị Ba,1943,Nữ,099143000022,$elder,360.000,,9704000020,VCB,,,"
chitra match --period 2024-06 >/dev/null
is "$(sql "$shared '2024-06-01'")" 0 'nobody shares an account with himself'
is "$(sql "select count(*) from register.payee_account where person in (select id from register.person where name = 'Nông Thị Ba')")" 2 'and a list that names it again names no third one'
vcb b '099143000021,9704000020,NONG THI BA,Đang hoạt động' >/dev/null
like "$(ways 2024-05)" 'Nông Thị Ba VCB self' 'what the bank says of it by one ID counts for both'
is "$(sql "select count(*) from payout.payout p join payout.claim c on c.id = p.claim where c.pay_period = '2024-05-01'")" 1 'and pays once'
like "$(vcb both '099143000021,9704000029,NONG THI BA,Đang hoạt động' '099143000022,9704000029,NONG THI BA,Đang hoạt động')" '\(duplicate\).* 1 dòng nhận.*\[0\]' \
	'a list that names a new account by both IDs names it once'
sql "set session_replication_role = replica; delete from register.account_check where account = $(of 'Nông Thị Ba' VCB); delete from register.payee_account where id = $(of 'Nông Thị Ba' VCB)"
undo
second account confirm "$(proposed end "$(sql "select min(id) from register.payee_account where bank = 'VCB' and blind = (select blind from register.payee_account where id = $(of 'Nông Thị Ba' VCB))")")" >/dev/null
like "$(ways 2024-05)" 'Nông Thị Ba cash no_account' 'ended in one row it is ended in both' && undo

# ---- lists that come late ---------------------------------------------------------------------------------------------------------------------------

today 2024-04-20
vcb new '099143000013,9704000013,MAI THI KHAC,Đã đóng' '099143000013,9704000014,MAI THI KHAC,Đang hoạt động' >/dev/null
like "$(ways 2024-04)" 'Mai Thị Khác VCB self' 'the bank closed one account, and opened another'
is "$(sql "select payee_account from payout.payout p join payout.claim c on c.id = p.claim join register.person r on r.id = c.person where r.name = 'Mai Thị Khác'")" "$(of 'Mai Thị Khác' VCB)" 'which receives'
undo
kept=$(of 'Mai Thị Khác' VCB)
as_of=(--as-of 2024-04-01)
like "$(vcb old '099143000013,9704000013,MAI THI KHAC,Đang hoạt động' '099143000013,9704000015,MAI THI KHAC,Đang hoạt động')" '2 dòng nhận' 'a list of the first of April comes on the twentieth'
is "$(sql "select string_agg(stands || ' ' || passes, ', ' order by id) from register.account_now a where person = (select person from register.payee_account where id = $kept)")" \
	'true false, true true, true true' 'it does not open what the bank closed since'
ways 2024-04 >/dev/null
is "$(sql "select payee_account from payout.payout p join payout.claim c on c.id = p.claim join register.person r on r.id = c.person where r.name = 'Mai Thị Khác'")" "$kept" 'nor is an account that only it names preferred to a newer one'
undo
like "$(vcb old '099143000013,9704000013,MAI THI KHAC,Đang hoạt động' '099143000013,9704000015,MAI THI KHAC,Đang hoạt động')" 'file_twice|đã được nhập' 'the same file comes in once'
as_of=(--as-of 2024-04-21)
like "$(vcb future '099143000013,9704000013,MAI THI KHAC,Đang hoạt động')" 'ngày này chưa tới' 'of no day to come'
as_of=()
printf '%s\n' 'Số CCCD,Số tài khoản,Ngân hàng,Họ tên chủ tài khoản,Trạng thái' '099143000011,9704000019,VCB,LY THI HAI,' >"$scratch/vneid.csv"
printf '%s\n' 'Số CCCD,Số tài khoản,Ngân hàng,Họ tên chủ tài khoản,Trạng thái' '099143000011,9704000091,VCB,LY THI HAI,' >"$scratch/vneid2.csv"
bank_list "$scratch/vneid.csv" VNEID >/dev/null
bank_list "$scratch/vneid2.csv" VNEID >/dev/null
like "$(said chitra account list 099143000011)" '0012 .*0019 .*0091' 'VNeID'\''s list, and its correction'
today 2024-04-03
today 2024-04-20
ways 2024-04 >/dev/null
is "$(sql "select payee_account from payout.payout p join payout.claim c on c.id = p.claim join register.person r on r.id = c.person where r.name = 'Lý Thị Hai'")" "$(of 'Lý Thị Hai' VCB)" \
	'of two that pass the corrected one receives'
undo

# ---- a bank is renamed, twice, and an end between ----------------------------------------------------------------------------------------------------

listed 2024-04 22924 "1,Ông Thị Tư,1943,Nữ,099143000031,$elder,360.000,,9704000031,VIKKI,,,"
chitra entitle --programme social --period 2024-04 >/dev/null
first=$(of 'Ông Thị Tư' VIKKI)
sql "insert into register.account_check (account, source, status, grade, id_linked, passes) values ($first, 'bank_inquiry', 'open', 'exact', true, true)"
word=$(proposed end "$first")
sql "update bank.bank set replaced_by = 'ABB', deprecated = true where code = 'VIKKI'" || exit 1
chitra match --period 2024-04 >/dev/null
like "$(ways 2024-04)" 'Ông Thị Tư ABB self' 'carried to its bank'\''s new code it receives' && undo
like "$(said second account list --open)" "Đề nghị $word: kết thúc tài khoản $(of 'Ông Thị Tư' ABB) " 'what was proposed of it waits under the new code'
second account confirm "$word" >/dev/null
like "$(ways 2024-04)" 'Ông Thị Tư cash no_account' 'ended by a word from before the rename' && undo
sql "update bank.bank set replaced_by = 'VCB' where code in ('VIKKI', 'ABB')" || exit 1
chitra match --period 2024-04 >/dev/null
like "$(ways 2024-04)" 'Ông Thị Tư cash no_account' 'and not back under the next code' && undo
sql "update bank.bank set replaced_by = null where code = 'ABB'; update bank.bank set replaced_by = 'AGRIBANK' where code = 'VCB'" || exit 1
listed 2024-05 22924 "1,Ông Thị Tư,1943,Nữ,099143000031,$elder,360.000,,9704000031,AGRIBANK,,,"
is "$(sql "select count(*) from register.payee_account where bank = 'AGRIBANK'")" 0 'a list that names the new code before it was carried names no new account'
chitra match --period 2024-05 >/dev/null
like "$(ways 2024-04)" 'Ông Thị Tư cash no_account' 'which would not know that it was ended' && undo
sql "update bank.bank set replaced_by = null where code = 'VCB'" || exit 1

# ---- officers who may not --------------------------------------------------------------------------------------------------------------------------

like "$(said chitra account add 099143000031 --bank VCB --number 9704000099 --document 'ok')" 'document_missing.*\[65\]' 'a document is named, not waved at'
like "$(said chitra account add 099143000031 --bank VCB --number 9704000099 --document 'UQ 5' --kind delegate --holder 'Kẻ Trộm' --until 2024-04-01)" 'authority_until_past.*\[65\]' 'an authority is not over before it begins'
like "$(said chitra account end "$kept" --reason 'sai năm' --from 2204-04-03)" 'day_far.*\[65\]' 'nothing is said of another century'
like "$(said chitra account add 099143000013 --bank VCB --number 9704000014 --document 'sổ' --kind delegate --holder 'Kẻ Trộm' --until 2024-12-01)" 'account_in.*\[65\]' 'nor a thief put behind an account that is known'
officer cham 4 '*' && officer kho 5 '*' || exit 1
clerk()
{
	local login=$1
	shift
	CHITRA_SESSION=$scratch/$login chitra "$@"
}
word=$(clerk cham --json account add 099143000031 --bank VCB --number 9704000099 --document 'giấy giả' | grep -o '[0-9]*')
sql "insert into auth.revocation (certificate, text, signatures) select id, 't', 's' from auth.certificate where officer = (select id from auth.officer where login = 'cham')"
like "$(said second account confirm "$word" --number 9704000099)" 'Nhờ cán bộ khác đề nghị lại.*first_mandate.*\[65\]' 'what an officer proposed whose certificate was revoked since is confirmed by nobody'
like "$(CHITRA_SESSION=$scratch/cham said chitra account add 099143000031 --bank VCB --number 9704000098 --document 'giấy giả')" 'no_mandate.*\[77\]' 'nor does he propose again'
chitra account drop "$word" >/dev/null
# Another certificate, another login's token: still one officer.
word=$(proposed add 099143000031 --bank VCB --number 9704000097)
sql "with c as (insert into auth.certificate (officer, sha256, text, signatures, public_key, not_before, not_after)
		select id, sha256('thu2'), 'thu2', '', sha256('thu2'), now() - interval '1 day', now() + interval '1 day' from auth.officer where login = 'thu' returning id, officer)
	insert into auth.mandate select officer, id, 'register', '*', '*', 0 from c;
	insert into auth.session (token_hash, officer, expires_at) select sha256(decode(repeat('6', 64), 'hex')), id, now() + interval '1 hour' from auth.officer where login = 'thu'"
printf '%064d\n' 0 | tr 0 6 >"$scratch/thu2"
like "$(CHITRA_SESSION=$scratch/thu2 said chitra account confirm "$word" --number 9704000097)" 'same_officer.*\[77\]' 'one officer with two keys and two sessions is one officer'
chitra account drop "$word" >/dev/null
# In two programmes of two agencies: whoever keeps one register has no say in the other one's money.
sql "insert into org.agency (code, name_vi) values ('merit', 'Phòng Người có công');
	insert into org.funding_account (code, agency, bank, number) select 'merit-demo', id, 'DEMO', '110000000002' from org.agency where code = 'merit';
	update org.programme_agency pa set agency = f.agency, funding_account = f.id from org.funding_account f where f.code = 'merit-demo' and pa.programme = 'merit'"
sql "set session_replication_role = replica; update auth.mandate set agency = 'labour' where officer = (select id from auth.officer where login = 'kho')"
word=$(clerk kho --json account add 099143000031 --bank VCB --number 9704000096 --document 'Sổ tài khoản' | grep -o '[0-9]*')
ok 'an officer of the one agency that pays somebody proposes an account' [ -n "$word" ]
sql "insert into register.enrolment (person, programme, category, area_code, area_valid_from, from_month, file, row_no)
	select e.person, 'merit', (select min(code) from rules.category where programme = 'merit'), e.area_code, e.area_valid_from, '2024-05-01', e.file, 99
	from register.enrolment e join register.person p on p.id = e.person where p.name = 'Ông Thị Tư' order by e.id limit 1"
like "$(said second account confirm "$word" --number 9704000096)" 'first_mandate.*\[65\]' 'when another agency pays her too, it is not confirmed on his word'
like "$(CHITRA_SESSION=$scratch/kho said chitra account end "$(of 'Ông Thị Tư' VCB)" --reason 'thử')" 'no_mandate.*\[77\]' 'nor does he end one'
like "$(CHITRA_SESSION=$scratch/kho said chitra preference 099143000031 --programme merit --method cash --asked-by 'bà')" 'no_mandate.*\[77\]' 'nor say how the other one pays'
like "$(CHITRA_SESSION=$scratch/kho said chitra preference 099143000031 --programme social --method cash --asked-by 'bà')" 'đang áp dụng *social *tiền mặt' 'but how his own does'
like "$(CHITRA_SESSION=$scratch/kho said chitra preference 099143000031 --programme social --method cash --asked-by 'bà' --since 2042-04-03)" 'day_far.*\[65\]' 'in this century'
like "$(said chitra preference 099143000031 --programme social --method account --asked-by 'bà' --since 2024-04-25)" 'chưa tới ngày *social *tài khoản' 'a wish of next week waits for its day'
like "$(said chitra preference 099143000031 --programme social --method account --asked-by 'bà' --since 2024-04-01)" 'đã qua *social *tài khoản *01/04/2024.*đang áp dụng *social *tiền mặt' 'one from before a newer one is of the past'

# ---- what two decide is what they read ----------------------------------------------------------------------------------------------------------------

listed 2024-04 22918 "1,Phan Thị Sáu,1943,Nữ,099143000041,$elder,360.000,,9704000041,VCB,,,"
chitra entitle --programme social --period 2024-04 >/dev/null
mine=$(of 'Phan Thị Sáu' VCB)
sql "insert into register.account_check (account, source, status, grade, id_linked, passes) values ($mine, 'bank_inquiry', 'open', 'partial', true, false)"
chitra match --period 2024-04 >/dev/null
found=$(sql "select f.id from register.finding f join register.person p on p.id = f.person where p.name = 'Phan Thị Sáu' and f.code = 'account_name'")
chitra finding decide "$found" --verdict pay --reason 'tên thường gọi' >/dev/null
sql "insert into register.payee_account (person, kind, bank, blind, sealed, salt, hash, holder_name, holder_fold, source)
		select person, 'self', 'ABB', substr(sha256('thief'), 1, 16), sealed, salt, sha256('thief'), 'KẺ TRỘM', 'ke trom', 'list' from register.payee_account where id = $mine;
	insert into register.account_check (account, source, status, grade, id_linked, passes) select max(id), 'bank_inquiry', 'open', 'different', false, false from register.payee_account"
second finding decide "$found" --verdict pay --reason 'tên thường gọi' >/dev/null
is "$(sql "select string_agg(bank || ' ' || passes, ', ' order by id) from register.account_now where person = (select person from register.payee_account where id = $mine)")" 'VCB true, ABB false' \
	'two officers vouch for the account that the finding names, not for one that came in between'
done_testing

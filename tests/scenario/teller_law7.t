#!/usr/bin/env bash
# Law 7: whoever owns the whole database can neither invent, change, multiply nor repeat a payment. Each deed is done as superuser round
# every trigger; asked is the bank's own book. The last batch has its twin: without a deed it is paid.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
payroll 1600 wards=16
bank_start --reply-status ACCC

as_attacker()
{
	psql -XAtq -v ON_ERROR_STOP=1 -c "set session_replication_role = replica; $1"
}
mapfile -t batch < <(sql "select id from payout.batch order by id")
first()
{
	sql "select id from payout.payout where batch = $1 order by line limit 1"
}
touched=0
# deed N TITLE HELD STATEMENTS
deed()
{
	as_attacker "$4" >/dev/null
	titles+=("$2")
	numbers+=("$1")
	touched=$((touched + 1))
}
titles=()
numbers=()

deed 0 "an amount is changed" "" "update payout.payout set amount_dong = amount_dong * 10 where id = $(first "${batch[0]}");
	update payout.claim c set amount_dong = p.amount_dong from payout.payout p where p.claim = c.id and p.id = $(first "${batch[0]}")"
deed 1 "an account hash is changed, and the account with it" "" "update payout.payout set (payee_account, account_hash) =
	(select payee_account, account_hash from payout.payout where batch = ${batch[1]} and line = 2) where id = $(first "${batch[1]}")"
deed 2 "two lines change places" "" "update payout.payout set line = line + 1000000 where batch = ${batch[2]} and line <= 2;
	update payout.payout set line = 1000003 - line where batch = ${batch[2]} and line > 1000000"
deed 3 "a payout is there twice, under a new id" "" "insert into payout.payout (claim, issue, batch, line, payee_account, account_hash,
		amount_dong, line_hash, end_to_end_id)
	select claim, issue + 1, batch, (select max(line) + 1 from payout.payout where batch = ${batch[3]}), payee_account, account_hash,
		amount_dong, line_hash, '0000000000000000001' from payout.payout where id = $(first "${batch[3]}");
	insert into payout.payout_state (payout, state) select id, 1 from payout.payout where end_to_end_id = '0000000000000000001';
	with d as (insert into payout.dispatch (channel) select channel from payout.batch where id = ${batch[3]} returning id)
	insert into payout.dispatch_range select d.id, p.id, p.id from d, payout.payout p where p.end_to_end_id = '0000000000000000001'"
deed 4 "the validity is prolonged" "" "update payout.batch set valid_until = valid_until + interval '30 days' where id = ${batch[4]}"
deed 5 "another channel pays" "" "update payout.batch set channel = (select id from org.channel where code = 'other')
	where id = ${batch[5]} and exists (select from org.channel where code = 'other');
	update org.channel set code = code where false;
	update payout.batch set period = period where false;
	update payout.claim set kind = 'arrears' where id in (select claim from payout.payout where batch = ${batch[5]})"
deed 6 "the approver's signature is taken from another bundle" "" "insert into payout.bundle (agency, root, batches, lines, sum_dong)
	select agency, sha256('x'), 1, 1, 1 from payout.bundle limit 1;
	update payout.bundle_batch set bundle = (select id from payout.bundle where root = sha256('x')) where batch = ${batch[6]};
	insert into payout.approval (bundle, role, officer, certificate, text, signature)
	select (select id from payout.bundle where root = sha256('x')), role, officer, certificate, text,
		set_byte(signature, 0, 255 - get_byte(signature, 0)) from payout.approval"
deed 7 "the sealed account is exchanged, the hash stays" "" "update payout.payout p set payee_account = q.payee_account
	from payout.payout q where p.batch = ${batch[7]} and p.line = 1 and q.batch = ${batch[7]} and q.line = 2"
deed 8 "a person's anchor is changed" "" "update register.person set anchor = substr(sha256(anchor), 1, 16) where id in
	(select c.person from payout.claim c join payout.payout p on p.claim = c.id where p.batch = ${batch[8]} and p.line = 1)"

held_reasons()
{
	sql "select coalesce(string_agg(distinct h.reason, ' '), 'none') from payout.hold h join payout.payout p on p.id = h.payout where p.batch = $1"
}
batch_paid()
{
	sql "select p.end_to_end_id from payout.payout p where p.batch = $1" >"$scratch/ids"
	bank_says book.csv | cut -d, -f1 | grep -cFf "$scratch/ids"
}

# within_log EVENT: the teller says so within 20 s
within_log()
{
	local end=$((SECONDS + 20))
	while [ $SECONDS -lt $end ]; do
		grep -q "$1" "$scratch/teller.log" && return 0
		sleep 0.1
	done
	return 1
}

sound=$(sql "select count(*) from payout.payout p where p.batch not in ($(IFS=,; echo "${batch[*]:0:9}"))")
# shellcheck disable=SC2119
teller_start
ok "what nobody touched is paid ($sound payments)" until_true 30 "select count(*) = $sound from payout.payout_state s
	join payout.payout p on p.id = s.payout where s.state = 6 and p.batch not in ($(IFS=,; echo "${batch[*]:0:9}"))"
ok "nothing waits any more" until_true 20 "select not exists (select from payout.payout_state where state = 1)"
for i in "${!numbers[@]}"; do
	n=${numbers[$i]}
	case $n in
	7) # only the two lines are wrong; the others are what was signed
		is "$(bank_says book.csv | grep -c "^$(sql "select end_to_end_id from payout.payout where batch = ${batch[7]} and line = 1"),")" 0 \
			"${titles[$i]}: the bank sees no payment of it" ;;
	*) is "$(batch_paid "${batch[$n]}")" 0 "${titles[$i]}: the bank sees no payment of the batch" ;;
	esac
	unlike "$(held_reasons "${batch[$n]}")" '^none$' "${titles[$i]}: and it is held, for a person to look at ($(held_reasons "${batch[$n]}"))"
done
ok "the log is loud" grep -q 'level=error.*event=law7' "$scratch/teller.log"

# ---- what was paid is made ready again -----------------------------------------------------------------------------------------------

before=$(bank_count paid)
as_attacker "update payout.payout_state set state = 1, dispatch = null where state = 6;
	update payout.dispatch set state = 'ready', owner = null"
ok "what was paid and is ready again is held" until_true 30 "select count(*) = 0 from payout.payout_state where state = 1"
is "$(bank_count paid)" "$before" "the sent journal lets nothing go twice"
is "$(bank_twice)" 0 "nobody is paid twice"
is "$(sql "select count(distinct payout) from payout.hold where reason = 'sent_before'")" "$before" "each is held because it was sent before"

# ---- a stranger's certificate, a revoked one -----------------------------------------------------------------------------------------

teller_drain
payroll 100 first=50001 wards=1
cp "$keys/admin-keys" "$scratch/admin-keys"
sed -i 's/^\(..\)/ff/' "$keys/admin-keys"
# shellcheck disable=SC2119
teller_start
ok "officers whom other admins certified count nothing" until_true 20 "select count(*) = 100 from payout.payout_state s
	join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim where c.person > 50000 and s.state = 2"
is "$(bank_count paid)" "$before" "the bank sees nothing"
teller_drain
cp "$scratch/admin-keys" "$keys/admin-keys"
payroll 100 first=60001 wards=1
# shellcheck disable=SC2119
teller_start
ok "with the right admins the same is paid" until_true 20 "select count(*) = 100 from payout.payout_state s
	join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim where c.person > 60000 and s.state = 6"
teller_drain

# A payment waits for its bank to come back, and meanwhile an admin revokes the checker's certificate.
before=$(bank_count paid)
bank_kill
payroll 100 first=62001 wards=1
# shellcheck disable=SC2119
teller_start
ok "what waits for its bank is sent, by our books" until_true 20 "select count(*) = 100 from payout.payout_state s
	join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim where c.person between 62001 and 62100 and s.state = 3"
ok "and its bank is not there" within_log 'event=bank_no_reply.*transport=not_sent'
checker=$(sql "select encode(c.sha256, 'hex') from auth.certificate c join auth.officer o on o.id = c.officer where o.login = 'minh'")
read -r text signatures < <("$fixture" revoke "$keys/admin-1.key" "$checker")
as_attacker "insert into auth.revocation (certificate, text, signatures)
	select id, '\\x$text', '\\x$signatures' from auth.certificate where sha256 = '\\x$checker'"
ok "the log says that it stays" within_log 'event=stays_unsent.*revoked'
bank_start --reply-status ACCC
sleep 2
is "$(bank_count paid)" "$before" "nothing of it reaches the bank when it is back"
teller_drain
as_attacker "delete from auth.revocation; update payout.dispatch set state = 'ended' where state = 'sent'"

# ---- a channel is bent to another bank -------------------------------------------------------------------------------------------------

# bent ACCOUNTS: the rows send what the demo bank should pay to an endpoint that may debit these
bent()
{
	as_attacker "update org.channel set bank = 'other' where bank = 'demo'"
	teller_start '[bank other]' "url = http://$bank_address" "accounts = $1" "sign_key = $keys/payer.key" "bank_key = $keys/bank.pub"
}
payroll 20 first=65001 wards=1
before=$(bank_count paid)
bent '110000000002, 1100000000010'
ok "a line that names an account of another bank is held" until_true 20 "select count(*) = 20 from payout.hold where reason = 'account_of_another_bank'"
is "$(bank_count paid)" "$before" "and never sent to this one"
ok "the log is loud" grep -q 'level=error.*event=law7_account_of_another_bank' "$scratch/teller.log"
teller_drain
as_attacker "update org.channel set bank = 'demo' where bank = 'other'"
payroll 20 first=66001 wards=1
bent '110000000002, 110000000001'
ok "one whose account stands in our configuration is paid there" until_true 20 "select count(*) = 20 from payout.payout_state s
	join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim where c.person > 66000 and s.state = 6"
teller_drain
as_attacker "update org.channel set bank = 'demo' where bank = 'other'"

# ---- cash -----------------------------------------------------------------------------------------------------------------------------

# Two people change places, each with the other's claim and anchor: every line is what was signed, and the ID that the agent would be
# shown is another's.
payroll 10 first=90001 wards=1 cash_every=1
as_attacker "create temp table two as select id, anchor from register.person where id in (90001, 90010);
	update register.person set anchor = substr(sha256(anchor), 1, 16) where id in (90001, 90010);
	update register.person p set anchor = t.anchor from two t where p.id in (90001, 90010) and t.id <> p.id;
	update payout.claim set person = -1 where person = 90001;
	update payout.claim set person = 90001 where person = 90010;
	update payout.claim set person = 90010 where person = -1"
as_attacker "update register.person_id set sealed = (select sealed from register.person_id where person = 90003) where person = 90002"
# shellcheck disable=SC2119
teller_start
ok "the agent's list is written" until_true 20 "select count(*) = 7 from payout.payout_state s join payout.payout p on p.id = s.payout
	join payout.claim c on c.id = p.claim where c.person > 90000 and s.state = 3"
is "$(cat "$scratch"/cash/*.csv | grep -cE '099000090(001|002|010)')" 0 "nobody stands on it in another's place, nor without an ID that can be read"
is "$(sql "select string_agg(h.reason, ' ' order by h.reason) from payout.hold h join payout.payout p on p.id = h.payout
	join payout.claim c on c.id = p.claim where c.person > 90000")" "account_changed account_changed id_unreadable" "and a person looks at them"
teller_drain

# ---- a bank's promise and the clock are not the database's to give -------------------------------------------------------------------

# The rows say that the bank deduplicates; it does not, and our configuration knows.
bank_kill
bank_start --reply-status ACCC --dedup=false
payroll 20 first=70001 wards=1
bank_says will '{"fault":"drop_reply"}' >/dev/null
bank_says will '{"fault":"stale_enquiry","match":{"call":"enquiries"},"count":60}' >/dev/null
dedupe_days=0
# shellcheck disable=SC2119
teller_start
ok "what the bank paid in silence and then did not find is found in the end" until_true 30 "select count(*) = 20 from payout.payout_state s
	join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim where c.person > 70000 and s.state = 6"
is "$(bank_twice)" 0 "and was not sent again, although the rows say that it may"
teller_drain

# Since when the bank knows an id, the rows say too; the sent journal knows better.
bank_kill
bank_start --reply-status ACCC
payroll 20 first=75001 wards=1
bank_says will '{"fault":"reply_500_before"}' >/dev/null
# shellcheck disable=SC2119
teller_start
left="select count(*) = 20 from payout.payout_state s join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim
	where c.person between 75001 and 75020 and s.state ="
ok "what a bank refused to hear is in doubt" until_true 20 "$left 4"
teller_drain
cp "$scratch/journal/sent.log" "$scratch/sent.log"
sed -i -E 's/ at 20[0-9]{2}-/ at 2020-/' "$scratch/journal/sent.log"
as_attacker "update payout.dispatch set sent_at = ops.now(), asked = 9, ask_after = now() where state = 'sent'"
dedupe_days=30
# shellcheck disable=SC2119
teller_start
ok "an id that was first sent longer ago than the bank remembers, by the sent journal," within_log 'event=not_sent_again .*may not know them'
is "$(sql "$left 4")" t "is not sent again, whatever day the rows say"
teller_drain
cp "$scratch/sent.log" "$scratch/journal/sent.log"
as_attacker "update payout.dispatch set ask_after = now() where state = 'sent'"
# shellcheck disable=SC2119
teller_start
ok "sent some seconds ago, it is" until_true 20 "$left 6"
teller_drain
payroll 20 first=80001 wards=1
sandbox=no
before=$(bank_count paid)
# shellcheck disable=SC2119
teller_start
ok "a teller that is not a sandbox's" within_log not_a_sandbox
is "$(bank_count paid)" "$before" "sends nothing when the database says that it is one, and takes no time from it"
teller_drain

done_testing

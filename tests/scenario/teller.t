#!/usr/bin/env bash
# The teller pays: in bulk and singly, whatever the bank does, and stops when told to.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start

# ---- in bulk -------------------------------------------------------------------------------------------------------------------

payroll 700 cash_every=50
bank_start --reply-status ACCC
sql "insert into ops.pause (what, reason, by_officer) values ('bank:demo', 'test', 'minh')"
psql -XAtq -v ON_ERROR_STOP=1 -c "set session_replication_role = replica; create table public.sealed as select id, sealed from register.payee_account
	where id <= 500; update register.payee_account set sealed = '\\x00' where id <= 500"
sql "insert into register.account_inquiry (account, bank) select id, 'demo' from register.payee_account where id <= 510"
teller_start
ok "an account inquiry is answered, whatever stands before it" until_true 20 "select count(*) = 510 from register.account_answer"
is "$(sql "select count(*) from register.account_answer where status = 'unclear' and message is null")" 500 \
	"an account that cannot be read is put before a person"
psql -XAtq -v ON_ERROR_STOP=1 -c "set session_replication_role = replica; update register.payee_account a set sealed = s.sealed
	from public.sealed s where s.id = a.id; drop table public.sealed"
# One whose number is smaller and that is committed later than others are answered; each looks old enough to be left behind.
(
	psql -XAtq -v ON_ERROR_STOP=1 -c "begin; insert into register.account_inquiry (account, bank, asked_at)
		values (1, 'demo', now() - interval '5 minutes'); select pg_sleep(4); commit" >/dev/null
) &
late=$!
sleep 1
sql "insert into register.account_inquiry (account, bank, asked_at) values (2, 'demo', now() - interval '5 minutes')"
ok "another is answered meanwhile" until_true 10 "select count(*) = 511 from register.account_answer"
wait "$late"
ok "one that is committed late is answered too" until_true 10 "select count(*) = 512 from register.account_answer"
is "$(sql "select count(*) from register.account_answer a join register.account_inquiry i on i.id = a.inquiry
	where a.status = 'open' and a.message is null")" 0 "an answer names the message that said so"
is "$(bank_count paid)" 0 "a paused bank is sent nothing"
sql "delete from ops.pause"
ok "everybody is paid" all_are credited 30
is "$(bank_count paid)" 686 "the bank executed each payment"
is "$(bank_twice)" 0 "and none twice"
is "$(bank_says stats | grep -o '"transfers":[0-9]*')" '"transfers":3' "with as few messages as dispatches allow"
ok "what goes to a cash agent is sent" until_true 10 "select count(*) = 14 from payout.payout_state s join payout.state t on t.code = s.state
	where t.name = 'sent'"
ok "and waits for nobody" until_true 10 "select count(*) = 1 from payout.dispatch d join org.channel c on c.id = d.channel
	where c.kind = 'cash' and d.state = 'ended' and d.owner is null"
is "$(stat -c %a "$scratch"/cash/*.csv)" 600 "the agent's list is readable by the teller alone"
is "$(tail -n 1 "$scratch"/cash/*.csv)" "Tổng cộng,,,,,14,$(sql "select sum(sum_dong) from payout.dispatch d
	join org.channel c on c.id = d.channel where c.kind = 'cash'")" "and ends with its control sum"
is "$(grep -c '^sent ' "$scratch/journal/sent.log")" 700 "every payment is in the sent journal"
is "$(sql "select count(*) from payout.payout where end_to_end_id = any ('{$(grep '^sent ' "$scratch/journal/sent.log" |
	cut -d' ' -f2 | paste -sd,)}')")" 700 "under its own id"
is "$(sql "select count(*) from books.txn where kind = 'dispatch.sent'")" "$(sql "select count(*) from payout.dispatch")" \
	"each dispatch is one ledger transaction"
is "$(books_agree)" t "the books have the same money on its way"
is "$(sql "select count(*) from bank.message where direction = 'reply' and kind = 'transfer' and authentic")" 3 "each reply is kept once"
is "$(sql "select count(*) from payout.payout_move where message is null and to_state = 6")" 0 "each move names its message"
bank_says next-day >/dev/null
sql "update ops.instance set clock_offset = clock_offset + interval '1 day'"
ok "the day's statement is picked up" until_true 20 "select exists (select from bank.message
	where direction = 'file' and kind = 'statement' and external_id = 'demo-funding.2024-04-03.1')"
teller_drain
is "$drained" 0 "told to stop, it ends with 0"
unlike "$(cat "$scratch/teller.log")" '2000000[0-9]{5}|0990[0-9]{8}' "the log holds no account and no ID number"

# ---- refused ---------------------------------------------------------------------------------------------------------------------

payroll 90 first=5001 special_every=3 special_suffix=1
# shellcheck disable=SC2119
teller_start
ok "closed accounts are refused" until_true 20 "select count(*) = 30 from payout.payout_state where state = 8"
is "$(sql "select count(*) from books.txn where kind = 'payout.rejected'")" 30 "each refusal is a ledger transaction of its own"
is "$(sql "select count(*) from books.txn where kind = 'payout.rejected' and position('reason ac04' in encode(leaf, 'escape')) > 0")" 30 \
	"which names the bank's reason"
is "$(books_agree)" t "their money is payable again"
teller_drain

# ---- one by one ------------------------------------------------------------------------------------------------------------------

sql "update org.channel set items_per_message = 1 where kind = 'bank'"
payroll 300 first=10001
teller_start 'concurrency = 32'
ok "everybody is paid one by one" all_are credited 40
is "$(bank_count paid)" 1046 "the bank executed each payment"
is "$(bank_twice)" 0 "and none twice"
teller_drain
is "$drained" 0 "told to stop, it ends with 0"

# ---- the bank is not there -------------------------------------------------------------------------------------------------------

bank_kill
payroll 40 first=20001
teller_start
ok "what nobody answers stays sent" until_true 10 "select count(*) = 40 from payout.payout_state s join payout.payout p on p.id = s.payout
	join payout.claim c on c.id = p.claim where s.state = 3 and c.person > 20000"
sleep 1
is "$(sql "select count(*) from payout.payout_state where state = 4")" 0 "what certainly did not leave is in no doubt"
ok "and the journal says that it did not" grep -q '^not-sent ' "$scratch/journal/sent.log"
teller_drain
is "$drained" 0 "told to stop meanwhile, it ends with 0"
is "$(sql "select count(*) from payout.dispatch where owner is not null")" 0 "and holds nothing any more"
bank_start --reply-status ACCC
teller_start
ok "it goes when the bank is back" all_are credited 40
is "$(bank_count paid)" 1086 "once"
is "$(bank_twice)" 0 "and none twice"

# ---- paused while requests wait ----------------------------------------------------------------------------------------------------

bank_kill
payroll 40 first=25001
ok "what was claimed waits for the bank" until_true 10 "select count(*) = 40 from payout.payout_state s join payout.payout p on p.id = s.payout
	join payout.claim c on c.id = p.claim where s.state = 3 and c.person > 25000"
sql "insert into ops.pause (what, reason, by_officer) values ('bank:demo', 'test', 'minh')"
sleep 2
bank_start --reply-status ACCC
sleep 3
is "$(bank_count paid)" 1086 "what was claimed before a pause does not leave during it"
sql "delete from ops.pause"
ok "it goes when the pause is over" all_are credited 40
is "$(bank_count paid)" 1126 "once"
is "$(bank_twice)" 0 "and none twice"

# ---- the bank misbehaves -----------------------------------------------------------------------------------------------------------

sql "update org.channel set items_per_message = 500 where kind = 'bank'"
round=30000
# misbehaves "TITLE" WILL MOVES STATE: 30 people, one fault; the payments end as STATE by way of MOVES
misbehaves()
{
	bank_says will "$2" >/dev/null
	round=$((round + 1000))
	payroll 30 first=$((round + 1))
	ok "$1: the payments end as $4" until_true 40 "select count(*) = 30 from payout.payout_state s
		join payout.payout p on p.id = s.payout join payout.claim c on c.id = p.claim join payout.state t on t.code = s.state
		where c.person > $round and t.name = '$4'"
	is "$(sql "select string_agg(distinct t.name, ' ' order by t.name) from payout.payout_move m
		join payout.payout p on p.id = m.payout join payout.claim c on c.id = p.claim join payout.state t on t.code = m.to_state
		where c.person > $round")" "$3" "$1: by way of $3"
}
misbehaves "a reply lost after the payment" '{"fault":"drop_reply"}' "credited sent unknown" credited
misbehaves "a failure after the payment" '{"fault":"reply_500_after"}' "credited sent unknown" credited
misbehaves "a page of a gateway after the payment" '{"fault":"html_403"}' "credited sent unknown" credited
misbehaves "a garbled reply" '{"fault":"garble"}' "credited sent unknown" credited
misbehaves "a reply cut off" '{"fault":"cut"}' "credited sent unknown" credited
misbehaves "the reply to another request" '{"fault":"swap_replies"}' "credited sent unknown" credited
misbehaves "a failure before the payment, at a bank that deduplicates" '{"fault":"reply_500_before"}' "credited sent unknown" credited
is "$(bank_count paid)" $((1126 + 210)) "the bank executed each payment"
is "$(bank_twice)" 0 "and none twice"
ok "the same id went again" grep -q '^again ' "$scratch/journal/sent.log"
is "$(books_agree)" t "the books have the same money on its way"
ok "nothing is held any more" until_true 10 "select not exists (select from payout.dispatch where owner is not null)"
teller_drain
is "$drained" 0 "told to stop, it ends with 0"

# ---- a list for a cash agent that cannot be written in time ------------------------------------------------------------------------

payroll 10 first=90001 wards=1 cash_every=1
list=$(sql "select d.id from payout.dispatch d join org.channel c on c.id = d.channel where c.kind = 'cash' and d.state = 'ready'")
mkdir -p "$scratch/cash/vnpost-cash-$list.csv/in the way"
# shellcheck disable=SC2119
teller_start
ok "a list that could not be written waits" until_true 20 "select state = 'sent' and owner is null from payout.dispatch where id = $list"
sql "update ops.instance set clock_offset = clock_offset + interval '11 days'"
ok "and is let go of when its validity is over" until_true 20 "select state = 'ended' from payout.dispatch where id = $list"
is "$(state_count sent)" 24 "those on it stay sent: nobody knows whether the agent has it"
teller_drain

# ---- a dispatch that the database refuses ------------------------------------------------------------------------------------------

payroll 1500 first=200001
refused=$(sql "select min(d.id) from payout.dispatch d join org.channel c on c.id = d.channel where c.kind = 'bank' and d.state = 'ready'")
sql "alter table payout.dispatch add constraint test_refused check (id <> $refused or state = 'ready') not valid"
# shellcheck disable=SC2119
teller_start
ok "it does not keep back the others of its bank" until_true 20 "select not exists (select from payout.dispatch
	where state = 'ready' and id <> $refused)"
is "$(sql "select state from payout.dispatch where id = $refused")" ready "it waits itself"
ok "and the log names it" grep -q "level=error.*event=dispatch_set_aside dispatch=$refused " "$scratch/teller.log"
sql "alter table payout.dispatch drop constraint test_refused"
ok "when the cause is gone, it goes" until_true 40 "select count(*) = 1500 from payout.payout_state s join payout.payout p on p.id = s.payout
	join payout.claim c on c.id = p.claim where c.person > 200000 and s.state = 6"
is "$(bank_twice)" 0 "nobody is paid twice"
teller_drain

# ---- a bank that cannot be understood ----------------------------------------------------------------------------------------------

# Its key is another one than we know: whatever it says proves nothing.
fakebank keygen "$scratch/other.key" >"$keys/bank.pub"
sql "update org.channel set items_per_message = 1 where kind = 'bank'"
payroll 3000 first=100001
transfers()
{
	bank_says stats | grep -o '"transfers":[0-9]*' | cut -d: -f2
}
before=$(transfers)
# shellcheck disable=SC2119
teller_start
sleep 6
sent=$(($(transfers) - before))
ok "it is sent four payments of 3000, and no more until it is asked again with one ($sent)" test "$sent" -ge 1 -a "$sent" -le 4
ok "and the log is loud" grep -q bank_not_understood "$scratch/teller.log"
teller_kill KILL

done_testing

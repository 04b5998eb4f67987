#!/usr/bin/env bash
# The teller's clocks: nothing leaves while the database's clock and its host's differ by a minute, nor when its validity is over.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

as_owner_of_the_database()
{
	psql -XAtq -v ON_ERROR_STOP=1 -c "set session_replication_role = replica; $1"
}

# clock_off SECONDS: the database is no sandbox, and its clock is that much ahead of this host's
clock_off()
{
	as_owner_of_the_database "update ops.instance set sandbox = false, clock_offset = $1 * interval '1 second'"
}

# logged PATTERN: how many lines of the teller's log have it
logged()
{
	grep -cE "$1" "$scratch/teller.log"
}

more_logged()
{
	for _ in $(seq 100); do
		[ "$(logged "$1")" -gt "$2" ] && return 0
		sleep 0.1
	done
	return 1
}

skew='event=poll_failed task=intent .*code=clock_skew'

# ---- outside a sandbox -------------------------------------------------------------------------------------------------------

fresh_database "test_teller_clock_$$"
payroll 30
bank_start --reply-status ACCC
# Root runs a teller against a sandbox alone, so it is one until the teller has started.
sql "insert into ops.pause (what, reason, by_officer) values ('all', 'test', 'minh')"
# shellcheck disable=SC2119
teller_start
ok "(it starts)" more_logged 'event=started' 0
clock_off 61
sql "delete from ops.pause"
ok "a database that is a minute ahead stops the teller" more_logged "$skew" 0
like "$(grep -E "$skew" "$scratch/teller.log" | head -n 1)" 'differ by (60|61) s' "which says by how much"
clock_off -61
before=$(logged "$skew")
ok "so does one that is a minute behind" more_logged "$skew" "$((before + 1))"
is "$(bank_says book.csv | tail -n +2)" "" "the bank has seen nothing"
is "$(grep -c '^sent ' "$scratch/journal/sent.log" 2>/dev/null || true)" 0 "the sent journal knows nothing"
is "$(state_count ready)" 30 "everybody waits"
clock_off 55
ok "with less than a minute between them everybody is paid" all_are credited 30
is "$(bank_count paid)" 30 "once"
teller_drain
clock_off 0
as_owner_of_the_database "update ops.instance set sandbox = true"
bank_kill

# ---- a cash agent's list -----------------------------------------------------------------------------------------------------

refused='event=law7_payout_refused .*code=valid_until_over'

# cash_of FIRST: the states of the thousand's people who are paid in cash
cash_of()
{
	sql "select coalesce(string_agg(distinct t.name, ' '), 'none') from payout.payout p join payout.claim c on c.id = p.claim
		join payout.payout_state s on s.payout = p.id join payout.state t on t.code = s.state
		where p.payee_account is null and c.person between $1 and $1 + 998"
}
cash_may()
{
	sql "delete from ops.pause"
}
cash_may_not()
{
	sql "insert into ops.pause (what, reason, by_officer) values ('bank:vnpost', 'test', 'minh')"
}
lists()
{
	find "$scratch/cash" -name '*.csv' | wc -l
}
list_can_be_written()
{
	rm -rf "$scratch/cash"
	if [ "$1" = yes ]; then mkdir "$scratch/cash"; else touch "$scratch/cash"; fi
}

cash_may_not
payroll 10 first=1001 cash_every=2
bank_start --reply-status ACCC
started=$(logged 'event=started')
# shellcheck disable=SC2119
teller_start
ok "(it starts)" more_logged 'event=started' "$started"
list_can_be_written no
cash_may
ok "a list that cannot be written is tried again" more_logged 'event=poll_failed task=cash.claim' 1
is "$(cash_of 1001)" sent "what it would have said may be with the agent"
list_can_be_written yes
ok "and it is written when it can be" until_true 30 "select not exists (select from payout.dispatch d
	join org.channel c on c.id = d.channel where c.kind = 'cash' and d.state <> 'ended')"
is "$(tail -n 1 "$scratch"/cash/*.csv | cut -d, -f6)" 5 "whole"

# Whoever may not pay for now may pay later: the list waits.
list_can_be_written no
payroll 10 first=4001 cash_every=2
ok "(one more is sent and not written)" until_true 20 "select count(*) = 10 from payout.payout p join payout.payout_state s
	on s.payout = p.id where p.payee_account is null and s.state = 3"
as_owner_of_the_database "update payout.batch set state = 'approved' where id = (select max(batch) from payout.payout where payee_account is null)"
list_can_be_written yes
ok "a list that may not be written for now is judged again later" until_true 30 "select exists (select from payout.dispatch d
	join org.channel c on c.id = d.channel where c.kind = 'cash' and d.state = 'sent' and d.owner is null
		and d.ask_after > clock_timestamp() + interval '20 s')"
is "$(cash_of 4001) $(lists)" "sent 0" "and is not written"
as_owner_of_the_database "update payout.batch set state = 'released' where state = 'approved'; update payout.dispatch set ask_after = now() where state = 'sent'"
ok "then it is" until_true 20 "select not exists (select from payout.dispatch d
	join org.channel c on c.id = d.channel where c.kind = 'cash' and d.state <> 'ended')"
is "$(lists)" 1 "whole"

# One was to be written, one is ready, when ten days are over.
list_can_be_written no
payroll 10 first=2001 cash_every=2
ok "(a second one is sent and not written)" until_true 20 "select count(*) = 15 from payout.payout p join payout.payout_state s
	on s.payout = p.id where p.payee_account is null and s.state = 3"
cash_may_not
payroll 10 first=3001 cash_every=2
sql "update ops.instance set clock_offset = clock_offset + interval '11 days'"
list_can_be_written yes
cash_may
ok "a list whose validity is over is held, for a person to look at" until_true 30 "select count(*) = 5 from payout.hold h
	join payout.payout p on p.id = h.payout where p.payee_account is null and h.reason = 'valid_until_over'"
is "$(cash_of 3001)" held "all of it"
ok "one that was sent and never written is let go of" until_true 30 "select not exists (select from payout.dispatch d
	join org.channel c on c.id = d.channel where c.kind = 'cash' and d.state <> 'ended')"
is "$(cash_of 2001)" sent "and stays sent, because the agent may have it"
seen=$(logged "$refused")
sleep 3
is "$(logged "$refused")" "$seen" "and is not judged again"
is "$(lists)" 0 "neither is written"
is "$(books_agree)" t "the books have the same money on its way"
teller_drain
is "$drained" 0 "told to stop, it ends with 0"

done_testing

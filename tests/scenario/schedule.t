#!/usr/bin/env bash
# When payments leave: in a channel's hours and on a programme's days, by PostgreSQL's clock; what cannot go any more is held and owed again.
# shellcheck disable=SC2154
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# The rules are PostgreSQL's and Vietnam's, whatever zone this process is in.
export TZ=America/Los_Angeles

# clock_at INSTANT: the sandbox's clock goes there
clock_at()
{
	sql "update ops.instance set clock_offset = timestamptz '$1+07' - now()"
}
# hours TEXT [MARGIN]: what the bank's channel was set up with, or another version from the day before the bank's first one
hours()
{
	sql "insert into org.channel_hours (channel, from_day, hours, on_holidays, margin_minutes, source)
		select id, '2024-04-01', '$1', false, ${2:-0}, 'test' from org.channel where code = 'demo-merit'"
}
# waits SECONDS: nothing leaves for so long, although a teller runs
waits()
{
	sleep "$1"
	[ "$(bank_says book.csv | tail -n +2 | wc -l)" = "${2:-0}" ]
}
fresh_database "test_schedule_$$"
clock_start
clock_at '2024-04-03 09:50'
payroll 10 valid_hours=100
hours '1-5 08:00-16:30' 15
clock_at '2024-04-03 16:50'
bank_start --reply-status ACCC
# shellcheck disable=SC2119
teller_start
ok "after the cut-off nothing leaves" waits 3
is "$(state_count ready)" 10 "everybody waits, ready"
clock_at '2024-04-04 07:59:50'
ok "nor before the bank opens the next day" waits 2
ok "at its opening hour they leave" all_are credited 30
is "$(bank_count paid)" 10 "once"

clock_at '2024-04-04 16:16'
payroll 10 first=1001 valid_hours=100
ok "in the margin before the cut-off nothing new is begun" waits 3 10
clock_at '2024-04-05 16:14:40'
ok "a moment before it, it is" all_are credited 30
is "$(bank_count paid)" 20 "and the bank has them"

# Made on Friday afternoon, valid for a day; the bank is closed until Tuesday.
clock_at '2024-04-05 16:15:30'
sql "insert into rules.business_day values ('2024-04-08', 'holiday', 'test', 'test', 'assumed')"
sql "update org.channel set valid_hours = 24"
sql "insert into ops.pause (what, reason, by_officer) values ('all', 'test', 'minh')"
hours '1-5 08:00-16:40' 15
payroll 10 first=2001
hours '1-5 08:00-16:30' 15
sleep 2 # a teller reads them once a second
sql 'delete from ops.pause'
ok "what is valid no more when its bank opens again is held while it is closed" until_true 40 "select count(*) = 10 from payout.hold
	where reason = 'no_opening'"
is "$(state_count held) $(bank_count paid)" "10 20" "nothing of it was sent"
is "$(sql "select count(distinct payout) from payout.hold") $(sql "select until is not null from ops.lease where name = 'schedule'")" "10 t" \
	"each is held once, by whoever has the lease"
like "$(cat "$scratch/teller.log")" 'event=no_opening payouts=10' "and it is said"

# Planned: on the programme's days.
clock_at '2024-04-10 17:00'
sql "update org.channel set valid_hours = 720"
last=$(sql 'select max(id) from payout.payout')
payroll 10 first=3001 planned=1
clock_at '2024-04-11 10:00'
ok "what two officers planned does not leave behind its programme's days" waits 3 20
clock_at '2024-05-02 09:00'
ok "it leaves on the next month's, and is not lost" until_true 30 "select count(*) = 10 from payout.payout_state s
	where s.state in (6, 7) and s.payout > $last"
is "$(bank_count paid) $(bank_twice)" "30 0" "once"

# Two officers changed their mind.
clock_at '2024-05-15 10:00'
last=$(sql 'select max(id) from payout.payout')
payroll 10 first=4001 planned=1
ok "(it waits)" waits 2 30
psql -XAtq -c "set session_replication_role = replica; insert into payout.release (batch, officer, planned)
	select r.batch, r.officer, false from payout.release r where r.planned and r.batch in (select batch from payout.payout where id > $last)
	and r.officer = (select min(officer) from payout.release)"
ok "one who wants it now does not hurry it" waits 2 30
psql -XAtq -c "set session_replication_role = replica; insert into payout.release (batch, officer, planned)
	select r.batch, r.officer, false from payout.release r where r.planned and r.batch in (select batch from payout.payout where id > $last)
	on conflict do nothing"
ok "two do" until_true 30 "select count(*) = 10 from payout.payout_state s where s.state in (6, 7) and s.payout > $last"
is "$(books_agree)" t "the books have the same money on its way"
teller_drain
is "$drained" 0 "told to stop, it ends with 0"
done_testing

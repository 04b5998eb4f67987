#!/usr/bin/env bash
# A teller may die at any instant, and so may PostgreSQL: what was under way is in doubt, is asked about, and is paid once.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

RANDOM=${SEED:-7}
echo "# SEED=${SEED:-7}"
# shellcheck disable=SC2119
fresh_database
clock_start

# The teller that lives now has payments under way: what dies before it has claimed any is another matter (poison.t).
under_way()
{
	owner=$(sed -n 's/.*event=started owner=//p' "$scratch/teller.log" | tail -n 1)
	[ -n "$owner" ] && [ "$owner" != "$dead" ] &&
		[ "$(sql "select exists (select from payout.dispatch where state = 'sent' and owner = '$owner')")" = t ]
}

# kill_often TIMES: each while a dispatch is under way
kill_often()
{
	killed=0
	dead=
	for _ in $(seq "$1"); do
		within 10 under_way || return
		sleep "0.$((RANDOM % 30 + 10))"
		under_way && killed=$((killed + 1))
		dead=$owner
		teller_kill KILL
		teller_start 'concurrency = 3'
	done
}

# ---- a bank that deduplicates ---------------------------------------------------------------------------------------------------

payroll 6000 items=20
bank_start --reply-status ACCC --reply-delay 100ms
teller_start 'concurrency = 3'
kill_often 5
ok "it is killed while payments are under way ($killed times)" test "$killed" -ge 4
ok "everybody is paid in the end" all_are credited 60
is "$(bank_count paid)" 6000 "once"
is "$(bank_twice)" 0 "and none twice"
ok "what a dead teller had sent was taken over" test "$(sql "select count(*) from payout.payout_move m
	join payout.cause c on c.code = m.cause where c.name = 'takeover'")" -gt 0
ok "and found out by enquiry" test "$(sql "select count(*) from payout.payout_move m
	join payout.cause c on c.code = m.cause where c.name = 'enquiry'")" -gt 0
is "$(books_agree)" t "the books have the same money on its way"
ok "every dispatch has ended" until_true 90 "select not exists (select from payout.dispatch where state <> 'ended' or owner is not null)"
teller_drain

# ---- PostgreSQL ends its connections -----------------------------------------------------------------------------------------------

payroll 3000 first=10001
teller_start 'concurrency = 3'
kill_often 3
ok "it is killed while other payments are under way ($killed times)" test "$killed" -ge 2
for _ in 1 2 3 4 5 6; do
	until_true 10 "select exists (select from payout.payout_state where state = 3)"
	sql "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
		and application_name like 'chitra%'" >/dev/null
	sleep "0.$((RANDOM % 20 + 10))"
done
ok "its connections are cut, and everybody is paid in the end" all_are credited 60
is "$(bank_count paid)" 9000 "once"
is "$(bank_twice)" 0 "and none twice"
is "$(books_agree)" t "the books have the same money on its way"
teller_drain

# ---- a bank that does not deduplicate ----------------------------------------------------------------------------------------------

sql "update org.channel set deduplicates = false where kind = 'bank'"
bank_kill
bank_start --reply-status ACCC --reply-delay 100ms --dedup=false
payroll 3000 first=20001
teller_start 'concurrency = 3'
kill_often 5
bank_says will '{"fault":"reply_500_before"}' >/dev/null
ok "nothing stays sent" until_true 60 "select not exists (select from payout.payout_state where state in (1, 3))"
sleep 3
is "$(bank_twice)" 0 "a bank that does not deduplicate pays nobody twice either"
paid=$(bank_count paid)
ok "what the bank has not paid stays in doubt ($((12000 - paid)) payments)" until_true 30 "select count(*) = 12000 - $paid
	from payout.payout_state where state = 4"
is "$(sql "select count(*) from payout.payout_state where state = 6")" "$paid" "and everything that it has paid is known"
is "$(books_agree)" t "the books have the same money on its way"
teller_drain

done_testing

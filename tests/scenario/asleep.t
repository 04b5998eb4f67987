#!/usr/bin/env bash
# Two tellers fall asleep between the intent and the first byte, past the lease and past valid-until, at a bank that would pay twice and late.
# Another takes over and asks; what wakes sends nothing.
# shellcheck disable=SC2119,SC2154
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh

tellers=()
# shellcheck disable=SC2016
at_exit '[ ${#tellers[@]} -eq 0 ] || kill -9 "${tellers[@]}" 2>/dev/null'

# teller N: instance N, with a board of failpoints; its pid is ${tellers[N]}
teller()
{
	mkdir -p "$scratch/run-$1"
	sed -e "s|^journal = .*|journal = $scratch/journal-$1|" -e "s|^run_dir = .*|run_dir = $scratch/run-$1|" -e "s|^\[chitra\]|&\ninstance = $1|" \
		"$scratch/chitra.conf" >"$scratch/teller-$1.conf"
	tests/chaos/board.py "$scratch/board-$1" nowhere stop
	CHITRA_FAILPOINTS=$scratch/board-$1 "$CHITRA_BIN/chitrad" --config "$scratch/teller-$1.conf" --duty teller 2>>"$scratch/teller-$1.log" &
	tellers[$1]=$!
}
sleeps()
{
	grep -q '^State:.T' "/proc/${tellers[$1]}/status"
}
starts()
{
	[ -s "$scratch/journal-$1/sent.log" ]
}
transfers()
{
	bank_says stats | awk -F'"transfers":' 'NF > 1 { n = $2 + 0 } END { print n + 0 }'
}

fresh_database
clock_start
payroll 20 items=20 valid_hours=1 deduplicates=false
payroll 20 first=1001
bank_start --reply-status ACCC --dedup=false --honour-valid-until=false
sql "insert into ops.pause (what, reason, by_officer) values ('all', 'test', 'minh')"
# No statement is missing, so what a teller first asks the bank is a transfer.
psql -XAtqc "set session_replication_role = replica" -c "insert into bank.statement (funding_account, day, opening_dong, closing_dong, line_count, pages, sequence,
	source, complete, chained) select id, '2024-04-02', 0, 0, 0, 1, 1, 'fetched', true, true from org.funding_account"
teller_conf

# ---- two fall asleep --------------------------------------------------------------------------------------------------------------

# Each takes one dispatch: another session has the second until the first is taken.
psql -XAtqc "begin" -c "select from payout.dispatch where id = (select max(id) from payout.dispatch) for update" -c "select pg_sleep(60)" >"$scratch/locker" 2>&1 &
until_true 10 "select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')"
teller 1
teller 2
ok "two tellers start" within 20 eval "starts 1 && starts 2"
tests/chaos/board.py "$scratch/board-1" teller.journal.write stop
tests/chaos/board.py "$scratch/board-2" teller.request.first-byte stop
sql "update ops.instance set clock_offset = clock_offset + (select min(valid_until) from payout.batch) - ops.now() - interval '12 s'; delete from ops.pause"
ok "one takes what is valid for seconds" within 8 eval "sleeps 1 || sleeps 2"
sql "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'" >/dev/null
ok "both sleep: before the journal says what was committed, and before the first byte" within 8 eval "sleeps 1 && sleeps 2"
is "$(sql "select count(*) || ' ' || sum(count) from payout.dispatch where state = 'sent' and owner is not null")" "2 40" "each with a dispatch that is sent"

# ---- another takes over -------------------------------------------------------------------------------------------------------------

teller_start
ok "when their leases are over another takes over" until_true 20 "select count(*) = 40 from payout.payout_move m join payout.cause c on c.code = m.cause
	where c.name = 'takeover'"
ok "and asks the bank" until_true 20 "select count(*) > 0 from bank.message where direction = 'reply' and kind = 'enquiry' and authentic"
ok "their validity ends" until_true 20 "select ops.now() > max(valid_until) from payout.batch"
is "$(state_count unknown) $(transfers)" "40 0" "the bank has not heard of them, which proves nothing"

# ---- they wake ------------------------------------------------------------------------------------------------------------------------

kill -CONT "${tellers[@]}"
for n in 1 2; do
	ok "teller $n says that its payments did not leave" within 10 grep -q '^not-sent ' "$scratch/journal-$n/sent.log"
done
ok "because their last moment is over" grep -q 'transport=not_sent .*code=held_back' "$scratch/teller-2.log"
sleep 1
is "$(transfers) $(bank_count paid)" "0 0" "it sent nothing"
is "$(state_count unknown)" 40 "and what it did not send stays in doubt, because whoever took over knows no better"
teller_drain
payroll 20 first=2001
ok "who slept goes on paying what is valid" until_true 20 "select count(*) = 20 from payout.payout_state where state = 6"
is "$(bank_count paid) $(bank_twice)" "20 0" "once"
is "$(books_agree)" t "the books have the same money on its way"

done_testing

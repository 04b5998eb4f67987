#!/usr/bin/env bash
# PostgreSQL fails over, and commits of the last moment are lost that no checkpoint covers: the archive misses nothing, and payments that
# have left say ready again. The sent journals of two tellers know better. A real standby, cut off before the last payments.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck source=tests/scenario/lib/restored.sh
. tests/scenario/lib/restored.sh
# shellcheck source=tests/scenario/lib/standby.sh
. tests/scenario/lib/standby.sh
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh
# shellcheck disable=SC2154

# second_start [OPTION...]: another host's teller: its own journal
second_start()
{
	sed -e "s|^journal = .*|journal = $scratch/journal-2|" -e "s|^run_dir = .*|run_dir = $scratch/run-2|" \
		-e "s|^\[chitra\]|&\ninstance = 1|" "$scratch/chitra.conf" >"$scratch/second.conf"
	mkdir -p "$scratch/run-2"
	"$CHITRA_BIN/chitrad" --config "$scratch/second.conf" --duty teller 2>>"$scratch/second.log" &
	second_pid=$!
}
second_pid=
# shellcheck disable=SC2016
at_exit '[ -z "$second_pid" ] || kill -9 "$second_pid" 2>/dev/null'
second_end()
{
	kill "-$1" "$second_pid"
	wait "$second_pid" 2>/dev/null
	second_pid=
}

journalled()
{
	cat "$scratch"/journal*/sent.log | grep -c '^sent '
}
paid_is()
{
	[ "$(bank_count paid)" = "$1" ]
}
says()
{
	curl -s "http://$(cat "$scratch/$1/teller.$2.admin")/$3" >"$scratch/said.admin"
	grep -q "$4" "$scratch/said.admin"
}
ids()
{
	sql "select p.end_to_end_id from payout.payout p join payout.payout_state s on s.payout = p.id where s.state = $1 order by p.id"
}

# ---- two tellers pay, and a standby follows -------------------------------------------------------------------------------

cluster_begin "$scratch/first" >&2 || exit 1
# shellcheck disable=SC2016
at_exit 'ops/private-db remove "$scratch/first" >/dev/null 2>&1; ops/private-db remove "$scratch/second" >/dev/null 2>&1'
# shellcheck disable=SC2119
fresh_database
genesis
clock_start
desk_conf
by_config=$scratch/desk.conf
payroll 40 items=20
bank_start --reply-status ACCC --reply-delay 50ms
scribe_start
teller_start 'concurrency = 2'
second_start
ok "two tellers pay" all_are credited 30
ok "each has its journal, which the rows know" until_true 10 "select count(*) = 2 from ops.journal where history = ops.history() and doubt is null"
teller_drain
second_end TERM
payroll 600 first=20001 items=20
sealed
scribe_stop
standby_make "$scratch/first" "$scratch/second" || exit 1
ok "a standby has all that is released and sealed" standby_caught_up
standby_cut_off

# ---- the last moment -----------------------------------------------------------------------------------------------------

# Another session has all dispatches but one until the first teller has sent that one.
psql -XAtqc "begin" -c "select from payout.dispatch where state = 'ready' and id > (select min(id) from payout.dispatch where state = 'ready') for update" \
	-c "select pg_sleep(120)" >"$scratch/locker" 2>&1 &
locker=$!
until_true 10 "select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')"
teller_start 'concurrency = 2'
until_true 30 "select count(*) > 20 and not exists (select from payout.payout_state where state = 3) from payout.payout_state where state = 6 and payout > 40"
kill -STOP "$teller_pid"
sql "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'" >/dev/null
wait "$locker"
second_start
ok "both send, and nothing of it is sealed" within 60 paid_is 640
kill -CONT "$teller_pid"
ok "by their journals" within 5 test "$(journalled)" = 640
first_sent=$(grep -c '^sent ' "$scratch/journal/sent.log")
second_sent=$(grep -c '^sent ' "$scratch/journal-2/sent.log")
ok "by both ($first_sent and $second_sent)" test "$first_sent" -gt 20 -a "$second_sent" -gt 20
second_end KILL
ops/private-db stop "$scratch/first" immediate
standby_promote
is "$(ids 1 | wc -l)" 600 "after the failover they are ready, all of them"
is "$(sql "select (select next_seq from books.counter) >= (select max(h.size) from books.tree_head h)")" t "and the archive misses nothing"
victim=$(ids 1 | tail -1)

ok "the teller that lives sees it in its journal" within 20 grep -q 'event=history_in_doubt.*of the sent journal .* it says ready' "$scratch/teller.log"
ok "it is not ready" within 20 says run 0 readyz '^history NOT .*sent journal'
ok "the metric says so" says run 0 metrics '^chitra_history_in_doubt 1'
is "$(by minh batch list)" "75 history_in_doubt" "the desk refuses"
like "$(cat "$scratch/said")" "sent journal" "and says why"
teller_drain
second_start
ok "so does the other host's teller" within 20 grep -q 'event=history_in_doubt.*sent journal' "$scratch/second.log"
sleep 1
is "$(bank_count paid) $(bank_twice)" "640 0" "nothing was sent"
second_end TERM

# The doubt taken away by hand: as it was before any teller had looked.
sql "update ops.journal set doubt = null"
is "$(by minh cancel "$victim" --reason 'không còn ở đây')" "65 journal_not_compared" "before the tellers have looked nobody cancels what may have left"
like "$(cat "$scratch/said")" "journal-2/sent.log \\([0-9A-Z]+\\), .*journal/sent.log \\($(sql "select name from ops.journal where place ~ 'journal/sent.log'")\\). Start their tellers.*--lost-journal NAME" "and is told which journals are missed, and what to do"
is "$(sql "select count(*) from payout.payout_state where state = 11")" 0 "and it is not cancelled"

# ---- recovery --------------------------------------------------------------------------------------------------------------

recovered()
{
	"$CHITRA_BIN/chitra" --config "$scratch/chitra.conf" recover --archive "$keys/archive" "$@" 2>&1
}
out=$(recovered --journal "$scratch/journal")
is "$?" 65 "recovery with one of the journals is refused"
like "$out" "journal_missing.*journal-2/sent.log.*--lost-journal" "and says which is missing"
fails "what does not exist is no journal" recovered --journal "$scratch/journal" --journal "$scratch/nowhere"
is "$(ids 1 | wc -l)" 600 "nothing was done"
out=$(recovered --journal "$scratch/journal" --journal "$scratch/journal-2")
is "$?" 0 "with both it recovers" || echo "# $out"
is "$(ids 1 | wc -l) $(ids 4 | wc -l)" "0 600" "and nothing that left is ready: all of it is in doubt"
is "$(by minh cancel "$victim" --reason 'không còn ở đây')" "65 payout_state" "nor can it be cancelled"
is "$(by minh batch list)" 0 "the desk works again"
like "$(recovered --resume)" "cho chi tiền trở lại" "somebody looked"
scribe_start
teller_start
second_start
ok "the bank is asked, and everybody is paid" all_are credited 60
is "$(bank_count paid) $(bank_twice)" "640 0" "once"
is "$(books_agree)" t "the books have the same money on its way"
teller_drain
second_end TERM

# ---- a journal is lost with its host ---------------------------------------------------------------------------------------------

name=$(sed -n 's/^journal //p' "$scratch/journal-2/sent.log")
rm -r "$scratch/journal-2"
scribe_stop
out=$(recovered --journal "$scratch/journal")
like "$out" "journal_missing.*--lost-journal $name" "the journal of a host that is gone is missed too"
ok "until somebody says that it exists nowhere any more" recovered --journal "$scratch/journal" --lost-journal "$name"
is "$(sql "select count(*) from ops.journal where lost_at is not null")" 1 "which is remembered"

done_testing

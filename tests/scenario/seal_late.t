#!/usr/bin/env bash
# What waits for its checkpoint for a minute is an alarm that says what to do: also when the scribe hangs, or is no more.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh

payroll 30 items=20 genesis=ledger.test/chitra
mkdir -p "$run"
conf
sed -i "s,^.desk.\$,&\nlisten = $run/desk.sock,; s,^drain_time.*,&\nstuck_after = 10m," "$scratch/all.conf"
cat >>"$scratch/all.conf" <<END
[archive]
directory = $keys/archive
[scribe]
log_key = $keys/log
log_origin = ledger.test/chitra
END

# says DUTY readyz|metrics PATTERN
says()
{
	curl -s --max-time 5 "http://$(cat "$run/$1.0.admin")/$2" >"$scratch/$1.said"
	grep -Eq "$3" "$scratch/$1.said"
}
sealed()
{
	until_true 20 "select (select next_seq from books.counter) = (select max(h.size) from books.tree_head h)"
}
logged()
{
	grep -Eq "$2" "$scratch/$1.log"
}
# shift_oldest -, shift_oldest +: the oldest leaf that is not sealed was booked a minute earlier; and again as its leaf says
shift_oldest()
{
	psql -XAtqc "set session_replication_role = replica; update books.txn set recorded = recorded $1 interval '61 seconds'
		where seq = (select max(h.size) from books.tree_head h)"
}

duty scribe
scribe=$last_pid
duty desk
ok "what is booked is sealed" sealed
ok "the scribe says so" within 20 says scribe readyz '^sealed ok '
ok "the desk counts what waits too" within 20 says desk metrics '^chitra_desk_leaves_unsealed 0'

# ---- a scribe that is stopped --------------------------------------------------------------------------------------------------

kill -STOP "$scribe"
payroll 10 first=20001 items=20
shift_oldest -
ok "a scribe is stopped, and the desk's log names what to do" within 20 logged desk 'level=error.*event=sealing_is_late.*do="see whether the scribe runs'
ok "it counts them" says desk metrics '^chitra_desk_leaves_unsealed [1-9]'
ok "and for how long" says desk metrics '^chitra_desk_seal_lag_seconds [6-9][0-9]'
ok "officers go on working there" says desk readyz '^serving ok'
fails "so readiness does not say it" grep -q '^sealed' "$scratch/desk.said"
shift_oldest +
kill -CONT "$scribe"
ok "let go, it seals" sealed
ok "and the alarm ends" within 20 logged desk 'event=sealing_goes_on'
ok "at the desk" says desk metrics '^chitra_desk_seal_lag_seconds 0'

# ---- an archive that hangs -----------------------------------------------------------------------------------------------------

# Every round reads which cluster the archive is of: nobody writes into this pipe.
cp "$keys/archive/cluster" "$scratch/noted"
mkfifo "$keys/archive/cluster.new"
mv "$keys/archive/cluster.new" "$keys/archive/cluster"
payroll 10 first=30001 items=20
shift_oldest -
ok "an archive whose disk does not answer: the scribe is not ready, and says what to do" \
	within 20 says scribe readyz '^sealed NOT [1-9][0-9]* transactions are not sealed, the oldest for [6-9][0-9] s; see whether .*disk of the archive'
ok "also in its log" logged scribe 'level=error.*event=sealing_is_late'
shift_oldest +
cp "$scratch/noted" "$keys/archive/cluster.new"
exec 9<>"$keys/archive/cluster"
mv "$keys/archive/cluster.new" "$keys/archive/cluster"
exec 9>&-
ok "when it answers, sealing goes on" sealed
ok "and it is ready" within 20 says scribe readyz '^sealed ok'

done_testing

#!/usr/bin/env bash
# Witnesses that hang, that lag and that were set back: it shows, and nobody's money waits for it.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh
# shellcheck source=tests/scenario/witness_lib.sh
. tests/scenario/witness_lib.sh

origin=ledger.test/chitra
payroll 30 valid_hours=30 genesis=$origin
# shellcheck disable=SC2119
bank_day
cat >>"$scratch/all.conf" <<END
[archive]
directory = $keys/archive
[scribe]
log_key = $keys/log
log_origin = $origin
witness_quorum = 2
END
"$CHITRA_BIN/chitra" --config "$scratch/all.conf" --session "$scratch/session" ledger key >"$scratch/log.key"
for name in alive hangs mute; do
	witness_make $name
	witness_section $name 1m >>"$scratch/all.conf"
done
# They take a request and never answer it: connections wait in the backlog of a socket that nobody accepts from.
/usr/bin/python3 -c '
import socket, sys, time
held = []
for path in sys.argv[1:]:
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    s.listen(100)
    held.append(s)
open(sys.argv[1] + ".ready", "w")
time.sleep(600)
' "$scratch/hangs/socket" "$scratch/mute/socket" &
pids+=($!)
ok "two of three witnesses hang" within 10 test -e "$scratch/hangs/socket.ready"
witness_start alive

scribe_says()
{
	curl -s "http://$(cat "$run/scribe.0.admin")/$1" >"$scratch/scribe.said"
	grep -q "$2" "$scratch/scribe.said"
}
duty scribe
ok "what is sealed is cosigned by the third" cosigned_by alive
ok "which is not enough: what lacks signatures is counted" within 20 scribe_says metrics "^chitra_scribe_leaves_unwitnessed [1-9]"
ok "for a minute that is no alarm" scribe_says readyz "^witnesses ok"
psql -XAtqc "set session_replication_role = replica; update books.checkpoint set at = at - interval '61 seconds'"
ok "then it is, and says who is behind" within 20 scribe_says readyz "^witnesses NOT .*2 of 3 .*behind: witness.test/hangs, witness.test/mute"
ok "with the age of the checkpoint" scribe_says metrics "^chitra_scribe_witness_lag_seconds [6-9][0-9]"

witness_kill alive KILL
rm -r "$scratch/alive/state" && mkdir "$scratch/alive/state"
witness_start alive
duty teller
ok "everybody is paid, whatever witnesses do" until_true 30 "select not exists (select from payout.payout_state where state < 4)"
ok "a witness that was set back is named" within 15 grep -q "event=witness_forgot witness=alive" "$scratch/scribe.log"
ok "and signs what has come since" cosigned_by alive

done_testing

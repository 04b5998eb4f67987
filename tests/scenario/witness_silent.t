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
teller_pid=$last_pid
ok "everybody is paid, whatever witnesses do" until_true 30 "select not exists (select from payout.payout_state where state < 4)"
ok "a witness that was set back is named" within 15 grep -q "event=witness_forgot witness=alive" "$scratch/scribe.log"
ok "and signs what has come since" cosigned_by alive

# ---- a witness that makes things up -----------------------------------------------------------------------------------------------

# A checkpoint of more than there is, with the witness's signature and not the log's, in the witness's own memory.
witness_kill alive KILL
hex=$(printf %s "$origin" | sha256sum | cut -d' ' -f1)
/usr/bin/python3 - "$scratch/alive" "$hex" <<'P'
import base64, pathlib, subprocess, sys
home, name = pathlib.Path(sys.argv[1]), sys.argv[2]
text = (home / "state" / name).read_text().split("\n\n")[0].split("\n")
text = "\n".join([text[0], str(int(text[1]) + 1000), text[2]]) + "\n"
who, key_id, _ = (home / "vkey").read_text().strip().split("+", 2)
(home / "der").write_bytes(bytes.fromhex("302e020100300506032b657004220420") + (home / "key").read_bytes())
(home / "said").write_text("cosignature/v1\ntime 1763700000\n" + text)
signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-keyform", "DER", "-inkey", home / "der", "-rawin", "-in", home / "said"],
                           check=True, capture_output=True).stdout
line = base64.b64encode(bytes.fromhex(key_id) + (1763700000).to_bytes(8, "big") + signature).decode()
(home / "state" / name).write_text(text + "\n\u2014 " + who + " " + line + "\n")
P
witness_start alive
says_a_thousand_more()
{
	curl -s --unix-socket "$scratch/alive/socket" "http://localhost/$hex/checkpoint" | grep -qx '1[0-9][0-9][0-9]'
}
ok "a witness has signed a thousand transactions that there are not" within 10 says_a_thousand_more
kill -KILL "$teller_pid"
wait "$teller_pid" 2>/dev/null
: >"$scratch/teller.log"
duty teller
ok "a teller does not believe it without the log's signature" within 60 grep -q "event=witness_unbelieved witness=alive" "$scratch/teller.log"
fails "and doubts nothing" grep -q history_in_doubt "$scratch/teller.log"

done_testing

#!/usr/bin/env bash
# A line that kills the teller which encodes it is found and held after three tries; the others of its dispatch are paid. A message that kills
# the scribe which reads it is set aside; the others are digested. A job that hangs ends its teller, and another one goes on.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh
payroll 60 wards=1
# A holder without a name is nothing that the program knows how to encode: a column that lost its constraint, say.
psql -XAtq -v ON_ERROR_STOP=1 -c "set session_replication_role = replica; alter table register.payee_account alter column holder_name drop not null;
	update register.payee_account set holder_name = null where id = 17"
bank_start --reply-status ACCC --callback-url "unix:$run/gate.sock"

# lives PID SQL: waits until the process is dead, or what it should do is done
lives()
{
	for _ in $(seq 300); do
		grep -qs "^State:.[^Z]" "/proc/$1/status" || return 1
		[ "$(sql "$2")" != t ] || return 0
		sleep 0.1
	done
}

deaths=0
for _ in 1 2 3 4 5 6; do
	# shellcheck disable=SC2119
	teller_start
	lives "$teller_pid" "select count(*) = 59 from payout.payout_state where state = 6" && break
	deaths=$((deaths + 1))
done
is "$deaths" 3 "it kills the teller three times"
ok "the others are paid" until_true 30 "select count(*) = 59 from payout.payout_state where state = 6"
is "$(sql "select string_agg(c.person || ' ' || h.reason, ', ') from payout.hold h join payout.payout p on p.id = h.payout join payout.claim c on c.id = p.claim")" \
	"17 poison" "and the line itself is held, for two officers to see"
is "$(bank_count paid)" 59 "each once"
is "$(bank_twice)" 0 "and none twice"
is "$(sql "select count(*) from ops.attempt")" 0 "nothing is suspected any more"
teller_drain
is "$drained" 0 "told to stop, it ends with 0"

# ---- a message that kills the scribe, among others ------------------------------------------------------------------------------

conf
duty gate
ok "the gate listens" within 15 test -S "$run/gate.sock"
for person in 1 2 3 4 5 6 7; do
	say "$(sql "select p.end_to_end_id from payout.payout p join payout.claim c on c.id = p.claim where c.person = $person")" 1 1 ACCC
done
ok "callbacks have come" until_true 20 "select count(*) >= 7 from bank.message where direction = 'callback'"
# One of no bank is nothing that the program knows how to read.
poison=$(sql "select id from bank.message where direction = 'callback' order by id offset 3 limit 1")
psql -XAtq -v ON_ERROR_STOP=1 -c "set session_replication_role = replica; alter table bank.message alter column bank drop not null;
	update bank.message set bank = null where id = $poison"
passed="select coalesce(max(upto), 0) >= (select max(id) from bank.message) from ops.progress where name = 'digest'"
deaths=0
for _ in 1 2 3 4 5 6; do
	duty scribe
	lives "$last_pid" "$passed" && break
	deaths=$((deaths + 1))
done
is "$deaths" 3 "it kills the scribe three times"
ok "the others are digested" until_true 20 "$passed"
is "$(grep -c "message_set_aside.*message=$poison" "$scratch/scribe.log")" 1 "it is set aside, which is said"
is "$(sql "select work || ' ' || (id = $poison) from ops.attempt")" "message true" "nothing else is suspected any more"

# ---- a job that hangs -----------------------------------------------------------------------------------------------------------

kill -9 "$last_pid"
sed -i 's/^drain_time.*/&\nstuck_after = 500ms/' "$scratch/all.conf"
tests/chaos/board.py "$scratch/board" scribe.digest.commit.before delay 1 60000
export CHITRA_FAILPOINTS=$scratch/board
duty scribe
say "$(sql "select min(end_to_end_id) from payout.payout")" 1 1 ACCC
ok "a scribe whose job hangs ends" within 20 sh -c "! grep -qs ^State:.[^Z] /proc/$last_pid/status"
like "$(cat "$scratch/scribe.log")" "job scribe.digest in lane digest makes no progress" "and says which"
duty scribe
ok "the next one goes on" until_true 20 "$passed"

done_testing

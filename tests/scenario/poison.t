#!/usr/bin/env bash
# A line that kills the teller which encodes it is found and held after three tries; the others of its dispatch are paid.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
payroll 60 wards=1
# A holder without a name is nothing that the program knows how to encode: a column that lost its constraint, say.
psql -XAtq -v ON_ERROR_STOP=1 -c "set session_replication_role = replica; alter table register.payee_account alter column holder_name drop not null;
	update register.payee_account set holder_name = null where id = 17"
bank_start --reply-status ACCC

deaths=0
for _ in 1 2 3 4 5 6; do
	# shellcheck disable=SC2119
	teller_start
	within 15 sh -c "! grep -q ^State:.[^Z] /proc/$teller_pid/status" || break
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

done_testing

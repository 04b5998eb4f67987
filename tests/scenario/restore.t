#!/usr/bin/env bash
# The database is lost while payouts are in flight, and a dump from the middle is all there is. The archive, the manifests and the
# sent journal know the rest: nothing is sent until `chitra recover` has brought it back, and then nobody is paid twice.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/lib/payroll.sh
. tests/scenario/lib/payroll.sh
# shellcheck disable=SC2154

payroll_place demo
export BANK_CONFIG=$'concurrency = 4\nrate = '$((40 / ${CHITRA_PATIENCE:-1})) PROFILE='{"items_per_message":20}'

dump()
{
	pg_dump -Fc --file="$scratch/$1.dump"
}

restore()
{
	process_stop chitrad
	dropdb --maintenance-db=postgres --force "$PGDATABASE" && createdb --maintenance-db=postgres --template=template0 "$PGDATABASE" &&
		pg_restore --dbname="$PGDATABASE" --exit-on-error "$scratch/$1.dump"
}

executed_at_least()
{
	[ "$(bank_executed)" -ge "$1" ]
}

# brought_back DUMP: restored and recovered
brought_back()
{
	restore "$1" || return 1
	"$CHITRA_BIN/chitra" recover >"$here/out/recover" 2>&1 || {
		cat "$here/out/recover"
		return 1
	}
	sed 's/^/# /' "$here/out/recover"
	[ "$(sql "select count(*) from ops.pause where what = 'all'")" = 1 ] && "$CHITRA_BIN/chitra" recover --resume | sed 's/^/# /'
}

transfers()
{
	bank stats | ops/demo/results number calls transfers
}

ok "a payroll is submitted" payroll_to s_batches
database_start
dump submitted
ok "and approved" payroll_to s_money
database_start
dump before
process_stop chitrad
(s_release) >"$here/out/steps" 2>&1
dump released
daemon_start
PAUSE=0.02
within 60 executed_at_least 600
dump middle
middle=$(bank_executed)
unset PAUSE
ok "and it is paid to the end" payroll_to s_pay
all=$(bank_executed)
ok "a dump was taken while it paid ($middle of $all)" test "$middle" -lt "$all"

# ---- without recovery -----------------------------------------------------------------------------------------------------

sent=$(transfers)
restore released
daemon_start >/dev/null 2>&1
sleep 4
is "$(transfers)" "$sent" "with a head older than the archive's no transfer is sent"
like "$(sql 'select count(*) from payout.payout_state where state <> 1')" "^0$" "though all payouts look ready"
process_stop chitrad

# ---- recovery ----------------------------------------------------------------------------------------------------------------

states()
{
	sql "select string_agg(state || ' ' || n, ', ' order by state) from (select state, count(*) as n from payout.batch group by state) x"
}
released=$(states)

# from_before NAME WHAT...: whatever stood there, the batches that were released are released, and are paid once
from_before()
{
	brought_back "$1"
	is $? 0 "recover brings back, by the manifests, what the dump from before the $2 lacks"
	is "$(states)" "$3" "what was released is released"
	daemon_start
	ok "what was in flight is asked about" within 60 all_paid
	is "$(bank_executed) $(bank_twice)" "$all 0" "and nobody is paid again"
}
from_before before release "$released"
from_before submitted signatures "${released/approved/frozen}"
if [ "$released" != "${released/approved/}" ]; then
	for who in minh:checker hoa:approver; do
		ok "what was only approved is signed again, ${who#*:}" by "${who%:*}" approve --all-frozen --yes --role "${who#*:}" --key "$keys/${who%:*}" --passphrase-file "$keys/passphrase"
	done
fi
is "$(states)" "$released" "everything stands where it stood"
is "$(sql "select count(*) - count(distinct split_part(idem, '.', 1)) from books.txn where kind = 'batch.approved'")" 0 "no obligation is booked twice"
ok "and the books are whole" by hoa ledger check

brought_back middle
is $? 0 "recover brings back what the dump from the middle lacks"
daemon_start
ok "what was in flight is asked about" within 60 all_paid
is "$(bank_executed) $(bank_twice)" "$all 0" "and nobody is paid again"

brought_back released
is $? 0 "recover brings back every dispatch that the dump from after the release lacks"
ok "and the payroll ends as truth.json says" payroll_to s_compare
is "$(bank_twice)" 0 "the bank paid nobody twice"
is "$(bank_executed)" "$(($(truth settled_count) + 1 - $(cash_settled)))" "and everybody once"

done_testing

# shellcheck shell=bash
# Sourced by the teller's scenarios: a payroll that may really be paid, a fake bank, a teller.
#
#   payroll PEOPLE [name=value …]   people, claims, batches, signatures, release; keys in $keys
#   bank_start [option …]           the bank, on $bank_dir/book.jsonl; bank_kill, bank_says PATH [JSON]
#   teller_start [name=value …]     its [bank demo] options; teller_kill SIGNAL, teller_drain; teller_conf writes its configuration alone
#   until_true SECONDS SQL          waits for a query to say t
# shellcheck source=tests/lib/scenario.sh
. tests/lib/scenario.sh

fixture=$CHITRA_BIN/../tests/unit/db_payroll
[ -x "$fixture" ] || skip_all "db_payroll is not built"
keys=$scratch/keys
bank_dir=$scratch/bank
bank_pid=
teller_pid=
bank_address=127.0.0.1:0
# shellcheck disable=SC2016
at_exit '[ -z "$teller_pid" ] || kill -9 "$teller_pid" 2>/dev/null; [ -z "$bank_pid" ] || kill -9 "$bank_pid" 2>/dev/null; wait'

payroll()
{
	"$fixture" "$keys" "$@" >"$scratch/fixture.log" 2>&1 || {
		cat "$scratch/fixture.log" >&2
		exit 1
	}
}

# The sandbox's clock begins with the bank's first day.
clock_start()
{
	sql "update ops.instance set clock_offset = timestamptz '2024-04-03 08:00+07' - now()" >/dev/null 2>&1 ||
		psql -XAtq -c "set session_replication_role = replica; update ops.instance set clock_offset = timestamptz '2024-04-03 08:00+07' - now()"
}

bank_start()
{
	mkdir -p "$bank_dir"
	rm -f "$scratch/bank.ports"
	[ -f "$keys/bank.key" ] || fakebank keygen "$keys/bank.key" >"$keys/bank.pub"
	fakebank --bank DEMO --dir "$bank_dir" --key "$keys/bank.key" --payer-key "$keys/payer.pub" --funding 110000000001:0 \
		--any-account --overdraft --listen "$bank_address" --control 127.0.0.1:0 --port-file "$scratch/bank.ports" "$@" \
		>>"$scratch/bank.log" 2>&1 &
	bank_pid=$!
	for _ in $(seq 100); do
		[ -f "$scratch/bank.ports" ] && break
		sleep 0.05
	done
	bank_address=$(awk '/^api/ {print $2}' "$scratch/bank.ports")
}

bank_kill()
{
	kill -9 "$bank_pid"
	wait "$bank_pid" 2>/dev/null
	bank_pid=
}

bank_says()
{
	fakebank control "$scratch/bank.ports" "$@"
}

# bank_count OUTCOME: payments with this outcome in the bank's own book
bank_count()
{
	bank_says book.csv | awk -F, -v outcome="$1" '$4 == outcome' | wc -l
}

# What the bank paid more than once.
bank_twice()
{
	bank_says book.csv | awk -F, '$4 == "paid"' | cut -d, -f1 | sort | uniq -d | wc -l
}

teller_conf()
{
	mkdir -p "$scratch/run"
	{
		printf '%s\n' '[chitra]' "run_dir = $scratch/run" '[archive]' "directory = $keys/archive" '[evidence]' "public_key = $keys/evidence.pub" '[teller]' \
			"journal = $scratch/journal" "cash_out = $scratch/cash" "kek = $keys/kek" "admin_keys = $keys/admin-keys" \
			"lease = 3s" "sandbox = ${sandbox:-yes}" '[bank demo]' "url = ${bank_scheme:-http}://$bank_address" "accounts = 110000000001" "sign_key = $keys/payer.key" \
			"bank_key = $keys/bank.pub" "dedupe_days = ${dedupe_days:-30}"
		printf '%s\n' "$@"
	} >"$scratch/chitra.conf"
}

teller_start()
{
	teller_conf "$@"
	"$CHITRA_BIN/chitrad" --config "$scratch/chitra.conf" --duty teller 2>>"$scratch/teller.log" &
	teller_pid=$!
}

teller_kill()
{
	kill "-$1" "$teller_pid"
	wait "$teller_pid" 2>/dev/null
	teller_pid=
}

# Its exit status is $drained.
teller_drain()
{
	# shellcheck disable=SC2034
	drained=0
	kill -TERM "$teller_pid"
	# shellcheck disable=SC2034
	wait "$teller_pid" || drained=$?
	teller_pid=
}

until_true()
{
	local end=$((SECONDS + $1 * ${CHITRA_PATIENCE:-1}))
	while [ $SECONDS -lt $end ]; do
		[ "$(sql "$2")" = t ] && return 0
		sleep 0.1
	done
	return 1
}

# state_count NAME
state_count()
{
	sql "select count(*) from payout.payout_state s join payout.state t on t.code = s.state where t.name = '$1'"
}

# all_are STATE SECONDS: every payout that goes through a bank is in this state, or refused
all_are()
{
	until_true "$2" "select not exists (select from payout.payout_state s join payout.state t on t.code = s.state
		join payout.payout p on p.id = s.payout join payout.batch b on b.id = p.batch join org.channel c on c.id = b.channel
		where t.name not in ('$1', 'rejected') and c.kind = 'bank')"
}

# The money on its way according to the books is that of the payouts on their way.
books_agree()
{
	sql "select coalesce(-(select b.balance from books.ledger_account a join books.balance b on b.account = a.id
			where a.code = 'liabilities:in-flight:demo-funding'), 0)
		= (select coalesce(sum(p.amount_dong), 0) from payout.payout p join payout.payout_state s on s.payout = p.id
			join payout.state t on t.code = s.state where t.in_flight)"
}

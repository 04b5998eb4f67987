# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by scenarios of the bank, the gate, the teller and the scribe together, after teller_lib.sh and fresh_database.
#
#   bank_day [option ...]    the bank (its first day is $bank_date, if that is set), with the payroll's funding as its first entry; minh's session; the configuration
#   duty NAME                starts it; its pid is $last_pid
#   next_day, settled_through DAY SECONDS, reconcile DAY
#   say ID AMOUNT ACCOUNT STATUS [,"reason":"AC04"]   a callback
run=$scratch/run
pids=()
# shellcheck disable=SC2016
at_exit 'kill -9 "${pids[@]}" 2>/dev/null; wait "${pids[@]}" 2>/dev/null'

# duty NAME: starts it with the configuration that teller_start wrote
duty()
{
	"$CHITRA_BIN/chitrad" --config "$scratch/all.conf" --duty "$1" >>"$scratch/$1.log" 2>&1 &
	pids+=($!)
	last_pid=$!
}

conf()
{
	cat >"$scratch/all.conf" <<-END
		[chitra]
		run_dir = $run
		drain_time = 10s
		[evidence]
		public_key = $keys/evidence.pub
		secret_key = $keys/evidence.key
		[gate]
		listen = $run/gate.sock
		[desk]
		kek = $keys/kek
		blind_key = $keys/blind
		[teller]
		journal = $scratch/journal
		kek = $keys/kek
		admin_keys = $keys/admin-keys
		cash_out = $scratch/cash
		sandbox = yes
		[bank demo]
		url = http://$bank_address
		accounts = 110000000001
		sign_key = $keys/payer.key
		bank_key = $keys/bank.pub
	END
}

next_day()
{
	bank_says next-day >/dev/null
	sql "update ops.instance set clock_offset = clock_offset + interval '1 day'"
}

settled_through()
{
	until_true "$2" "select count(*) = 1 and not exists (select from bank.line_waiting) from bank.statement where day = '$1'"
}

# reconcile DAY: the command's exit status; its words are in $scratch/words
reconcile()
{
	"$CHITRA_BIN/chitra" --config "$scratch/all.conf" --session "$scratch/session" reconcile --account demo-funding --date "$1" \
		>"$scratch/words" 2>"$scratch/errors"
	echo $?
}

bank_day()
{
	local sum entry
	mkdir -p "$run" "$scratch/cash"
	sum=$(sql "select sum(sum_dong) from payout.batch")
	bank_start --date "${bank_date:-2024-04-03}" --callback-url "unix:$run/gate.sock" "$@"
	# The money that the fixture booked is the bank's first entry.
	bank_says book "{\"account\":\"110000000001\",\"direction\":\"credit\",\"amount\":$sum,\"text\":\"KHO BAC\"}" >/dev/null
	entry=$(bank_says entries.csv | sed -n 2p | cut -d, -f1)
	psql -XAtqc "set session_replication_role = replica" -c "insert into org.funding_order (funding_account, kind, reference, amount_dong, made_by)
		select id, 'treasury', 'QD-FIXTURE', $sum, 1 from org.funding_account" -c "insert into bank.intraday_credit (funding_account, entry_ref, amount_dong,
		value_date, funding_order, message, item) select funding_account, '$entry', amount_dong, '${bank_date:-2024-04-03}', id, 0, 0 from org.funding_order"
	printf '00%.0s' {1..32} >"$scratch/session"
	echo >>"$scratch/session"
	sql "insert into auth.session (token_hash, officer, expires_at)
		select sha256(decode(repeat('00', 32), 'hex')), id, now() + interval '1 day' from auth.officer where login = 'minh'"
	conf
}

say()
{
	bank_says callback "{\"items\":[{\"end_to_end_id\":\"$1\",\"amount\":$2,\"creditor_account\":\"$3\",\"status\":\"$4\"${5:-},\"time\":\"2024-04-03T08:00:04+07:00\"}]}" >/dev/null
}

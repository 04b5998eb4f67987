# shellcheck shell=bash
# A payroll under seeded kills. Sourced by kill.t and kill_nodup.t after lib/payroll.sh.
#
#   killed_payroll SEED KILLS    from nothing to the comparison; every kill happens while payouts are sent and unanswered
#
# shellcheck disable=SC2015,SC2034,SC2154

# Few payouts a message and few messages a second, so that there is time to kill.
slow_bank()
{
	PROFILE='{"items_per_message":10'${1:-}'}'
	BANK_CONFIG=$'concurrency = 4\nrate = 12'
	BANK_OPTIONS="--reply-delay 150ms ${2:-}"
}

# The victims in an order that the seed decides: each duty thrice, the supervisor, and PostgreSQL in three ways.
victims()
{
	printf '%s\n' gate gate gate desk desk desk teller teller teller teller scribe scribe scribe supervisor supervisor \
		immediate immediate backend backend backend postmaster postmaster |
		awk -v seed="$1" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' | sort -n | cut -f2
}

sent_now()
{
	sql 'select count(*) from payout.payout_state where state = 3' 2>/dev/null || echo 0
}

dispatches_sent()
{
	sql "select count(distinct s.dispatch) from payout.payout_state s join payout.dispatch d on d.id = s.dispatch
		where s.state = 3 and d.state = 'sent'" 2>/dev/null || echo 0
}

kill_one()
{
	local pid
	case $1 in
	gate | desk | teller | scribe)
		pid=$(duty_pid "$1") && kill -KILL "$pid"
		;;
	supervisor)
		kill -KILL "$(process_pid chitrad)"
		;;
	immediate)
		ops/private-db stop "$here/pg" immediate
		;;
	postmaster)
		kill -KILL "$(ops/private-db pid "$here/pg")"
		;;
	backend)
		# PostgreSQL ends every connection and recovers when one of its processes dies so.
		pid=$(sql "select pid from pg_stat_activity where usename in ('chitra_teller', 'chitra_scribe', 'chitra_gate')
			order by random() limit 1") && kill -KILL "$(server_pid "$pid")"
		;;
	esac
}

# A server in a namespace shows its own numbers as ours: only the user is mapped.
server_pid()
{
	echo "$1"
}

bring_back()
{
	case $1 in
	supervisor) within 40 supervisor_gone && daemon_start ;;
	immediate | postmaster) within 60 database_start ;;
	backend) within 60 sql 'select 1' ;;
	*) true ;;
	esac
}

# The duties of a killed supervisor end by themselves.
supervisor_gone()
{
	local duty
	for duty in gate desk teller scribe; do
		[ ! -f "$run/$duty.0.pid" ] || ! kill -0 "$(duty_pid $duty)" 2>/dev/null || return 1
	done
}

# kills SEED N: while the bank is being told to pay
kills()
{
	local victim done=0 sent dispatches until=$((SECONDS + 240))
	while read -r victim; do
		[ $done -lt "$2" ] || break
		while sent=$(sent_now) && [ "$sent" -eq 0 ]; do
			[ $SECONDS -lt $until ] && [ "$(payouts_open)" != 0 ] || break 2
			sleep 0.02
		done
		dispatches=$(dispatches_sent)
		[ "$dispatches" -gt 0 ] || continue
		kill_one "$victim" || continue
		done=$((done + 1))
		echo "# kill $done: $victim, while $sent payouts of $dispatches dispatches were sent and unanswered"
		echo "$victim $sent $dispatches" >>"$here/out/kills"
		bring_back "$victim" || return 1
		within 60 all_ready || return 1
	done < <(victims "$1"; victims "$(($1 + 1))")
}

# shellcheck shell=bash
# A payroll under seeded kills. Sourced by kill.t and kill_nodup.t after lib/payroll.sh.
#
#   slow_bank PROFILE OPTIONS    few payouts a message and few messages a second, so that there is time to kill
#   kills SEED N                 kills N times, each while payouts of a dispatch are sent and unanswered; a line in $here/out/kills each
#
# shellcheck disable=SC2015,SC2034,SC2154

slow_bank()
{
	PROFILE='{"items_per_message":10'$1'}'
	# Where kills take longer, payments last longer.
	BANK_CONFIG=$'concurrency = 2\nrate = '$((10 / ${CHITRA_PATIENCE:-1}))
	BANK_OPTIONS="--reply-delay 150ms $2"
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
			order by random() limit 1") && kill -KILL "$pid"
		;;
	esac
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

# Two more batches go, so that a kill has payouts of its own to meet.
release_some()
{
	local some
	mapfile -t some < <(sql "select b.id from payout.batch b join org.channel c on c.id = b.channel where b.state = 'approved'
		and c.kind = 'bank' and not (programme = 'merit' and area_code = '22966') order by lines desc limit 2")
	[ ${#some[@]} -gt 0 ] && release "${some[@]}" >>"$logs/demo.log" 2>&1
}

kills()
{
	local victim n=0 sent dispatches i
	bookings release >>"$logs/demo.log" 2>&1 || return 1
	while read -r victim; do
		[ $n -lt "$2" ] || break
		for ((i = 0; i < 500; i++)); do
			sent=$(sent_now)
			[ "$sent" -eq 0 ] || break
			[ $((i % 100)) -ne 0 ] || release_some || return 1
			sleep 0.02
		done
		dispatches=$(dispatches_sent)
		[ "$dispatches" -gt 0 ] && kill_one "$victim" || continue
		n=$((n + 1))
		echo "# kill $n: $victim, while $sent payouts of $dispatches dispatches were sent and unanswered"
		echo "$victim $sent $dispatches" >>"$here/out/kills"
		bring_back "$victim" && within 60 all_ready || return 1
	done < <(victims "$1"; victims "$(($1 + 1))")
}

# shellcheck shell=bash disable=SC2154
# Sourced by the scenarios of witnesses, after teller_lib.sh and bank_day.sh.
#
#   witness_make NAME          its key, its state, its settings; needs $scratch/log.key
#   witness_start, witness_kill NAME SIGNAL
#   witness_section NAME [DEADLINE]    as the daemon's configuration has it
#   cosigned_by NAME           the newest checkpoint is, and covers all
declare -A witness_pid

witness_make()
{
	mkdir -p "$scratch/$1/state" && (umask 077 && head -c 32 /dev/urandom >"$scratch/$1/key") &&
		printf '%s\n' "listen $scratch/$1/socket" "name witness.test/$1" "key $scratch/$1/key" "state $scratch/$1/state" \
			"log $(cat "$scratch/log.key")" >"$scratch/$1/settings" &&
		"$CHITRA_BIN/chitra-witness" --key "$scratch/$1/settings" >"$scratch/$1/vkey"
}
witness_start()
{
	"$CHITRA_BIN/chitra-witness" "$scratch/$1/settings" 2>>"$scratch/$1/log" &
	witness_pid[$1]=$!
	pids+=($!)
}
witness_kill()
{
	kill "-$2" "${witness_pid[$1]}"
	wait "${witness_pid[$1]}" 2>/dev/null
}
witness_section()
{
	printf '%s\n' "[witness $1]" "url = http://localhost" "unix_socket = $scratch/$1/socket" "key = $(cat "$scratch/$1/vkey")" "deadline = ${2:-700ms}"
}
cosigned_by()
{
	until_true 15 "select count(*) = 1 from books.cosignature where witness = 'witness.test/$1' and size = (select max(c.size) from books.checkpoint c)
		and size = (select next_seq from books.counter)"
}

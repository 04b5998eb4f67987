# shellcheck shell=bash
# A whole payroll in one directory: PostgreSQL, keys, configuration, officers, the fake bank, chitrad. Sourced by the demo, by
# the scenarios and by the benchmark, from the top of the tree. Sharing it keeps them honest: what the demo shows is what is tested.
#
#   place DIR              says where everything is; every other function stands on it
#   DIR/pg                 the private PostgreSQL             DIR/input     what the generator made
#   DIR/keys DIR/officers  keys, sessions                     DIR/bank      the fake bank's book
#   DIR/archive DIR/journal  what must survive the database   DIR/log       what everybody said
#   DIR/witness            what the audit office has: its key, what it signed, whom its auditors believe
#
# Settings: CHITRA_BIN, PLACE_TEMPORARY=1 (a smaller PostgreSQL), PLACE_CLUSTER and PLACE_DATABASE (another cluster, another name),
# BANK_OPTIONS (for fakebank), BANK_CONFIG (more lines for [bank DEMO]), PROFILE (JSON, laid over the bank channels' profile),
# MANDATE_DONG (how much each officer may decide about at once).
#
# shellcheck disable=SC2015,SC2034,SC2154  # `test && command || fail` is meant so; names are for those who source this

: "${CHITRA_BIN:=$PWD/build/bin}"
# The fake bank is built once, beside the plain programs.
fakebank=$PWD/build/bin/fakebank
top=$PWD
export LC_ALL=C.UTF-8
start_of_business='2024-04-03 08:00'
period=2024-04
# login, role, name
officers='lan maker Nguyễn Thị Lan
minh checker Trần Văn Minh
hoa approver Lê Thị Hòa
an release Phạm Văn An
binh release Hoàng Thị Bình
thu register Đỗ Thị Thu
nga register Ngô Thị Nga
son operator Vũ Ngọc Sơn
yen cash Bùi Thị Yến
dung cash Phan Văn Dũng'

place()
{
	mkdir -p "$1" || return 1
	here=$(cd "$1" && pwd -P)
	input=$here/input keys=$here/keys logs=$here/log
	(umask 077 && mkdir -p "$keys" "$here/officers" "$here/pids" "$logs" "$here/archive" "$here/journal" "$here/cash" "$here/bank")
	choose_run_directory
	ports=$run/bank.ports
	export CHITRA_CONFIG=$here/chitra.conf
}

# Sockets: their path has at most 107 bytes, so a deep checkout gets a short directory of its own, noted in DIR/run.
choose_run_directory()
{
	if [ -L "$here/run" ] && [ -d "$here/run" ] && [ -O "$(readlink "$here/run")" ]; then
		run=$(readlink "$here/run")
		return
	fi
	run=$here/run
	if [ -d "$run" ] && [ ! -L "$run" ]; then
		return
	fi
	rm -f "$run"
	if [ "$(printf '%s/wake.teller.0000' "$run" | wc -c)" -gt 100 ]; then
		run=$(mktemp -d /tmp/chitra-XXXXXX)
		ln -s "$run" "$here/run"
	else
		(umask 077 && mkdir -p "$run")
	fi
}

# ---- processes ------------------------------------------------------------------------------------------------------------

# A process is ours when its number and the moment when it began are those that we wrote down.
process_began()
{
	local stat
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	stat=${stat##*) }
	# shellcheck disable=SC2086
	set -- $stat
	[ "$1" != Z ] && echo "${20}"
}

# process_start NAME COMMAND...: in the background, its words in DIR/log/NAME.log. It writes its number down before it becomes the
# command: whoever kills us meanwhile leaves nobody behind whom a later stop does not know.
process_start()
{
	local name=$1
	shift
	(
		pid=$BASHPID
		echo "$pid $(process_began "$pid")" >"$here/pids/$name.new" && mv "$here/pids/$name.new" "$here/pids/$name" &&
			exec setsid "$@" >>"$logs/$name.log" 2>&1 </dev/null 4>&- 9>&-
	) &
	disown $!
}

# process_pid NAME: its number, if it lives
process_pid()
{
	local pid began
	[ -f "$here/pids/$1" ] && read -r pid began <"$here/pids/$1" && [ -n "$began" ] &&
		[ "$(process_began "$pid")" = "$began" ] && echo "$pid"
}

# process_stop NAME [SIGNAL [SECONDS]]: and waits until it is gone; what does not go in time is killed
process_stop()
{
	local pid i
	pid=$(process_pid "$1") || return 0
	kill "-${2:-TERM}" "$pid" 2>/dev/null
	for ((i = 0; i < ${3:-40} * 20; i++)); do
		process_pid "$1" >/dev/null || {
			rm -f "$here/pids/$1"
			return 0
		}
		sleep 0.05
	done
	kill -KILL "$pid" 2>/dev/null
	rm -f "$here/pids/$1"
	return 1
}

# Processes of chitrad that work with our configuration, whoever started them.
duties_left()
{
	local file
	grep -lzxF -e "$CHITRA_CONFIG" /proc/[0-9]*/cmdline 2>/dev/null | while read -r file; do
		[[ $(readlink "${file%cmdline}exe") != */chitrad* ]] || basename "${file%/cmdline}"
	done
}

# After a supervisor was killed its duties drain by themselves; this waits for them.
duties_end()
{
	local left i
	for ((i = 0; i < 300; i++)); do
		left=$(duties_left)
		[ -n "$left" ] || return 0
		sleep 0.05
	done
	# shellcheck disable=SC2086
	kill -KILL $left 2>/dev/null
}

# within SECONDS COMMAND...: it succeeds by then
within()
{
	local until=$((SECONDS + $1 * ${CHITRA_PATIENCE:-1} + 1))
	shift
	while ! "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt "$until" ] || return 1
		sleep "${PAUSE:-0.1}"
	done
}

# ---- PostgreSQL -------------------------------------------------------------------------------------------------------------

database_start()
{
	local settings
	ops/private-db start "${PLACE_CLUSTER:-$here/pg}" ${PLACE_TEMPORARY:+--temporary} 4>&- || return 1
	settings=$(ops/private-db env "${PLACE_CLUSTER:-$here/pg}") || return 1
	eval "$settings"
	PGDATABASE=${PLACE_DATABASE:-chitra}
	export PGHOST PGPORT PGUSER PGDATABASE
}

# Made once, under its name only when it is whole: `db init` may be repeated.
database_make()
{
	[ "$(psql -XAtq -d postgres -c "select 1 from pg_database where datname = '$PGDATABASE'")" = 1 ] ||
		createdb --template=template0 --maintenance-db=postgres "$PGDATABASE" || return 1
	"$CHITRA_BIN/chitra" db init --sandbox --start "$start_of_business"
}

# sql STATEMENT: its rows, unaligned, as the owner
sql()
{
	psql -XAtq -P pager=off -v ON_ERROR_STOP=1 -c "$1"
}

# ---- keys and configuration ---------------------------------------------------------------------------------------------------

# File by file, so that a run that was killed here goes on here.
keys_make()
{
	local name n=0
	for name in kek blind id evidence log bank-sign; do
		[ -f "$keys/$name" ] || "$CHITRA_BIN/chitra" secret new "$keys/$name" || return 1
	done
	"$CHITRA_BIN/chitra" secret public evidence "$keys/evidence" >"$keys/evidence.pub" &&
		"$CHITRA_BIN/chitra" secret public signing "$keys/bank-sign" >"$keys/bank-sign.pub" || return 1
	"$CHITRA_BIN/chitra" secret public signing "$keys/log" >"$keys/log.pub" || return 1
	"$fakebank" keygen "$keys/bank" >"$keys/bank.pub" || return 1
	[ -f "$keys/passphrase" ] || (umask 077 && openssl rand -hex 16 >"$keys/passphrase")
	for name in admin1 admin2 admin3 $(cut -d' ' -f1 <<<"$officers"); do
		bar $((n++)) $((3 + $(wc -l <<<"$officers")))
		[ -f "$keys/$name" ] && [ -f "$keys/$name.pub" ] || {
			rm -f "$keys/$name" "$keys/$name.pub"
			key_make "$name" || return 1
		}
	done
	cat "$keys"/admin[123].pub >"$keys/admin-keys"
}

key_make()
{
	"$CHITRA_BIN/chitra" key new "$keys/$1" --label "$1" --passphrase-file "$keys/passphrase"
}

config_write()
{
	local accounts
	accounts=$(ops/demo/bank-day funding "$input/events.json" | sed 's/:0//g') || return 1
	cat >"$CHITRA_CONFIG.new" <<-CONF
		[chitra]
		run_dir = $run
		drain_time = 10s
		[database]
		conninfo = host=$PGHOST port=$PGPORT dbname=$PGDATABASE
		[archive]
		directory = $here/archive
		[evidence]
		public_key = $keys/evidence.pub
		secret_key = $keys/evidence
		[gate]
		listen = $run/gate.sock
		[desk]
		listen = 127.0.0.1:0
		parse_program = $CHITRA_BIN/chitra-parse
		kek = $keys/kek
		blind_key = $keys/blind
		id_key = $keys/id
		admin_keys = $keys/admin-keys
		[teller]
		journal = $here/journal
		cash_out = $here/cash
		kek = $keys/kek
		admin_keys = $keys/admin-keys
		sandbox = yes
		[scribe]
		log_key = $keys/log
		log_origin = chitra.demo/phan-thiet
		blind_key = $keys/blind
		[bank DEMO]
		url = http://bank.demo
		accounts = $accounts
		unix_socket = $run/bank.sock
		sign_key = $keys/bank-sign
		bank_key = $keys/bank.pub
		dedupe_days = 30
	CONF
	echo "${BANK_CONFIG:-}" >>"$CHITRA_CONFIG.new"
	mv "$CHITRA_CONFIG.new" "$CHITRA_CONFIG"
	"$CHITRA_BIN/chitrad" --config "$CHITRA_CONFIG" --check-config
}

# payer_make: agencies, accounts, channels and the first leaf
payer_make()
{
	[ ! -f "$input/agent/agent.pub" ] || cp "$input/agent/agent.pub" "$keys/agent.pub" || return 1
	"$top/ops/demo/bank-day" payer "$input/events.json" "$keys" "${PROFILE:-}" >"$here/payer.json" &&
		"$CHITRA_BIN/chitra" setup "$here/payer.json"
}

# ---- officers -------------------------------------------------------------------------------------------------------------------

# by LOGIN COMMAND...: `chitra` as this officer
by()
{
	local login=$1
	shift
	# The benchmark wants to know what each command used.
	${measure:+"$top/tests/bench/lib_measured" "$measure"} "$CHITRA_BIN/chitra" --session "$here/officers/$login" "$@"
}

# certify LOGIN NAME ROLE: in all wards of both agencies, by two of the three admins
certify()
{
	"$CHITRA_BIN/chitra" officer add "$1" "$2" &&
		"$CHITRA_BIN/chitra" officer certify "$1" --key-file "$keys/$1.pub" --mandate "$3:*:*:${MANDATE_DONG:-100000000000}" --days 1000 \
			--admin-key "$keys/admin1" --admin-key "$keys/admin3" --passphrase-file "$keys/passphrase"
}

# officers_make: each certified once, and logged in when the session is over
officers_make()
{
	local login name role rest n=0
	while read -r login role rest; do
		bar $((n++)) "$(wc -l <<<"$officers")"
		name=$rest
		[ -e "$here/officers/$login.certified" ] ||
			{ certify "$login" "$name" "$role" && touch "$here/officers/$login.certified"; } || return 1
		by "$login" whoami >/dev/null 2>&1 ||
			by "$login" login "$login" --key "$keys/$login" --passphrase-file "$keys/passphrase" || return 1
	done <<<"$officers"
}

# ---- the bank -------------------------------------------------------------------------------------------------------------------

# bank_start: with every funding account of events.json at 0 đồng
bank_start()
{
	local funding
	process_pid bank >/dev/null && return
	rm -f "$ports" "$run/bank.sock" "$run/bank-control.sock"
	funding=$(ops/demo/bank-day funding "$input/events.json") || return 1
	# shellcheck disable=SC2086
	process_start bank "$fakebank" --bank DEMO --dir "$here/bank" --key "$keys/bank" \
		--payer-key "$keys/bank-sign.pub" --funding "$funding" --accounts "$input/bank/fakebank-accounts.csv" \
		--callback-url "unix:$run/gate.sock" --listen "unix:$run/bank.sock" --control "unix:$run/bank-control.sock" \
		--port-file "$ports" --hang 2s ${BANK_OPTIONS:-}
	within 60 test -s "$ports"
}

# bank PATH [JSON]: an order to it, or a question
bank()
{
	"$fakebank" control "$ports" "$@"
}

# bank_number NAME: one number of its statistics
bank_number()
{
	bank stats | "$top/ops/demo/results" number "$1"
}

# ---- the audit office ---------------------------------------------------------------------------------------------------------------

# witness_make: its key and settings; the scribe is told of it, and the auditor's policy asks for its signature
witness_make()
{
	local at=$here/witness log vkey
	(umask 077 && mkdir -p "$at/state" && { [ -f "$at/key" ] || { head -c 32 /dev/urandom >"$at/key.new" && mv "$at/key.new" "$at/key"; }; }) &&
		log=$(by an ledger key) && printf '%s\n' "listen $run/witness.sock" "name audit.demo/witness" "key $at/key" "state $at/state" "log $log" >"$at/settings" &&
		vkey=$("$CHITRA_BIN/chitra-witness" --key "$at/settings") &&
		printf '%s\n' "log $log" "witness audit $vkey" "quorum audit" >"$at/policy" &&
		printf '%s\n' "[witness audit]" "url = http://witness.demo" "unix_socket = $run/witness.sock" "key = $vkey" >>"$CHITRA_CONFIG"
}

witness_start()
{
	process_pid witness >/dev/null && return
	rm -f "$run/witness.sock"
	process_start witness "$CHITRA_BIN/chitra-witness" "$here/witness/settings"
	within 30 test -S "$run/witness.sock"
}

# ---- chitrad --------------------------------------------------------------------------------------------------------------------

# duty_ready DUTY: its /readyz answers 200. bash speaks TCP; curl is not needed.
duty_ready()
{
	local address answer
	address=$(cat "$run/$1.0.admin") || return 1
	exec 5<>"/dev/tcp/${address%:*}/${address##*:}" || return 1
	printf 'GET /readyz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$address" >&5
	read -r -t 5 answer <&5
	exec 5>&-
	[[ $answer == *" 200 "* ]]
}

all_ready()
{
	local duty
	for duty in gate desk teller scribe; do
		duty_ready $duty || return 1
	done
}

daemon_start()
{
	if ! process_pid chitrad >/dev/null; then
		# What a killed supervisor left behind is its duties' last breath: they end by themselves.
		rm -f "$run"/*.admin
		process_start chitrad "$CHITRA_BIN/chitrad" --config "$CHITRA_CONFIG"
	fi
	within 60 all_ready
}

duty_pid()
{
	cat "$run/$1.0.pid"
}

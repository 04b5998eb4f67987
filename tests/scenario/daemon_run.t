#!/usr/bin/env bash
# chitrad as a running program: start, readiness, death, drain, reload. Against a real PostgreSQL.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/scenario.sh
. tests/lib/scenario.sh
# shellcheck source=tests/scenario/daemon_lib.sh
. tests/scenario/daemon_lib.sh

fresh_database "daemon_run_$$"
run=$scratch/run
log=$scratch/log
conf=$scratch/chitra.conf
daemon_conf "$conf" "$run" || exit 1

started=()
# shellcheck disable=SC2016
at_exit 'for pid in "${started[@]}"; do kill -9 "$pid" 2>/dev/null; done; kill_left'

# Whatever a killed supervisor may have left: only our own, known by their files.
kill_left()
{
	local file
	for file in "$run"/*.pid; do
		[ -f "$file" ] && kill -9 "$(cat "$file")" 2>/dev/null
	done
}

# chitrad ARGUMENT...: in the background; $pid
chitrad_start()
{
	"$CHITRA_BIN/chitrad" --config "$conf" "$@" 2>>"$log" &
	pid=$!
	started+=("$pid")
}

# ask DUTY PAGE: from its admin port; fails below 200 and above 299
ask()
{
	curl -sS --max-time 5 --fail-with-body "http://$(cat "$run/$1.0.admin")/$2" 2>/dev/null
}

code_of()
{
	curl -sS --max-time 5 -o /dev/null -w '%{http_code}' "http://$(cat "$run/$1.0.admin")/$2" 2>/dev/null
}

all_ready()
{
	local duty
	for duty in gate desk teller scribe; do
		ask $duty readyz || return 1
	done
}

pid_of()
{
	cat "$run/$1.0.pid"
}

another_pid()
{
	local now
	now=$(pid_of "$1" 2>/dev/null) && [ -n "$now" ] && [ "$now" != "$2" ] && ask "$1" livez
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

# ended_with STATUS TITLE: waits for $pid
ended_with()
{
	within 20 gone "$pid" || kill -9 "$pid"
	wait "$pid"
	is "$?" "$1" "$2"
}

# ---- start ---------------------------------------------------------------------------------------------------------------

chitrad_start
super=$pid
ok "without --duty all four duties become ready" within 20 all_ready
is "$(ask teller livez)" "ok" "/livez answers"
like "$(ask teller readyz)" "database ok.*schema ok.*history ok.*serving ok" "/readyz names each condition"
like "$(ask scribe metrics)" "chitra_jobs_total\{lane=\"watch\",result=\"ok\"\} [1-9]" "/metrics counts jobs by lane and result"
like "$(ask scribe metrics)" "chitra_db_up 1" "and says that the database is up"
is "$(curl -s -o /dev/null -w '%{http_code}' -d x "http://$(cat "$run/gate.0.admin")/livez")" 405 "the admin port only tells"
if command -v promtool >/dev/null; then
	ask gate metrics | promtool check metrics >"$scratch/promtool" 2>&1
	is "$?" 0 "promtool accepts the metrics"
else
	skip "promtool accepts the metrics" "promtool is not installed"
fi
is "$(psql -XAtq -c "select string_agg(distinct usename, ' ' order by usename) from pg_stat_activity where usename like 'chitra\\_%'")" \
	"chitra_desk chitra_gate chitra_scribe chitra_teller" "each duty is its own role in the database"

# What a process gives up: its memory cannot be read, it dumps no core, its files are its own.
if sanitized chitrad; then
	skip "a duty's memory is closed to other processes of its user" "a sanitizer must read its own"
else
	is "$(stat -c %U "/proc/$(pid_of teller)/environ")" root "a duty's memory is closed to other processes of its user"
fi
like "$(grep 'core file' "/proc/$(pid_of teller)/limits")" "core file size +0 +0" "it dumps no core"
is "$(stat -c %a "$run/teller.0.pid")" 600 "the files that it makes are its own"

# ---- death -----------------------------------------------------------------------------------------------------------------

old=$(pid_of gate)
address=$(cat "$run/gate.0.admin")
kill -9 "$old"
ok "a duty that is killed is started again" within 10 another_pid gate "$old"
is "$(cat "$run/gate.0.admin")" "$address" "on the same socket"
for i in 1 2 3; do
	old=$(pid_of scribe)
	kill -9 "$old"
	within 10 another_pid scribe "$old"
done
ok "also when it dies again and again ($i times)" ask scribe readyz
is "$(grep -c 'event=duty_started of=scribe' "$log")" 4 "each time once"

# ---- the database goes and comes -------------------------------------------------------------------------------------------

sql "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename like 'chitra\\_%'" >/dev/null
sleep 0.3
ok "lost connections are opened again" within 20 all_ready

# ---- reload: no connection is refused --------------------------------------------------------------------------------------

# One client with a connection per request, one that keeps its connection until it is told that it ends.
cat >"$scratch/client.py" <<'END'
import collections, http.client, os, sys, threading
host, port = sys.argv[1].split(":")
seen = collections.Counter()
def ask(keep):
    connection = None
    while not os.path.exists(sys.argv[2]):
        try:
            connection = connection or http.client.HTTPConnection(host, int(port), timeout=5)
            connection.request("GET", "/livez")
            answer = connection.getresponse()
            answer.read()
            seen[str(answer.status)] += 1
            open(sys.argv[2] + ".begun", "w").close()
            if not keep or answer.will_close:
                connection.close()
                connection = None
        except Exception as e:
            seen[repr(e)] += 1
            connection = None
threads = [threading.Thread(target=ask, args=(keep,)) for keep in (False, True)]
for t in threads: t.start()
for t in threads: t.join()
print(sum(seen.values()), *sorted(seen))
END
requests=$scratch/requests
python3 "$scratch/client.py" "$address" "$scratch/enough" >"$requests" &
asking=$!
started+=("$asking")
before=$(pid_of gate)
within 20 test -f "$scratch/enough.begun"
for i in 1 2 3; do
	now=$(pid_of gate)
	kill -HUP "$super"
	within 10 another_pid gate "$now"
	within 10 gone "$now"
done
touch "$scratch/enough"
wait "$asking"
read -r count codes <"$requests"
is "$codes" 200 "three reloads refuse no connection and lose no answer ($count requests)"
unlike "$(pid_of gate)" "^$before$" "each duty is another process afterwards"
ok "and all are ready" within 10 all_ready
is "$(grep -c 'event=ended status=0' "$log")" "$(grep -c 'event=ended' "$log")" "every replaced process drained and ended with 0"

cp "$conf" "$scratch/good.conf"
echo 'nonsense = 1' >>"$conf"
before=$(pid_of gate)
kill -HUP "$super"
ok "a reload with an error says where" within 10 grep -q "^$conf:[0-9]*: unknown option" "$log"
sleep 0.5
is "$(pid_of gate)" "$before" "and the old processes go on"
cp "$scratch/good.conf" "$conf"

# A changed configuration is what the new processes have.
sed -i 's/^drain_time = .*/drain_time = 5s\nlog_format = json/' "$conf"
kill -HUP "$super"
within 10 another_pid gate "$before"
within 10 all_ready
ok "a changed option holds after the reload" grep -q '"event":"started"' "$log"
cp "$scratch/good.conf" "$conf"

# ---- stop -------------------------------------------------------------------------------------------------------------------

began=$(date +%s%N)
kill -TERM "$super"
pid=$super
ended_with 0 "SIGTERM ends it with 0"
took=$((($(date +%s%N) - began) / 1000000))
ok "within the drain time ($took ms)" test "$took" -lt 5000
is "$(find "$run" -name '*.pid' -o -name '*.admin' -o -name 'wake.*')" "" "its files go with it"
no_connection()
{
	[ "$(psql -XAtq -c "select count(*) from pg_stat_activity where usename like 'chitra\\_%' and datname = current_database()")" = 0 ]
}
ok "and its connections" within 5 no_connection

chitrad_start
super=$pid
within 20 all_ready
duties=$(cat "$run"/{gate,desk,teller,scribe}.0.pid)
kill -9 "$super"
left=
for child in $duties; do
	within 10 gone "$child" || left="$left $child"
done
is "$left" "" "duties end when their supervisor is killed"

# ---- one duty alone, as under systemd -------------------------------------------------------------------------------------

chitrad_start --duty gate
gate=$pid
ok "one duty runs alone" within 10 ask gate readyz
kill -HUP "$gate"
ended_with 0 "SIGHUP: it hands over and ends with 0"
new=$(pid_of gate)
ok "its successor works" ask gate readyz
echo 'nonsense = 1' >>"$conf"
kill -HUP "$new"
sleep 0.5
is "$(pid_of gate)" "$new" "a reload with an error changes nothing"
cp "$scratch/good.conf" "$conf"
kill -TERM "$new"
ok "and ends by SIGTERM" within 10 gone "$new"

# ---- what a duty refuses ----------------------------------------------------------------------------------------------------

migrated()
{
	sql "insert into ops.migration (number, name, sha256) select max(number) + 1, 'later', sha256('') from ops.migration" >/dev/null
}
chitrad_start
within 20 all_ready
migrated
ended_with 78 "when another version of the program migrates the database under them, the duties of this one end with 78"
ok "and say why" grep -q 'event=schema_changed .*this program needs' "$log"
chitrad_start --duty scribe
ended_with 78 "a schema of another version ends the start with 78"
like "$(tail -3 "$log")" "this program needs .*it is older than the database" "and both versions are named"
printf '%064d\n' 0 >"$scratch/session"
"$CHITRA_BIN/chitra" --config "$conf" --session "$scratch/session" whoami >"$scratch/said" 2>&1
is "$? $(grep -c 'schema_version: .*it is older than the database' "$scratch/said")" "65 1" "an officer's command of an older version is refused, too"
sql "delete from ops.migration where name = 'later'" >/dev/null

if [ "$(id -u)" = 0 ]; then
	database_copy "${PGDATABASE}_real"
	at_exit "dropdb --maintenance-db=postgres --force --if-exists ${PGDATABASE}_real"
	psql -Xq -d "${PGDATABASE}_real" -c "alter table ops.instance disable trigger user; update ops.instance set sandbox = false"
	sed -i "s/dbname=.*/&_real/" "$conf"
	chitrad_start --duty scribe
	ended_with 78 "root does not run a duty against a database that is no sandbox"
	like "$(tail -3 "$log")" "only against a sandbox" "and it says so"
	cp "$scratch/good.conf" "$conf"
else
	skip "root does not run a duty against a database that is no sandbox" "not root"
	skip "and it says so" "not root"
fi

# ---- the database is not there yet ----------------------------------------------------------------------------------------

late=${PGDATABASE}_late
sed -i "s/dbname=.*/dbname=$late/" "$conf"
chitrad_start --duty desk
within 10 ask desk livez
is "$(code_of desk readyz)" 503 "without its database a duty lives and is not ready"
like "$(curl -s "http://$(cat "$run/desk.0.admin")/readyz")" "database NOT" "and says why"
database_copy "$late"
at_exit "dropdb --maintenance-db=postgres --force --if-exists $late"
ok "when the database comes it starts" within 15 ask desk readyz
kill -TERM "$pid"
ended_with 0 "and ends by SIGTERM"

unlike "$(cat "$log")" "level=error.*event=libevent|bug|Sanitizer" "nothing in the log speaks of a defect"

done_testing

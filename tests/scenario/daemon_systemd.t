#!/usr/bin/env bash
# What systemd sees of one duty: inherited sockets, readiness, watchdog, a successor on SIGHUP. systemd is played by a
# program of thirty lines.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/scenario.sh
. tests/lib/scenario.sh
# shellcheck source=tests/scenario/daemon_lib.sh
. tests/scenario/daemon_lib.sh

fresh_database "daemon_systemd_$$"
run=$scratch/run
daemon_conf "$scratch/chitra.conf" "$run" || exit 1
# Not what it will listen on.
sed -i 's/^\[gate\]/&\nadmin_listen = 127.0.0.1:1/' "$scratch/chitra.conf"

# Opens two sockets, becomes nothing else: starts the duty on descriptors 3 and 4 and writes down what it is told.
cat >"$scratch/manager.py" <<'END'
import os, socket, sys
program, conf, scratch = sys.argv[1:4]
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
told.bind("\0chitra-test-%d" % os.getpid())
gate = socket.socket(socket.AF_UNIX)
gate.bind(scratch + "/inherited.sock")
gate.listen(16)
admin = socket.socket()
admin.bind(("127.0.0.1", 0))
admin.listen(16)
print("address=%s:%d" % admin.getsockname(), flush=True)
child = os.fork()
if child == 0:
    a, b = os.dup(gate.fileno()), os.dup(admin.fileno())
    os.dup2(a, 3)
    os.dup2(b, 4)
    for fd in (3, 4):
        os.set_inheritable(fd, True)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="gate:gate.admin",
                      NOTIFY_SOCKET="@chitra-test-%d" % os.getppid(), WATCHDOG_USEC="400000")
    os.execv(program, [program, "--config", conf, "--duty", "gate"])
gate.close()
admin.close()
print("child=%d" % child, flush=True)
while True:
    for line in told.recv(4096).decode().split("\n"):
        print(line, flush=True)
END

python3 "$scratch/manager.py" "$CHITRA_BIN/chitrad" "$scratch/chitra.conf" "$scratch" >"$scratch/told" 2>"$scratch/log" &
# shellcheck disable=SC2034 # used at the end
manager=$!
# shellcheck disable=SC2016
at_exit 'kill -9 "$manager" $(cat "$run"/*.pid 2>/dev/null) 2>/dev/null'

told()
{
	grep -c "^$1" "$scratch/told"
}

told_times()
{
	[ "$(told "$1")" -ge "$2" ]
}

told_value()
{
	sed -n "s/^$1=//p" "$scratch/told" | tail -1
}

ok "READY=1 is said when the duty works" within 20 told_times READY=1 1
ok "STATUS= says how it goes" told_times "STATUS=database ok" 1
address=$(told_value address)
is "$(curl -s --max-time 5 "http://$address/livez")" ok "it serves on the socket that it inherited"
is "$(cat "$run/gate.0.admin")" "$address" "and writes that address down, not the option's"
is "$(cat "$run/gate.0.listen")" "$scratch/inherited.sock" "also of the other one"
fails "it opens no socket of its own" test -e "$run/gate.sock"
before=$(told WATCHDOG=1)
sleep 1.1
count=$(($(told WATCHDOG=1) - before))
ok "WATCHDOG=1 is said twice in the time that systemd allows ($count times in 1.1 s at 0.4 s)" test "$count" -ge 4

child=$(told_value child)
kill -HUP "$child"
ok "SIGHUP: a second process says that it works" within 20 told_times READY=1 2
ok "the first names it as the main process" within 5 told_times MAINPID= 1
is "$(told_value MAINPID)" "$(cat "$run/gate.0.pid")" "by its number"
is "$(told STOPPING=1)" 0 "and does not say that the service stops"
is "$(curl -s --max-time 5 "http://$address/livez")" ok "the same socket answers"
kill -TERM "$(told_value MAINPID)"
ok "SIGTERM: it says that it stops" within 10 told_times STOPPING=1 1

is "$(grep -c 'level=error' "$scratch/log")" 0 "nothing went wrong meanwhile"

done_testing

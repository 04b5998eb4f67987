#!/bin/bash
# fakebank's own tests, as TAP. The rules are the subtests of `go test`.
set -u
cd "$(dirname "$0")" || exit 1
export GOPROXY=off GOFLAGS=-buildvcs=false GOCACHE="${GOCACHE:-$PWD/../../build/gocache}"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
go vet . >"$log" 2>&1 && vetted=ok || vetted="not ok"
echo "$vetted 1 - go vet finds nothing"
[ "$vetted" = ok ] || sed 's/^/# /' "$log"

go test -count=1 -v ./... >"$log" 2>&1
status=$?
awk -v status=$status '
	BEGIN { n = 1 }
	/^(    )?--- (PASS|FAIL|SKIP): / {
		verdict = $2; title = $0
		sub(/^ *--- [A-Z]+: /, "", title); sub(/ \([0-9.]+s\)$/, "", title)
		if (title == "TestBank") next
		sub(/^TestBank\//, "", title); gsub(/_/, " ", title)
		printf "%s %d - %s%s\n", verdict == "FAIL" ? "not ok" : "ok", ++n, title, verdict == "SKIP" ? " # SKIP" : ""
		next
	}
	/^ +[a-z0-9_]+\.go:[0-9]+: |^panic|^# |build failed/ { print "# " $0 }
	END {
		printf "%s %d - go test ends well\n", status ? "not ok" : "ok", ++n
		print "1.." n
	}
' "$log"
exit $status

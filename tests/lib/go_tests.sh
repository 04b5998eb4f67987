# shellcheck shell=bash
# Sourced after tests/lib/tap.sh: the tests of a Go program as TAP. The rules are the names of its tests.
#
#   go_tests DIRECTORY [TEST]        TEST's subtests are rules of their own, and it is none

go_tests()
{
	local log verdict title
	log=$(mktemp)
	(
		export GOPROXY=off GO111MODULE=on GOFLAGS=-buildvcs=false GOCACHE="${GOCACHE:-$PWD/build/gocache}"
		cd "$1" || exit 1
		go vet . >"$log" 2>&1 && echo "vetted"
		go test -count=1 -v ./... >>"$log" 2>&1 && echo "ended"
	) >"$log.ends"
	ok "go vet finds nothing in $1" grep -q vetted "$log.ends"
	while read -r verdict title; do
		case $verdict in
		FAIL) fail "$title" ;;
		SKIP) skip "$title" "go test" ;;
		*) pass "$title" ;;
		esac
	done < <(awk -v without="${2:-}" '
		/^(    )?--- (PASS|FAIL|SKIP): / {
			verdict = $2; title = $0
			sub(/^ *--- [A-Z]+: /, "", title); sub(/ \([0-9.]+s\)$/, "", title)
			if (title == without)
				next
			sub("^" without "/", "", title); gsub(/_/, " ", title)
			if (sub(/^Test/, "", title)) {
				gsub(/[A-Z]/, " &", title)
				title = tolower(substr(title, 2))
			}
			print verdict, title
		}' "$log")
	grep -E '^ +[a-z0-9_]+\.go:[0-9]+: |^panic|^# |build failed|^vet: ' "$log" | sed 's/^/# /'
	ok "go test ends well in $1" grep -q ended "$log.ends"
	rm -f "$log" "$log.ends"
}

# shellcheck shell=bash
# Sourced by tests written in bash: one line of TAP per rule. End with done_testing.

tap_tested=0
tap_failed=0

# pass TITLE; fail TITLE [EXPLANATION...]: what failed in a whole run is said again at its end
pass()
{
	tap_tested=$((tap_tested + 1))
	echo "ok $tap_tested - $1"
}

fail()
{
	tap_tested=$((tap_tested + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_tested - $1"
	[ -z "${TALLY:-}" ] || printf '%s\n' "$0: $1" "${@:2}" | head -c 2000 >>"$TALLY.failed"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/#   /' >&2
}

# ok TITLE COMMAND...: the command succeeds; fails TITLE COMMAND...: it does not
ok()
{
	local title=$1 output
	shift
	if output=$("$@" 2>&1); then
		pass "$title"
	else
		fail "$title" "exit $? from: $*" "$output"
	fi
}

fails()
{
	local title=$1 output
	shift
	if output=$("$@" 2>&1); then
		fail "$title" "this succeeded: $*" "$output"
	else
		pass "$title"
	fi
}

# is GOT WANTED TITLE
is()
{
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		fail "$3" "     got: $1" "expected: $2"
	fi
}

# like GOT REGEX TITLE; unlike GOT REGEX TITLE (extended regular expressions)
like()
{
	if [[ $1 =~ $2 ]]; then
		pass "$3"
	else
		fail "$3" "     got: $1" "no match: $2"
	fi
}

unlike()
{
	if [[ $1 =~ $2 ]]; then
		fail "$3" " got: $1" "match: $2"
	else
		pass "$3"
	fi
}

# skip TITLE REASON
skip()
{
	tap_tested=$((tap_tested + 1))
	echo "ok $tap_tested - $1 # SKIP $2"
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

done_testing()
{
	echo "1..$tap_tested"
	[ $tap_failed -eq 0 ] && [ $tap_tested -gt 0 ]
}

# shellcheck shell=bash
# Sourced by every scenario: a scratch directory, a database of its own, and TAP.
#
#   . tests/lib/scenario.sh          from the top of the tree
#   fresh_database                   PGDATABASE is now a migrated copy that nobody else uses
#   at_exit COMMAND                  run when the test ends, however it ends; the last one first
#   within SECONDS COMMAND...        it succeeds by then
#   $scratch                         a directory that is gone afterwards
#   $CHITRA_BIN                      where chitra, chitrad and the others are

set -uo pipefail
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
# shellcheck source=tests/lib/cluster.sh
. tests/lib/cluster.sh

: "${CHITRA_BIN:=$PWD/build/bin}"
export CHITRA_BIN
# The fake bank is built once, beside the plain programs.
PATH=$CHITRA_BIN:$PWD/build/bin:$PATH
scratch=$(mktemp -d "${TMPDIR:-/tmp}/chitra-test-XXXXXX")
at_exit_commands=()

at_exit()
{
	at_exit_commands=("$*" "${at_exit_commands[@]}")
}

scenario_end()
{
	local status=$? command
	# What died of a bug says so in a log that is gone in a moment.
	[ $((status + tap_failed)) -eq 0 ] || grep -sH 'level=crit' "$scratch"/*.log | sed 's,^.*/,#   ,' >&2
	for command in "${at_exit_commands[@]}"; do
		eval "$command"
	done
	exit $status
}
trap scenario_end EXIT
# shellcheck disable=SC2016
at_exit 'rm -rf "$scratch"'

# Run alone, a scenario brings its own cluster.
if [ -z "${CHITRA_TEST_CLUSTER:-}" ]; then
	# shellcheck disable=SC2016
	at_exit 'cluster_end "$scratch/cluster" >/dev/null 2>&1'
	cluster_begin "$scratch/cluster" >&2 || exit 1
fi

# sanitized PROGRAM [LETTER]: built with a sanitizer (a: that of addresses, t: that of threads)
sanitized()
{
	nm -D "$CHITRA_BIN/$1" 2>/dev/null | grep "__[${2:-at}]san_init" >/dev/null # to its end: nm would die of a closed pipe
}

# faketime_found PROGRAM: $faketime is the library that gives it another clock, or $no_faketime says why not
# shellcheck disable=SC2034
faketime_found()
{
	faketime=$(find /usr/lib -name libfaketime.so.1 2>/dev/null | head -n 1)
	no_faketime="libfaketime is not installed"
	[ -n "$faketime" ] || return 1
	no_faketime="AddressSanitizer must be loaded first"
	! sanitized "$1" a
}

# fresh_database [NAME]
fresh_database()
{
	local name=${1:-test_$(basename "$0" .t | tr -c 'a-z0-9\n' _)_$$}
	database_copy "$name" || exit 1
	export PGDATABASE=$name
	at_exit "dropdb --maintenance-db=postgres --force --if-exists $name"
}

# sql STATEMENT: its rows, unaligned
sql()
{
	psql -XAtq -v ON_ERROR_STOP=1 -c "$1"
}

# within SECONDS COMMAND...: it succeeds by then
within()
{
	local until=$((SECONDS + $1 * ${CHITRA_PATIENCE:-1}))
	shift
	while ! "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt "$until" ] || return 1
		sleep 0.05
	done
}

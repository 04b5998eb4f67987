#!/usr/bin/env bash
# The private PostgreSQL cluster: it starts however it was left, and nobody but its owner gets in.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

scratch=$(mktemp -d)
tidy()
{
	local how
	for how in "$scratch"/*/how "$scratch"/*/pg/how; do
		[ -f "$how" ] && ops/private-db remove "$(dirname "$how")" >/dev/null 2>&1
	done
	rm -rf "$scratch"
}
trap tidy EXIT
export PRIVATE_DB_FAST=1

query()
{
	local dir=$1
	shift
	PGHOST=$(cat "$dir/socket") PGUSER=chitra psql -XAtq -d postgres -c "$*"
}

db=$scratch/db
is "$(ops/private-db status "$db" >/dev/null 2>&1; echo $?)" 3 "a cluster that was never made does not run (exit 3)"
ok "start makes and starts a cluster" ops/private-db start "$db" --temporary
is "$(ops/private-db status "$db" >/dev/null; echo $?)" 0 "status says that it runs (exit 0)"
is "$(query "$db" "select current_user")" chitra "whoever started it is the superuser chitra"
is "$(query "$db" "show listen_addresses")" "" "it listens on no network address"
is "$(query "$db" "show data_checksums")" on "data pages have checksums"
is "$(query "$db" "show full_page_writes")|$(query "$db" "show synchronous_commit")" "on|on" \
	"what makes a commit durable is untouched"
is "$(query "$db" "select datcollate || ' ' || pg_encoding_to_char(encoding) from pg_database where datname = 'template1'")" \
	"C.UTF-8 UTF8" "text is UTF-8 and sorts by code point"
is "$(query "$db" "show timezone")" "Asia/Ho_Chi_Minh" "its clock shows Vietnam's time"
is "$(query "$db" "select count(*) from pg_hba_file_rules where auth_method <> 'peer' or type <> 'local'")" 0 \
	"the only way in is the operating system's word (peer)"
is "$(stat -c %a "$(sed -n 's/^PGHOST=\([^ ]*\) .*/\1/p' < <(ops/private-db env "$db"))")" 700 \
	"the socket's directory is closed to others"

pid=$(ops/private-db pid "$db")
ok "starting it again is no error" ops/private-db start "$db" --temporary
is "$(ops/private-db pid "$db")" "$pid" "... and leaves the running server alone"

query "$db" "create table kept (n integer); insert into kept values (42)"
kill -KILL "$pid"
ok "after its postmaster was killed it starts" ops/private-db start "$db"
is "$(query "$db" "select n from kept")" 42 "... with what was committed"
is "$(query "$db" "show shared_buffers")" 128MB "a temporary cluster stays temporary when it is started again"

ok "an immediate stop is a stop" ops/private-db stop "$db" immediate
is "$(ops/private-db status "$db" >/dev/null; echo $?)" 3 "... after which it does not run"
ok "stopping it again is no error" ops/private-db stop "$db"
fails "a stopped cluster has no environment to offer" ops/private-db env "$db"

# A bit of a page rots on the disk.
ops/private-db start "$db" >/dev/null 2>&1
query "$db" "create table rotten (n integer); insert into rotten values (42)"
page=$db/data/$(query "$db" "select pg_relation_filepath('rotten')")
query "$db" checkpoint
ops/private-db stop "$db" >/dev/null
printf '\377' | dd of="$page" bs=1 seek=8180 conv=notrunc status=none
ops/private-db start "$db" >/dev/null 2>&1
like "$(query "$db" "select n from rotten" 2>&1)" "invalid page" "a byte of a page that changed on the disk is no answer, but an error"
query "$db" "drop table rotten"
ops/private-db stop "$db" >/dev/null

# A process id from before a crash may be anybody's now: this shell's, for example.
printf '%s\n%s/data\n0\n5432\n\n\n\n' $$ "$db" >"$db/data/postmaster.pid"
ok "a postmaster.pid with a stranger's process id does not stop it" ops/private-db start "$db"
is "$(query "$db" "select n from kept")" 42 "... and the stranger lives"
ops/private-db stop "$db"

mkdir -p "$scratch/half/data.new"
echo "from an initdb that was killed" >"$scratch/half/data.new/PG_VERSION"
ok "an initdb killed half-way is made again" ops/private-db start "$scratch/half" --temporary
ops/private-db remove "$scratch/half"
fails "remove leaves nothing" test -e "$scratch/half"

(ops/private-db start "$scratch/race" --temporary >/dev/null 2>&1) &
ok "two starts at once are one" ops/private-db start "$scratch/race" --temporary
wait $!
is $? 0 "... and both succeed"
ops/private-db remove "$scratch/race"

long=$scratch/$(printf 'a-very-long-name-%.0s' 1 2 3 4 5 6 7)/pg
ok "a path too long for a socket works" ops/private-db start "$long" --temporary
socket=$(cat "$long/socket")
is "$(query "$long" "select 1")" 1 "... through the directory recorded in DIR/socket"
ok "... which is not below the cluster" test "${socket#"$scratch"}" = "$socket"
ops/private-db stop "$long"
fails "... and is gone after stop" test -e "$socket"
ops/private-db start "$long"
socket=$(cat "$long/socket")
ops/private-db remove "$long"
fails "... and after remove" test -e "$socket"

# The same as another kind of user.
if [ "$(id -u)" = 0 ]; then
	user=games
	home=$scratch/home
	install -d -o $user -m 700 "$home"
	chmod 711 "$scratch"
	install -m 755 ops/private-db "$home/private-db"
	as_user()
	{
		(cd "$home" && runuser -u $user -- env HOME="$home" PRIVATE_DB_FAST=1 "$@")
	}
	ok "a plain user can start one" as_user "$home/private-db" start "$home/pg" --temporary
	like "$(as_user "$home/private-db" status "$home/pg")" "^runs" "... and it runs"
	# shellcheck disable=SC2016
	is "$(as_user bash -c 'eval "$(./private-db env pg)"; export PGHOST PGPORT PGUSER; psql -XAtq -d postgres -c "select current_user"')" chitra \
		"... and lets that user in"
	ok "... who can stop it" as_user "$home/private-db" stop "$home/pg"
	fails "root does not start a cluster of another user" ops/private-db start "$home/pg"
	rm -rf "$home"

	many=$scratch/many
	ok "with --many-users it runs under postgres itself" ops/private-db start "$many" --temporary --many-users
	is "$(query "$many" "select current_user")" chitra "... and root is let in"
	like "$(runuser -u games -- env PGHOST="$(cat "$many/socket")" psql -XAtq -U chitra -d postgres -c 'select 1' 2>&1)" "Peer authentication failed" \
		"... and a user whom the map does not name is not"
	ok "... and root can stop it" ops/private-db stop "$many"
	ops/private-db remove "$many"
else
	skip "root runs it in a user namespace or by runuser" "not root"
	fails "--many-users is refused to a plain user" ops/private-db start "$scratch/many" --temporary --many-users
fi
done_testing

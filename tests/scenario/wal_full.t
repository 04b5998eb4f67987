#!/usr/bin/env bash
# The disk with the write-ahead log is full: PostgreSQL panics, which is a crash, and cannot come back before somebody makes room. Then all goes on:
# what was committed is there, and everybody is paid once.
# shellcheck disable=SC2016,SC2119,SC2154
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
# The disk is a small tmpfs in a mount namespace of our own.
may_mount=(sh -c 'mount -t tmpfs -o size=1m tmpfs /mnt')
if [ -z "${CHITRA_NAMESPACE:-}" ]; then
	export CHITRA_NAMESPACE=yes
	unshare --mount "${may_mount[@]}" 2>/dev/null && exec unshare --mount "$0"
	unshare --user --map-root-user --mount "${may_mount[@]}" 2>/dev/null && exec unshare --user --map-root-user --mount "$0"
	skip_all "neither root nor a user namespace"
fi
export CHITRA_TEST_CLUSTER=${CHITRA_TEST_CLUSTER:-its own}
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh

cluster=$scratch/cluster-of-its-own
wal=$scratch/wal
# size BYTES: of the disk
size()
{
	mount -t tmpfs -o "remount,size=$1,mode=700" tmpfs "$wal"
}
# full: no block is free; who writes meanwhile has more than it would leave, so again
full()
{
	within 5 eval 'size "$(stat -f -c "%S %b %f" "$wal" | awk "{ print \$1 * (\$2 - \$3) }")"'
}
panicked()
{
	sql "select pg_logical_emit_message(true, 'test', repeat('x', 100000))" 2>/dev/null && sql "select pg_switch_wal()" 2>/dev/null
	grep -q 'PANIC:.*No space left on device' "$cluster/data/server.log"
}
says()
{
	curl -s "http://$(cat "$scratch/run/teller.0.admin")/$1" >"$scratch/said.admin"
	grep -q "$2" "$scratch/said.admin"
}

cluster_begin "$cluster" >&2 || exit 1
at_exit 'ops/private-db remove "$cluster" >/dev/null 2>&1; umount -l "$wal"'
ops/private-db stop "$cluster"
mkdir "$wal"
mount -t tmpfs -o size=1g,mode=700 tmpfs "$wal"
cp -a "$cluster/data/pg_wal/." "$wal"
rm -rf "$cluster/data/pg_wal"
ln -s "$wal" "$cluster/data/pg_wal"
ops/private-db start "$cluster" >&2 || exit 1
fresh_database
clock_start
payroll 200 items=5
bank_start --reply-status ACCC
teller_start 'concurrency = 1' 'rate = 5'
ok "a payroll is being paid" until_true 20 "select count(*) > 20 from payout.payout_state where state = 6"
full
ok "the disk of the write-ahead log is full: PostgreSQL panics" within 30 panicked
ok "and does not come back by itself" within 30 grep -q 'shutting down due to startup process failure' "$cluster/data/server.log"
fails "it answers nobody" sql "select 1"
ok "the teller is not ready, and says why" within 20 says readyz '^database NOT'
size 1g
ok "somebody makes room, and it starts" ops/private-db start "$cluster"
ok "all goes on" all_are credited 60
is "$(bank_count paid) $(bank_twice)" "200 0" "and everybody is paid once"
is "$(books_agree)" t "the books have the same money on its way"
teller_drain
is "$drained" 0 "told to stop, it ends with 0"

done_testing

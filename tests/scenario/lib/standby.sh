# shellcheck shell=bash disable=SC2034
# Sourced by scenarios in which PostgreSQL fails over: a standby that follows a private cluster.
#
#   standby_make FIRST SECOND     from here on programs use whichever of the two writes
#   standby_caught_up             it has replayed all that the first has
#   standby_cut_off               what the first commits from here on is lost with it
#   standby_promote               it is the one that writes

standby_make()
{
	first=$1
	second=$2
	mkdir -p "$second"
	cp "$first/how" "$second/how"
	echo yes >"$second/temporary"
	local first_host=$PGHOST
	"$(pg_config --bindir)/pg_basebackup" --pgdata="$second/data" --write-recovery-conf --checkpoint=fast --no-sync || return 1
	ops/private-db start "$second" >&2 || return 1
	second_host=$(cat "$second/socket")
	export PGHOST=$first_host,$second_host PGPORT=5432,5432 PGTARGETSESSIONATTRS=read-write
}

on_second()
{
	PGHOST=$second_host PGPORT=5432 PGTARGETSESSIONATTRS=any psql -XAtqc "$1"
}

standby_caught_up()
{
	local at end=$((SECONDS + 30 * ${CHITRA_PATIENCE:-1}))
	at=$(sql "select pg_current_wal_flush_lsn()")
	while [ $SECONDS -lt $end ]; do
		[ "$(on_second "select pg_last_wal_replay_lsn() >= '$at'")" = t ] && return 0
		sleep 0.1
	done
	return 1
}

standby_cut_off()
{
	on_second "alter system set primary_conninfo = ''" && on_second "select pg_reload_conf()" >/dev/null
	local end=$((SECONDS + 10))
	while [ "$(sql "select count(*) from pg_stat_replication")" != 0 ] && [ $SECONDS -lt $end ]; do
		sleep 0.1
	done
}

standby_promote()
{
	on_second "select pg_promote(true, 60)" >/dev/null
}

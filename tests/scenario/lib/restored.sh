# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by scenarios of a lost database, after teller_lib.sh.
#
#   genesis, scribe_start, scribe_stop, sealed (everything is in the archive)
#   dump NAME, restore NAME, recover [option ...]
#   next_day [DAY], book DIRECTION AMOUNT TEXT; $balances is a query; desk_conf writes $scratch/desk.conf
scribe_pid=
# shellcheck disable=SC2016
at_exit '[ -z "$scribe_pid" ] || kill -9 "$scribe_pid" 2>/dev/null'

genesis()
{
	mkdir -p "$keys/archive"
	"$CHITRA_BIN/chitra" secret new "$keys/log" >/dev/null
	local public
	public=$("$CHITRA_BIN/chitra" secret public signing "$keys/log")
	echo "{\"genesis\":{\"origin\":\"recover.test/ledger\",\"log_key\":\"$public\",\"admin_keys\":[\"$public\"]}}" >"$scratch/genesis.json"
	"$CHITRA_BIN/chitra" setup "$scratch/genesis.json" >/dev/null
}

scribe_start()
{
	mkdir -p "$scratch/run-scribe"
	printf '%s\n' '[chitra]' "run_dir = $scratch/run-scribe" '[archive]' "directory = $keys/archive" '[evidence]' \
		"secret_key = $keys/evidence.key" '[scribe]' "log_key = $keys/log" 'log_origin = recover.test/ledger' \
		"blind_key = $keys/blind" >"$scratch/scribe.conf"
	"$CHITRA_BIN/chitrad" --config "$scratch/scribe.conf" --duty scribe 2>>"$scratch/scribe.log" &
	scribe_pid=$!
}

scribe_stop()
{
	kill -TERM "$scribe_pid"
	wait "$scribe_pid" 2>/dev/null
	scribe_pid=
}

dump()
{
	pg_dump -Fc --file="$scratch/$1.dump"
}

restore()
{
	dropdb --maintenance-db=postgres --force "$PGDATABASE" && createdb --maintenance-db=postgres --template=template0 "$PGDATABASE" &&
		pg_restore --dbname="$PGDATABASE" --exit-on-error "$scratch/$1.dump" && "$CHITRA_BIN/chitra" db migrate >/dev/null
}

recover()
{
	"$CHITRA_BIN/chitra" --config "$scratch/chitra.conf" recover --archive "$keys/archive" --journal "$scratch/journal" "$@" 2>&1
}

# next_day [DAY]: the banks' next day on our clock
next_day()
{
	psql -XAtq -c "set session_replication_role = replica; update ops.instance set clock_offset = timestamptz '${1:-2024-04-04} 08:00+07' - now()"
}

# book DIRECTION AMOUNT TEXT: what else the bank does on the account
book()
{
	bank_says book "{\"account\":\"110000000001\",\"direction\":\"$1\",\"amount\":$2,\"text\":\"$3\"}" >/dev/null
}

sealed()
{
	until_true 20 "select (select next_seq from books.counter) = (select h.size from books.tree_head h order by 1 desc limit 1)"
}

balances="select string_agg(a.code || ' ' || b.balance, ', ' order by a.code) from books.balance b join books.ledger_account a on a.id = b.account"

desk_conf()
{
	cat >"$scratch/desk.conf" <<-END
		[archive]
		directory = $keys/archive
		[desk]
		kek = $keys/kek
		id_key = $keys/id
	END
}

# shellcheck shell=bash
# Sourced by tests/scenario/daemon_*.t after tests/lib/scenario.sh: a configuration with which all duties start.

# daemon_conf FILE RUN_DIR: writes it, with keys of its own beside it
daemon_conf()
{
	local conf=$1 run=$2 keys name
	keys=$(dirname "$conf")/keys
	mkdir -p "$keys" "$run" "$keys/archive"
	for name in kek blind id evidence log; do
		"$CHITRA_BIN/chitra" secret new "$keys/$name" >/dev/null || return 1
	done
	"$CHITRA_BIN/chitra" secret public evidence "$keys/evidence" >"$keys/evidence.pub" || return 1
	(umask 077 && echo "a long passphrase for tests" >"$keys/passphrase")
	for name in admin1 admin2; do
		"$CHITRA_BIN/chitra" key new "$keys/$name" --label "$name" --passphrase-file "$keys/passphrase" >/dev/null || return 1
	done
	cat "$keys/admin1.pub" "$keys/admin2.pub" >"$keys/admin-keys"
	cat >"$conf" <<-END
		[chitra]
		run_dir = $run
		drain_time = 5s
		[database]
		conninfo = host=$PGHOST port=$PGPORT dbname=$PGDATABASE
		[archive]
		directory = $keys/archive
		[evidence]
		public_key = $keys/evidence.pub
		secret_key = $keys/evidence
		[gate]
		listen = $run/gate.sock
		[desk]
		listen = 127.0.0.1:0
		kek = $keys/kek
		blind_key = $keys/blind
		id_key = $keys/id
		[teller]
		journal = $keys/journal
		kek = $keys/kek
		admin_keys = $keys/admin-keys
		[scribe]
		log_key = $keys/log
		blind_key = $keys/blind
	END
}

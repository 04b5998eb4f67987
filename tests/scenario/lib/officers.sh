# shellcheck shell=bash disable=SC2154
# Sourced by scenarios whose officers only need a session: PostgreSQL gives it, no key is used.
# by LOGIN WORD...: the exit status and the code of the command; its words are in $scratch/said; with the configuration $by_config
by()
{
	local login=$1 status
	shift
	printf '%s' "$login" | sha256sum | cut -d' ' -f1 >"$scratch/token.$login"
	sql "insert into auth.session (token_hash, officer, expires_at) select sha256('\\x$(cat "$scratch/token.$login")'), id, now() + interval '1 day'
		from auth.officer where login = '$login' on conflict do nothing"
	"$CHITRA_BIN/chitra" --config "$by_config" --session "$scratch/token.$login" "$@" >"$scratch/said" 2>&1
	status=$?
	echo "$status$(sed -n 's/^chitra [a-z]*: \([a-z_]*\): .*/ \1/p' "$scratch/said")"
}

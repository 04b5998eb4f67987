# shellcheck shell=bash
# The steps of a payroll, one after another, each safe to repeat. Sourced by ops/demo/demo; the scenarios run the same steps.
# shellcheck disable=SC2154  # lib.sh says where everything is

# ---- how a step looks -------------------------------------------------------------------------------------------------------

step_number=0
steps_total=20
bar_text=

seconds_since()
{
	awk -v a="$1" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f s", b - a }'
}

# step TEXT FUNCTION: runs it; what it says goes to the log, what it leaves in $note beside the text
step()
{
	local text=$1 began status
	step_number=$((step_number + 1))
	note=
	began=$(date +%s.%N)
	step_began=$began
	bar_text=$(printf '[%2d/%d] %s' "$step_number" "$steps_total" "$text")
	printf '\n== %s\n' "$bar_text" >>"$logs/demo.log"
	[ ! -t 1 ] || printf '%s' "$bar_text"
	exec 4>&1
	"$2" >>"$logs/demo.log" 2>&1
	status=$?
	exec 4>&-
	[ ! -t 1 ] || printf '\r\033[K'
	printf '%s' "$bar_text${note:+: $note}"
	# The width counts characters, which printf of bash does not.
	local width=$((72 - $(printf '%s' "$bar_text${note:+: $note}" | wc -m)))
	[ $width -gt 0 ] && printf '%*s' $width ''
	if [ $status -eq 0 ]; then
		printf '%8s   ok\n' "$(seconds_since "$began")"
		return 0
	fi
	printf '%8s   FAILED\n' "$(seconds_since "$began")"
	tail -5 "$logs/demo.log" | sed 's/^/        /' >&2
	echo "see $logs/demo.log and the other files there; run it again to go on" >&2
	exit 1
}

# bar DONE TOTAL: on a terminal, for a step that takes longer than a second. Descriptor 4 is the terminal.
bar()
{
	local full
	[ -t 4 ] || return 0
	[ "$(awk -v a="$step_began" -v b="$(date +%s.%N)" 'BEGIN { print (b - a > 1) }')" = 1 ] || return 0
	full=$(($2 > 0 ? $1 * 24 / $2 : 0))
	printf '\r\033[K%s  %s%s %d/%d' "$bar_text" "$(printf '%*s' $full '' | tr ' ' '#')" "$(printf '%*s' $((24 - full)) '' | tr ' ' '.')" \
		"$1" "$2" >&4
}

# ---- what has been done -----------------------------------------------------------------------------------------------------

# once NAME COMMAND...: what must happen once, or what another run need not try again
once()
{
	local name=$1
	shift
	[ -e "$here/done/$name" ] && return
	"$@" || return
	mkdir -p "$here/done" && touch "$here/done/$name"
}

json()
{
	python3 -c 'import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1:]: value = value[key]
print(value)' "$@"
}

# ---- the steps -----------------------------------------------------------------------------------------------------------------

s_postgresql()
{
	database_start && note=$(psql --version | sed 's/.* \([0-9.]*\) .*/\1/')", in ${here#"$PWD"/}/pg"
}

s_database()
{
	database_make && note=$(sql "select count(*) from ops.migration")" migrations"
}

s_lists()
{
	[ -f "$input/truth.json" ] && grep -q "\"seed\": ${DEMO_SEED:-20240403}," "$input/truth.json" ||
		ops/demo/generate --seed "${DEMO_SEED:-20240403}" --out "$input" || return 1
	note="$(find "$input/lists" -name '*.csv' | wc -l) lists, $(json totals people <"$input/truth.json") people"
}

s_keys()
{
	keys_make && config_write
}

s_payer()
{
	payer_make && officers_make && note="2 agencies, $(wc -w <<<"$officers") officers certified by 2 of 3"
}

s_start()
{
	bank_start && daemon_start && executed_before=$(bank_number executed) &&
		note="fakebank, gate, desk, teller, scribe"
}

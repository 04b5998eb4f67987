#!/usr/bin/env bash
# What chitrad says about its configuration, before it touches anything else.
cd "$(dirname "$0")/../.." || exit 1
set -uo pipefail
export LC_ALL=C.UTF-8
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

bin=${CHITRA_BIN:-$PWD/build/bin}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/chitra-test-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
conf=$scratch/chitra.conf

# status COMMAND...: its exit status
status()
{
	"$@" >/dev/null 2>&1
	echo $?
}

# ---- every option is documented, and nothing else --------------------------------------------------------------------

documented()
{
	awk '/^#?\[[a-z]+/ { gsub(/[][#]/, ""); section = $1 }
		/^#?[a-z_]+ =/ { sub(/^#/, ""); print "[" section "] " $1 }' ops/chitrad.conf | sort
}
documented_more_than_once()
{
	documented | uniq -d
}
is "$(documented)" "$("$bin/chitrad" --list-options | sort)" "ops/chitrad.conf documents every option of the table and no other"
is "$(documented_more_than_once)" "" "each once"
ok "ops/chitrad.conf is a correct configuration" "$bin/chitrad" --config ops/chitrad.conf --check-config

# What the file shows as a default is the default.
sed 's/^\[bank/#&/' ops/chitrad.conf >"$scratch/shown.conf"
: >"$scratch/empty.conf"
printed()
{
	"$bin/chitrad" --config "$1" --print-config
}
is "$(printed "$scratch/shown.conf")" "$(printed "$scratch/empty.conf")" "the values that ops/chitrad.conf shows are the defaults"

# Everything that is commented out is correct too when it is given.
sed 's/^#\([a-z_]* =\)/\1/; s/^#\(\[[a-z]\)/\1/' ops/chitrad.conf >"$scratch/all.conf"
ok "so are the values that it shows commented out" "$bin/chitrad" --config "$scratch/all.conf" --check-config
unlike "$(printed "$scratch/all.conf")" "demo-tls|demo-sign|= kek" "--print-config masks where secrets are"

# ---- errors -------------------------------------------------------------------------------------------------------------

printf '[gate]\nlistne = /x\n\n[chitra]\ninstance = many\n' >"$conf"
is "$(status "$bin/chitrad" --config "$conf" --check-config)" 78 "an error in the configuration ends with 78"
"$bin/chitrad" --config "$conf" --check-config 2>"$scratch/said"
is "$(cat "$scratch/said")" "$conf:2: unknown option \`listne\` in [gate], did you mean \`listen\`?
$conf:5: \`instance\`: \`many\` is not a whole number" "each error has its file and line"
is "$(status "$bin/chitrad" --config "$conf")" 78 "chitrad does not start with it"
is "$(status "$bin/chitrad" --config "$conf" --duty gate)" 78 "nor does a duty"
is "$(status "$bin/chitrad" --config "$scratch/none.conf" --check-config)" 78 "a missing file is an error"
is "$(status "$bin/chitrad" --duty cook)" 64 "a duty that does not exist is wrong use"
is "$(status "$bin/chitrad" nonsense)" 64 "so is an argument that is no option"
like "$("$bin/chitrad" --version)" "^chitrad [0-9]" "--version says which it is"

# ---- what only the start finds out -----------------------------------------------------------------------------------

mkdir "$scratch/run"
printf '[chitra]\nrun_dir = %s\n[gate]\nlisten = %s\n' "$scratch/run" "$conf" >"$conf"
"$bin/chitrad" --config "$conf" --duty gate 2>"$scratch/said"
is "$?" 78 "a file in the place of a socket ends the start with 78"
like "$(cat "$scratch/said")" "there is a file that is no socket" "and is named"
ok "and left alone" test -s "$conf"
printf '[chitra]\nrun_dir = %s/none\n[gate]\nlisten = 127.0.0.1:0\n' "$scratch" >"$conf"
timeout 10 "$bin/chitrad" --config "$conf" --duty gate 2>"$scratch/said"
is "$?" 78 "a run directory that is not there ends the start with 78"
long=$scratch/$(printf 'x%.0s' $(seq 1 100))
printf '[chitra]\nrun_dir = %s/run\n[gate]\nlisten = %s/s\n' "$scratch" "$long" >"$conf"
timeout 10 "$bin/chitrad" --config "$conf" --duty gate 2>"$scratch/said"
is "$?" 78 "a socket path that is too long ends the start with 78"
like "$(cat "$scratch/said")" "at most 107 bytes" "and the limit is named"

done_testing

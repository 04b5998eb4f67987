#!/usr/bin/env bash
# The witness as systemd runs it at the audit office: its unit is one, fences it in, is installed, and starts with the example's settings.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
program=${CHITRA_BIN:-$PWD/build/bin}/chitra-witness
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

quiet()
{
	"$@" >"$scratch/out" 2>&1
}
# fenced UNIT: how much of the machine it reaches, in tenths of systemd's points (100: all)
fenced()
{
	systemd-analyze security --offline=true --threshold=15 "$1" >"$scratch/out" 2>&1
}
unit=$scratch/chitra-witness.service
sed "s|/usr/local/bin/chitra-witness|$program|" ops/systemd/chitra-witness.service >"$unit"
ok "systemd finds nothing wrong in the unit" quiet systemd-analyze verify "$unit"
is "$(cat "$scratch/out")" "" "and has nothing to say"
ok "it is fenced in" fenced "$unit"
mkdir "$scratch/open" && grep -v '^Protect' "$unit" >"$scratch/open/chitra-witness.service"
fails "as it would not be without its fences" fenced "$scratch/open/chitra-witness.service"

ok "make install installs it" quiet make -s install DESTDIR="$scratch/root" PREFIX=/opt/chitra
installed=$scratch/root/opt/chitra/lib/systemd/system/chitra-witness.service
is "$(sed -n 's/^ExecStart=//p' "$installed")" "/opt/chitra/bin/chitra-witness /etc/chitra-witness/settings" "with the program's place"
ok "which is there" test -x "$scratch/root/opt/chitra/bin/chitra-witness"
ok "beside the example's settings" test -f "$scratch/root/opt/chitra/share/chitra/chitra-witness.conf"

head -c 32 /dev/urandom >"$scratch/witness-key" && chmod 600 "$scratch/witness-key"
is "$(sed -n 's/^LoadCredential=\(.*\):.*/\1/p' "$unit")" "$(sed -n 's/^key //p' ops/chitra-witness.conf)" "the settings name the credential that the unit loads"
is "/var/lib/$(sed -n 's/^StateDirectory=//p' "$unit")" "$(sed -n 's/^state //p' ops/chitra-witness.conf)" "and its state directory"
like "$(CREDENTIALS_DIRECTORY=$scratch "$program" --key ops/chitra-witness.conf)" "^audit.example.vn/witness\+[0-9a-f]{8}\+B" "the key of the example's settings is printed"
"$program" >"$scratch/out" 2>&1
is $? 64 "called wrongly it ends with what the unit does not start again"
sed 's/^log .*//' ops/chitra-witness.conf >"$scratch/settings"
CREDENTIALS_DIRECTORY=$scratch "$program" "$scratch/settings" >"$scratch/out" 2>&1
is $? 78 "so it does with settings that are wrong"

done_testing

#!/usr/bin/env bash
# A seeded tenth of `make chaos-enumerate`: whatever is killed, late, stopped or in error at whatever arrow, each payout is paid once,
# ends, and the books say what the bank's say.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
[ -x "${CHITRA_BIN:-build/bin}/../tests/unit/db_payroll" ] || skip_all "db_payroll is not built"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

seed=${SEED:-$(date +%j)}
tests/chaos/enumerate --share 10 --seed "$seed" --seconds 150 >"$scratch/said" 2>&1
status=$?
sed 's/^/# /' "$scratch/said"
is "$status" 0 "a payroll in which any one thing fails at any one time ends as it should (SEED=$seed)"
ok "at least four of them came true" test "$(sed -n 's/.* \([0-9]*\) times failed at.*/\1/p' "$scratch/said")" -ge 4

# What the whole of it has found, once each: PLACE ACTION N and what was wrong.
once()
{
	tests/chaos/enumerate --only "$1" --action "$2" --n "$3" >"$scratch/once" && grep -q ' 1 times failed at, 0 runs wrong' "$scratch/once"
}
while read -r place action n title; do
	ok "$title ($place $action $n)" once "$place" "$action" "$n"
	sed 's/^/# /' "$scratch/once"
done <<'END'
scribe.file.write error 1 a disk that is full when the scribe starts ends no other duty
teller.again.commit.lost error 1 what the bank had taken and does not know now is asked about soon
END
done_testing

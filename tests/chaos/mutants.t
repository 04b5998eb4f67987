#!/usr/bin/env bash
# The planted bugs: every patch still fits the source; MUTANTS_DRAWN of them (1), drawn by SEED, are built and found. All, and that
# no unit test finds them: make chaos-mutants.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

seed=${SEED:-$(date +%j)}
echo "# SEED=$seed"
runner=tests/chaos/mutants/run
ok "every planted bug has its head and applies to today's source" "$runner" --check
scratch=$(mktemp -d "${TMPDIR:-/tmp}/chitra-mutants-t-XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# In trees of their own: what applies nowhere, what is no planted bug, and what changes nothing.
mkdir -p "$scratch/tree/tests/chaos/mutants"
cp "$runner" "$scratch/tree/tests/chaos/mutants/"
echo "int a = 1;" >"$scratch/tree/a.c"
patch_of()
{
	printf '%s\n' "# $1" "# found-by: sim" "# source: -" "--- a/$2" "+++ b/$2" "@@ -1 +1 @@" "-$3" "+int a = 2;"
}
patch_of "fits" a.c "int a = 1;" >"$scratch/tree/tests/chaos/mutants/fits.patch"
ok "one that fits is fine" "$scratch/tree/$runner" --check fits
patch_of "is old" a.c "int a = 0;" >"$scratch/tree/tests/chaos/mutants/old.patch"
like "$("$scratch/tree/$runner" --check)" "old: old.patch does not apply any more" "one that no longer applies is named"
fails "and fails the run" "$scratch/tree/$runner" --check
rm "$scratch/tree/tests/chaos/mutants/old.patch"
patch_of "changes a test" tests/x.t "int a = 1;" >"$scratch/tree/tests/chaos/mutants/test.patch"
like "$("$scratch/tree/$runner" --check)" "test: it changes tests/x.t" "a planted bug is in what is tested, not in a test"

# One that a cheap ring finds: the dear ones are for make chaos-mutants. That the ring passes without it is another test's (enumerate.t).
mapfile -t drawn < <(grep -lE '^# found-by: (model|sim|enumerate)' tests/chaos/mutants/*.patch |
	awk -v seed="$seed" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' | sort -n | cut -f2 | sed 's|.*/||; s/\.patch$//' | head -n "${MUTANTS_DRAWN:-1}")
if [ ${#drawn[@]} -eq 0 ]; then
	skip "planted bugs drawn by the seed are found" "MUTANTS_DRAWN=0; make chaos-mutants plants all"
	done_testing
	exit
fi
UNITS=none UNCHANGED=passes SEED=$seed "$runner" --hinted "${drawn[@]}" >"$scratch/out" 2>&1
found=$?
sed 's/^/# /' "$scratch/out"
is "$found" 0 "planted bugs drawn by the seed are found: ${drawn[*]}"
done_testing

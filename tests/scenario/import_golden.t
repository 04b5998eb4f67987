#!/usr/bin/env bash
# Lists as officers send them (tests/scenario/lists/golden.py makes them with other programs): what becomes of each row, by its cell.
# shellcheck disable=SC2154
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/scenario.sh
# shellcheck disable=SC2119  # a name of its own suits
fresh_database
. tests/scenario/lists/officer.sh
python3 tests/scenario/lists/golden.py "$scratch"

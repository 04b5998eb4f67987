#!/usr/bin/env bash
# The officer's own file comes back with its errors marked; corrected, it comes in again and puts nothing in twice.
# shellcheck disable=SC2154
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/scenario.sh
# shellcheck disable=SC2119  # a name of its own suits
fresh_database
. tests/scenario/lists/officer.sh
python3 tests/scenario/lists/marked.py "$scratch"

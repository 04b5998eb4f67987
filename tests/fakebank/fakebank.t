#!/usr/bin/env bash
# fakebank's own tests.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
# shellcheck source=tests/lib/go_tests.sh
. tests/lib/go_tests.sh

go_tests tests/fakebank TestBank
done_testing

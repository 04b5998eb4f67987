# shellcheck shell=bash
# One temporary PostgreSQL for a whole test run, with a migrated template database in it. Sourced by tests/run, and by
# tests/lib/scenario.sh when a test is run alone.

# PostgreSQL's own programs come before Debian's: /usr/bin/psql chooses a cluster in Perl, which takes ten times as long as
# the question itself, and a test asks thousands of times.
PATH=$(pg_config --bindir):$PATH

# cluster_begin DIR: starts it and exports PGHOST, PGPORT and PGUSER
cluster_begin()
{
	local settings
	ops/private-db start "$1" --temporary || return 1
	settings=$(ops/private-db env "$1") || return 1
	eval "$settings"
	export PGHOST PGPORT PGUSER
	export PGDATABASE=postgres
	template_make
}

cluster_end()
{
	ops/private-db remove "$1"
}

# The schema and the reference data are loaded once; every scenario starts from a copy.
template_make()
{
	local chitra=${CHITRA_BIN:-$PWD/build/bin}/chitra
	createdb --template=template0 chitra_template || return 1
	if [ -x "$chitra" ] && [ -d sql/migrations ]; then
		PGDATABASE=chitra_template "$chitra" db init --sandbox || {
			echo "chitra db init failed on the template database" >&2
			return 1
		}
	fi
}

# database_copy NAME: a new database like the template
database_copy()
{
	createdb --template=chitra_template "$1"
}

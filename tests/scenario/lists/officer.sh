# shellcheck shell=bash disable=SC2154
# Sourced after fresh_database: an officer with the mandate register, keys, and who pays. Two officers, since some things take two.
export CHITRA_CONFIG=$scratch/chitra.conf CHITRA_SESSION=$scratch/thu
for key in kek blind id; do
	chitra secret new "$scratch/$key" || exit 1
done
cat >"$CHITRA_CONFIG" <<-CONF
	[database]
	conninfo = host=$PGHOST port=$PGPORT dbname=$PGDATABASE
	[desk]
	kek = $scratch/kek
	blind_key = $scratch/blind
	id_key = $scratch/id
CONF
# officer LOGIN DIGIT AREA: a session whose token is 64 times the digit, and the mandate register in an area
officer()
{
	printf "%064d\n" 0 | tr 0 "$2" >"$scratch/$1"
	sql "with o as (insert into auth.officer (login, name) values ('$1', '$1') returning id),
		c as (insert into auth.certificate (officer, sha256, text, signatures, public_key, not_before, not_after)
			select id, sha256('$1'), '$1', '', sha256('$1'), now() - interval '1 day', now() + interval '1 day' from o returning id, officer),
		s as (insert into auth.session (token_hash, officer, expires_at)
			select sha256(decode(repeat('$2', 64), 'hex')), id, now() + interval '1 hour' from o)
		insert into auth.mandate select officer, id, 'register', '*', '$3', 0 from c"
}
officer thu 1 '*' && officer lan 2 '*' && officer phu_hai 3 22921 || exit 1
sql "insert into org.agency (code, name_vi) values ('labour', 'Phòng Lao động');
	insert into org.funding_account (code, agency, bank, number) select 'labour-demo', id, 'DEMO', '110000000001' from org.agency;
	insert into org.programme_agency select p.code, a.id, f.id from rules.programme p, org.agency a, org.funding_account f" ||
	exit 1

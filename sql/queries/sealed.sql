-- Sealed data: which keys wrap, who looked, who is forgotten.

-- name: kek_list
-- duties: desk teller
-- in:
-- out: n smallint, id bytea, proof bytea
-- The newest first: it wraps.
select n, id, proof from register.kek where retired_at is null order by n desc;

-- name: kek_add
-- duties: desk
-- in: id bytea, proof bytea, n smallint, officer bigint
-- out:
insert into register.kek (n, id, proof, officer) values ($3, $1, $2, $4) on conflict do nothing;

-- name: kek_status
-- duties: desk
-- in:
-- out: n smallint, id text, needed bigint, retired boolean
select n, encode(id, 'hex') as id, register.kek_needed(id) as needed, retired_at is not null as retired from register.kek order by n;

-- name: kek_unknown
-- duties: desk
-- in:
-- out: n bigint
-- Wrapped by no key-encryption key of ours.
select (select count(*) from register.person_key k where substring(k.wrapped for 4) not in (select id from register.kek))
	+ (select count(*) from register.import_file f where f.row_key <> '' and substring(f.row_key for 4) not in (select id from register.kek)) as n;

-- name: kek_retire
-- duties: desk
-- in: n smallint
-- out:
update register.kek set retired_at = clock_timestamp() where n = $1 and retired_at is null;

-- name: rewrap_people
-- duties: desk
-- in: kek bytea, after bigint, most integer
-- out: whose bigint, wrapped bytea
select person as whose, wrapped from register.person_key where person > $2 and substring(wrapped for 4) <> $1 order by person limit $3;

-- name: rewrap_people_set
-- duties: desk
-- in: whose bigint[], olds bytea[], news bytea[]
-- out:
-- Who was erased meanwhile stays erased.
update register.person_key k set wrapped = n.new from unnest($1, $2, $3) as n(whose, old, new) where k.person = n.whose and k.wrapped = n.old;

-- name: rewrap_files
-- duties: desk
-- in: kek bytea, after bigint, most integer
-- out: whose bigint, wrapped bytea
-- A file's key is wrapped for "person" −id.
select -id as whose, row_key as wrapped from register.import_file
where id > $2 and row_key <> '' and substring(row_key for 4) <> $1 order by id limit $3;

-- name: rewrap_files_set
-- duties: desk
-- in: whose bigint[], olds bytea[], news bytea[]
-- out:
update register.import_file f set row_key = n.new from unnest($1, $2, $3) as n(whose, old, new) where f.id = -n.whose and f.row_key = n.old;

-- name: opening_add
-- duties: desk
-- in: what text, person bigint, reason text
-- out:
insert into auth.access_log (officer, what, person, reason) values (auth.me(), $1, $2, $3);

-- name: expire
-- duties: desk
-- in:
-- out: files bigint, keys bigint
select e.files, e.keys from register.expire() e;

-- Officers, certificates, sessions.

-- name: officer_enter
-- duties: desk
-- in: token_hash bytea
-- out: id bigint, login text, name text
-- The guards of every later statement of this transaction read who this is.
select o.id, o.login, o.name from auth.enter($1) as e(id) join auth.officer o on o.id = e.id;

-- name: officer_may
-- duties: desk
-- in: role text, agencies text[], areas text[], area_froms date[], amounts bigint[]
-- out: may boolean
select auth.may_in($1, m.agency, m.area, m.area_from, m.amount) as may
from unnest($2, $3, $4, $5) with ordinality as m(agency, area, area_from, amount, i) order by m.i;

-- name: officer_add
-- duties: desk
-- in: login text, name text
-- out: id bigint
insert into auth.officer (login, name) values ($1, $2) on conflict (login) do nothing returning id;

-- name: officer_find
-- duties: desk
-- in: login text
-- out: id bigint, login text, name text, disabled boolean
select id, login, name, disabled from auth.officer where login = $1;

-- name: officer_next_serial
-- duties: desk
-- in: login text
-- out: serial bigint
select count(c.id) + 1 as serial from auth.officer o left join auth.certificate c on c.officer = o.id where o.login = $1;

-- name: certificate_add
-- duties: desk
-- in: officer bigint, sha256 bytea, text bytea, signatures bytea, public_key bytea, not_before timestamptz, not_after timestamptz
-- out: id bigint
insert into auth.certificate (officer, sha256, text, signatures, public_key, not_before, not_after)
values ($1, $2, $3, $4, $5, $6, $7) returning id;

-- name: mandate_areas_unknown
-- duties: desk
-- in: areas text[]
-- out: area text
-- Codes that no unit has today: a mandate means the unit that its code is when it is given.
select w.area from unnest($1) as w(area)
where w.area <> '*' and not exists (select from register.area a where a.code = w.area
	and register.area_stands(a.valid_from, a.valid_to, a.gone_by, ops.today()))
limit 1;

-- name: mandates_add
-- duties: desk
-- in: officer bigint, certificate bigint, roles text[], agencies text[], areas text[], limits bigint[]
-- out:
insert into auth.mandate (officer, certificate, role, agency, area, limit_dong)
select $1, $2, m.role, m.agency, m.area, m.most from unnest($3, $4, $5, $6) as m(role, agency, area, most);

-- name: certificates_in_force
-- duties: desk teller
-- in: login text
-- out: id bigint, login text, name text, sha256 bytea, text bytea, signatures bytea, public_key bytea, not_before timestamptz,
--      not_after timestamptz
-- By the real clock: a sandbox's business clock makes no certificate older.
select c.id, o.login, o.name, c.sha256, c.text, c.signatures, c.public_key, c.not_before, c.not_after
from auth.certificate c join auth.officer o on o.id = c.officer
where ($1 is null or o.login = $1) and not o.disabled and now() between c.not_before and c.not_after
	and not exists (select from auth.revocation r where r.certificate = c.id)
order by c.id desc;

-- name: certificate_by_hash
-- duties: desk
-- in: sha256 bytea
-- out: id bigint
select id from auth.certificate where sha256 = $1;

-- name: revocation_add
-- duties: desk
-- in: certificate bigint, text bytea, signatures bytea
-- out:
insert into auth.revocation (certificate, text, signatures) values ($1, $2, $3) on conflict do nothing;

-- name: revocations_all
-- duties: desk teller
-- in:
-- out: certificate bytea, text bytea, signatures bytea
select c.sha256 as certificate, r.text, r.signatures
from auth.revocation r join auth.certificate c on c.id = r.certificate order by c.id;

-- name: challenge_add
-- duties: desk
-- in: nonce bytea, login text
-- out:
-- Whoever asks for an unknown officer gets a nonce too, and learns nothing.
insert into auth.challenge (nonce, officer, expires_at)
select $1, id, now() + interval '2 minutes' from auth.officer where login = $2 and not disabled;

-- name: challenge_take
-- duties: desk
-- in: nonce bytea, login text
-- out: officer bigint
delete from auth.challenge c using auth.officer o
where c.nonce = $1 and o.id = c.officer and o.login = $2 and c.expires_at > now()
returning c.officer;

-- name: challenge_forget_old
-- duties: desk
-- in:
-- out:
-- Sessions too.
with nonces as (delete from auth.challenge where expires_at <= now())
delete from auth.session where expires_at <= now();

-- name: session_add
-- duties: desk
-- in: token_hash bytea, officer bigint
-- out: expires_at timestamptz
insert into auth.session (token_hash, officer, expires_at) values ($1, $2, now() + interval '10 hours') returning expires_at;

-- name: session_end
-- duties: desk
-- in: token_hash bytea
-- out:
delete from auth.session where token_hash = $1;

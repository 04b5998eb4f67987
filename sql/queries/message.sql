-- What banks say, as it came: sealed, once, for ever.

-- name: message_key_new
-- duties: gate teller desk
-- in: sealed bytea
-- out: id bigint
insert into bank.message_key (sealed) values ($1) returning id;

-- name: message_store
-- duties: teller
-- in: banks text[], directions text[], kinds text[], external_ids text[], dispatches bigint[], hashes bytea[], key bigint,
--     bodies bytea[], authentics boolean[]
-- out: id bigint, external_id text
insert into bank.message (bank, direction, kind, external_id, dispatch, sha256, key, body, authentic)
select m.bank, m.direction, m.kind, m.external_id, m.dispatch, m.sha256, $7, m.body, m.authentic
from unnest($1, $2, $3, $4, $5, $6, $8, $9) with ordinality
	as m(bank, direction, kind, external_id, dispatch, sha256, body, authentic, n)
order by m.n
on conflict (bank, direction, external_id) do nothing
returning id, external_id;

-- name: message_known
-- duties: teller
-- in: banks text[], directions text[], external_ids text[]
-- out: id bigint, external_id text, sha256 bytea
select m.id, m.external_id, m.sha256
from unnest($1, $2, $3) as a(bank, direction, external_id)
join bank.message m on m.bank = a.bank and m.direction = a.direction and m.external_id = a.external_id;

-- What the gate stores: callbacks, hundreds at a time.

-- name: gate_store
-- duties: gate
-- in: banks text[], kinds text[], external_ids text[], hashes bytea[], key bigint, bodies bytea[]
-- out: n bigint
-- Which of them are new. What is known already is left out beforehand, so that a repetition takes no id: whoever digests
-- messages by id would otherwise have to find out whether the gap is still being filled.
with come as (
	select c.bank, c.kind, c.external_id, c.sha256, c.body, c.n
	from unnest($1, $2, $3, $4, $6) with ordinality as c(bank, kind, external_id, sha256, body, n)
), stored as (
	insert into bank.message (bank, direction, kind, external_id, sha256, key, body, authentic)
	select c.bank, 'callback', c.kind, c.external_id, c.sha256, $5, c.body, true
	from come c
	where not exists (
		select from bank.message k where k.bank = c.bank and k.direction = 'callback' and k.external_id = c.external_id)
	order by c.n
	on conflict (bank, direction, external_id) do nothing
	returning bank, external_id, sha256
)
select c.n from stored s join come c on c.bank = s.bank and c.external_id = s.external_id and c.sha256 = s.sha256;

-- name: gate_known
-- duties: gate
-- in: banks text[], external_ids text[], hashes bytea[]
-- out: n bigint, same boolean
-- What is stored under the id of those that were not new: the same bytes, or others.
select c.n, m.sha256 = c.sha256 as same
from unnest($1, $2, $3) with ordinality as c(bank, external_id, sha256, n)
join bank.message m on m.bank = c.bank and m.direction = 'callback' and m.external_id = c.external_id;

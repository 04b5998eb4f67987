-- What the gate stores: callbacks, hundreds at a time.

-- name: gate_store
-- duties: gate
-- in: banks text[], kinds text[], external_ids text[], hashes bytea[], key bigint, bodies bytea[], stamps bigint[], window_s bigint
-- out: n bigint
-- Which of them are new. What is known already is left out beforehand, so that a repetition takes no id: whoever digests
-- messages by id would otherwise have to find out whether the gap is still being filled. What was not signed just now by this clock is not
-- new either: a host whose clock stepped back would take what is old.
with come as (
	select c.bank, c.kind, c.external_id, c.sha256, c.body, c.n
	from unnest($1, $2, $3, $4, $6, $7) with ordinality as c(bank, kind, external_id, sha256, body, stamp, n)
	where c.stamp between extract(epoch from now())::bigint - $8 and extract(epoch from now())::bigint + $8
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
-- in: banks text[], external_ids text[], hashes bytea[], stamps bigint[], window_s bigint
-- out: in_time boolean, same boolean
-- Each of those that were not stored, in their order: whether it was signed just now, and then whether its id has the same bytes. In the
-- transaction of gate_store, so that both mean the same moment.
select c.stamp between extract(epoch from now())::bigint - $5 and extract(epoch from now())::bigint + $5 as in_time, coalesce(m.sha256 = c.sha256, false) as same
from unnest($1, $2, $3, $4) with ordinality as c(bank, external_id, sha256, stamp, n)
left join bank.message m on m.bank = c.bank and m.direction = 'callback' and m.external_id = c.external_id
order by c.n;

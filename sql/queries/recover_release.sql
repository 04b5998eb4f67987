-- `chitra recover`: batches that were signed and released in commits that are lost, as their manifests have them.

-- name: recover_unreleased
-- duties: owner
-- in: batches bigint[], versions integer[]
-- out: n bigint, state text, version integer
-- Those that the dump has not got so far; version 0: it lacks the batch.
select a.n, coalesce(b.state, 'missing') as state, coalesce(b.version, 0) as version
from unnest($1, $2) with ordinality as a(batch, version, n)
left join payout.batch b on b.id = a.batch
where b.id is null or b.version <> a.version or b.state not in ('released', 'closed')
order by a.n;

-- name: recover_officers
-- duties: owner
-- in: logins text[]
-- out: n bigint, officer bigint, releases boolean
-- releases: was ever certified to release. When, nobody asks here: what left did so by his word.
select a.n, o.id as officer, exists (select from auth.mandate m where m.officer = o.id and m.role = 'release') as releases
from unnest($1) with ordinality as a(login, n)
left join auth.officer o on o.login = a.login
order by a.n;

-- name: recover_signed_guards_off
-- duties: owner
-- in:
-- out:
-- Until recover_signed_guards_on, in one transaction. Two guards ask who acts now; here officers acted long ago, and their signatures and the
-- manifest say so. A signed bundle grows by what its root proves to be in it. That they are several people, that none of them made the batch
-- and that it is what they signed stays asked.
do $$ begin
	alter table payout.batch_version disable trigger frozen_by_me;
	alter table payout.bundle_batch disable trigger guard;
	alter table payout.approval disable trigger by_me;
	alter table payout.release disable trigger by_me;
end $$;

-- name: recover_signed_guards_on
-- duties: owner
-- in:
-- out:
do $$ begin
	alter table payout.batch_version enable trigger frozen_by_me;
	alter table payout.bundle_batch enable trigger guard;
	alter table payout.approval enable trigger by_me;
	alter table payout.release enable trigger by_me;
end $$;

-- name: recover_versions
-- duties: owner
-- in: ids bigint[]
-- out:
-- Whoever made a batch submits it.
insert into payout.batch_version (batch, version, lines, sum_dong, root, frozen_by)
select b.id, b.version, b.lines, b.sum_dong, b.root, b.made_by from payout.batch b where b.id = any ($1);

-- name: recover_certificates
-- duties: owner
-- in: logins text[], sha256s bytea[], texts bytea[], signatures bytea[], keys bytea[], not_befores timestamptz[], not_afters timestamptz[]
-- out:
-- What it signed counts, its mandates do not: whether it was revoked after this dump, no archive says.
insert into auth.certificate (officer, sha256, text, signatures, public_key, not_before, not_after)
select o.id, a.sha256, a.text, a.signatures, a.key, a.not_before, a.not_after
from unnest($1, $2, $3, $4, $5, $6, $7) as a(login, sha256, text, signatures, key, not_before, not_after)
join auth.officer o on o.login = a.login
on conflict (sha256) do nothing;

-- name: recover_bundles
-- duties: owner
-- in: numbers bigint[], agencies text[], roots bytea[], batches integer[], lines bigint[], sums bigint[]
-- out:
-- Under the number that the books have; 0: they have none.
insert into payout.bundle (id, agency, root, batches, lines, sum_dong) overriding system value
select case a.number when 0 then nextval(pg_get_serial_sequence('payout.bundle', 'id')) else a.number end, g.id, a.root, a.batches, a.lines, a.total
from unnest($1, $2, $3, $4, $5, $6) as a(number, agency, root, batches, lines, total)
join org.agency g on g.code = a.agency
where not exists (select from payout.bundle u where u.root = a.root);

-- name: recover_bundle_batches
-- duties: owner
-- in: bundles bytea[], ns integer[], batches bigint[], versions integer[], roots bytea[], paths bytea[]
-- out:
insert into payout.bundle_batch (bundle, n, batch, version, root, path)
select u.id, a.n, a.batch, a.version, a.root, a.path
from unnest($1, $2, $3, $4, $5, $6) as a(bundle, n, batch, version, root, path)
join payout.bundle u on u.root = a.bundle
on conflict (bundle, n) do nothing;

-- name: recover_approvals
-- duties: owner
-- in: bundles bytea[], roles text[], logins text[], certificates bytea[], texts bytea[], signatures bytea[], ats timestamptz[]
-- out: n bigint, bundle bigint
-- Those that the dump lacks; with the number of their bundle.
with lacking as materialized (
	select a.n, u.id as bundle, a.role, o.id as officer, c.id as certificate, a.text, a.signature, a.at
	from unnest($1, $2, $3, $4, $5, $6, $7) with ordinality as a(bundle, role, login, certificate, text, signature, at, n)
	join payout.bundle u on u.root = a.bundle
	join auth.officer o on o.login = a.login
	join auth.certificate c on c.sha256 = a.certificate and c.officer = o.id
	where not exists (select from payout.approval x where x.bundle = u.id and x.officer = o.id)
), made as (
	insert into payout.approval (bundle, role, officer, certificate, text, signature, at)
	select l.bundle, l.role, l.officer, l.certificate, l.text, l.signature, l.at from lacking l order by l.n
)
select l.n, l.bundle from lacking l order by l.n;

-- name: recover_releases
-- duties: owner
-- in: batches bigint[], logins text[], planneds boolean[], ats timestamptz[]
-- out:
insert into payout.release (batch, officer, planned, at)
select a.batch, o.id, a.planned, a.at
from unnest($1, $2, $3, $4) as a(batch, login, planned, at)
join auth.officer o on o.login = a.login
where not exists (select from payout.release r where (r.batch, r.officer, r.planned) = (a.batch, o.id, a.planned));

-- name: recover_gone
-- duties: owner
-- in: dispatches bigint[]
-- out: dispatch bigint
-- Those that the dump lacks.
select a.dispatch from unnest($1) as a(dispatch) where not exists (select from payout.dispatch d where d.id = a.dispatch) order by a.dispatch;

-- name: recover_rows
-- duties: owner
-- in: channels text[]
-- out: channel text, payout bigint, id text, amount_dong bigint, account_hash bytea, line_hash bytea
-- What was released and has not left, as dispatches are made of it: what was released together, lot by lot.
select c.code as channel, p.id as payout, p.end_to_end_id as id, p.amount_dong, p.account_hash, p.line_hash
from payout.payout_state s
join payout.payout p on p.id = s.payout
join payout.batch b on b.id = p.batch
join org.channel c on c.id = b.channel
where s.state in (1, 2) and b.state = 'released' and c.code = any ($1)
order by c.code, (select max(r.at) from payout.release r where r.batch = b.id), b.programme, b.period, b.not_before, p.id;

-- name: recover_lost_channels
-- duties: owner
-- in: names text[]
-- out: channel text, since timestamptz, known_until timestamptz
-- Banks that these sent journals' tellers may have paid through since the rows heard of them last; until when the bank knows those ids, and
-- takes nothing twice: null: it does not. A journal of which the dump knows nothing may have paid through any.
select c.code as channel, case when bool_and(j.at is not null) then min(j.at) else 'epoch' end as since, case when bool_and(c.deduplicates and j.at is not null) then
	(((min(j.at) + (select i.clock_offset from ops.instance i)) at time zone 'Asia/Ho_Chi_Minh')::date + min(c.dedupe_days))::timestamp at time zone 'Asia/Ho_Chi_Minh' end as known_until
from unnest($1) as n(name)
left join ops.journal j on j.name = n.name
join org.channel c on c.kind = 'bank' and (j.banks is null or c.bank = any (j.banks))
where j.lost_at is null
group by c.code
order by c.code;

-- name: recover_lost_ready
-- duties: owner
-- in: channels text[], sinces timestamptz[], known_untils timestamptz[]
-- out: payout bigint, id text, amount_dong bigint, account_hash bytea, dispatch bigint, epoch integer, since timestamptz
-- What stands ready there and may leave when the bank knows it no more, with what stands in one dispatch with it.
with doubted as materialized (
	select r.dispatch, min(a.since) as since
	from unnest($1, $2, $3) as a(channel, since, known_until)
	join org.channel c on c.code = a.channel
	join payout.batch b on b.channel = c.id and b.state = 'released' and (a.known_until is null or b.valid_until >= a.known_until)
	join payout.payout p on p.batch = b.id
	join payout.payout_state s on s.payout = p.id and s.state = 1
	cross join lateral (select max(r.dispatch) as dispatch from payout.dispatch_range r where p.id between r.first_payout and r.last_payout) as r
	group by r.dispatch
)
select p.id as payout, p.end_to_end_id as id, p.amount_dong, p.account_hash, d.id as dispatch, d.epoch, x.since
from doubted x
join payout.dispatch d on d.id = x.dispatch
join payout.dispatch_range r on r.dispatch = d.id
join payout.payout p on p.id between r.first_payout and r.last_payout
join payout.payout_state s on s.payout = p.id and s.state = 1
order by d.id, p.id;

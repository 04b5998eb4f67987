-- The accounting books.

-- name: books_begin_post
-- duties: desk, teller, scribe
-- in: idems text[], idem_hashes bytea[], accounts text[]
-- out: first_seq bigint, recorded timestamptz, known integer[], known_seqs bigint[], accounts integer[], closed date
-- Holds the sequence until commit.
select first_seq, recorded, known, known_seqs, accounts, closed from books.begin_post($1, $2, $3);

-- name: books_closed_of
-- duties: desk, teller, scribe
-- in: accounts text[]
-- out: period date
-- The newest month that each account's agency has closed, in their order.
select c.period from books.closed_of($1) c order by c.n;

-- name: books_post
-- duties: desk, teller, scribe
-- in: first_seq bigint, recorded timestamptz, idems text[], idem_hashes bytea[], kinds text[], effectives date[],
--     lates boolean[], reverses bigint[], legs smallint[], leaves bytea[], leaf_hashes bytea[], of integer[], ns smallint[],
--     places integer[], amounts bigint[], accounts integer[], floors boolean
-- out: below text[]
select books.post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) as below;

-- name: books_recover
-- duties: owner
-- in: first_seq bigint, recordeds timestamptz[], idems text[], idem_hashes bytea[], kinds text[], effectives date[],
--     lates boolean[], reverses bigint[], legs smallint[], leaves bytea[], leaf_hashes bytea[], of integer[], ns smallint[],
--     places integer[], amounts bigint[], accounts integer[]
-- out:
select from books.recover($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: books_balance
-- duties: desk, teller, scribe
-- in: account text
-- out: balance bigint
select b.balance from books.ledger_account a join books.balance b on b.account = a.id where a.code = $1;

-- name: books_balances
-- duties: desk
-- in: account text
-- out: account text, balance bigint
-- Of this account, or of all.
select a.code as account, b.balance from books.ledger_account a join books.balance b on b.account = a.id
where $1::text is null or a.code = $1 order by a.code;

-- name: books_balances_recorded
-- duties: desk
-- in: account text, before timestamptz
-- out: account text, balance bigint
-- By what was booked before that instant: what each account's last posting until then says. Said as a range of (account, seq), which only its index has:
-- by p.account = a.id PostgreSQL goes back over all postings at five millions, and an account that did not move for long is far back.
select a.code as account, coalesce((select p.balance_after from books.posting p where p.account >= a.id and (p.account, p.seq) < (a.id, s.size)
	order by p.account desc, p.seq desc, p.n desc limit 1), 0) as balance
from books.ledger_account a cross join (select audit.size_at($2) as size offset 0) s
where $1::text is null or a.code = $1 order by a.code;

-- name: books_balances_effective
-- duties: desk
-- in: account text, day date
-- out: account text, balance bigint
-- By what counts for that day and those before it, whenever it was booked.
select a.code as account, coalesce((select sum(d.moved) from books.balance_day d where d.account = a.id and d.day <= $2), 0)::bigint as balance
from books.ledger_account a where $1::text is null or a.code = $1 order by a.code;

-- name: books_national
-- duties: desk
-- in: accounts text[]
-- out: n bigint, code text, name text, reviewed boolean
-- Their places in the national chart, as far as somebody knows them; in order.
select x.n, m.national_code as code, m.national_name as name, m.reviewed_by is not null as reviewed
from unnest($1) with ordinality as x(account, n)
left join rules.account_map m on m.family = split_part(x.account, ':', 1) || ':' || split_part(x.account, ':', 2)
order by x.n;

-- name: books_faults
-- duties: desk, scribe
-- in:
-- out: txns bigint, next_seq bigint, top_seq bigint, postings bigint, unbalanced bigint, orphans bigint, total bigint,
--     balances_off bigint, days_off bigint, steps_off bigint, below text[]
-- What must hold of the books as a whole, in one snapshot; steps_off: a balance_after that does not follow the one before it.
with sums as (
	select p.seq, count(*) as n, sum(p.amount) as total from books.posting p group by p.seq
), of_account as (
	select p.account, sum(p.amount) as total, max(p.seq) as seq, (array_agg(p.balance_after order by p.seq desc, p.n desc))[1] as last
	from books.posting p group by p.account
), steps as (
	select p.balance_after - p.amount - coalesce(lag(p.balance_after) over (partition by p.account order by p.seq, p.n), 0) as off
	from books.posting p
)
select
	(select count(*) from books.txn) as txns,
	(select c.next_seq from books.counter c) as next_seq,
	(select coalesce(max(t.seq), -1) from books.txn t) as top_seq,
	(select count(*) from books.posting) as postings,
	(select count(*) from books.txn t left join sums s on s.seq = t.seq
		where t.legs <> coalesce(s.n, 0) or coalesce(s.total, 0) <> 0) as unbalanced,
	(select count(*) from sums s left join books.txn t on t.seq = s.seq where t.seq is null) as orphans,
	(select coalesce(sum(p.amount), 0)::bigint from books.posting p) as total,
	(select count(*) from books.balance b full join of_account o on o.account = b.account
		where b.account is null or b.balance <> coalesce(o.total, 0) or b.balance <> coalesce(o.last, 0)
		or b.last_seq is distinct from o.seq) as balances_off,
	(select count(*) from (
		select coalesce(m.account, d.account) from (select t.effective as day, p.account, sum(p.amount) as moved
			from books.posting p join books.txn t on t.seq = p.seq group by 1, 2) m
		full join books.balance_day d on d.account = m.account and d.day = m.day
		where m.moved is distinct from d.moved) x) as days_off,
	(select count(*) from steps s where s.off <> 0) as steps_off,
	(select coalesce(array_agg(a.code order by a.code), '{}') from books.balance b join books.ledger_account a on a.id = b.account
		where a.normal * b.balance < a.floor_dong) as below;

-- name: books_leaves_whole
-- duties: desk, scribe
-- copy out: seq bigint, idem text, idem_hash bytea, kind text, effective date, recorded timestamptz, late boolean,
--     reverses bigint, leaf bytea, leaf_hash bytea, accounts text[], amounts bigint[]
-- Every transaction with its postings, for whoever reads each leaf again.
select t.seq, t.idem, t.idem_hash, t.kind, t.effective, t.recorded, t.late, t.reverses, t.leaf, t.leaf_hash,
	coalesce(p.accounts, '{}') as accounts, coalesce(p.amounts, '{}') as amounts
from books.txn t left join (
	select x.seq, array_agg(a.code order by x.n) as accounts, array_agg(x.amount order by x.n) as amounts
	from books.posting x join books.ledger_account a on a.id = x.account group by x.seq) p on p.seq = t.seq
order by t.seq;

-- name: books_heads
-- duties: desk, scribe
-- in:
-- out: size bigint, nodes bytea, root bytea, note bytea
-- With the note of its checkpoint: each has one.
select h.size, h.nodes, h.root, k.note from books.tree_head h left join books.checkpoint k on k.size = h.size order by h.size;

-- name: books_seal_begin
-- duties: scribe
-- in:
-- out: size bigint, nodes bytea, root bytea, next_seq bigint
-- Nobody else seals until commit.
select size, nodes, root, next_seq from books.seal_begin();

-- name: books_seal
-- duties: scribe
-- in: size bigint, nodes bytea, root bytea, note bytea, levels smallint[], tiles bigint[], roots bytea[]
-- out:
select from books.seal($1, $2, $3, $4, $5, $6, $7);

-- name: books_tiles
-- duties: desk, teller, scribe
-- in: levels smallint[], tiles bigint[], widths integer[]
-- out: hashes bytea
-- The first so many hashes of each, in their order: of a full tile, or of what is below one that is not full.
select case when w.width = 256 then (select t.hashes from books.tile t where t.level = w.level and t.n = w.n)
	when w.level = 0 then (select string_agg(t.leaf_hash, '' order by t.seq) from books.txn t
		where t.seq >= w.n * 256 and t.seq < w.n * 256 + w.width)
	else (select string_agg(t.root, '' order by t.n) from books.tile t
		where t.level = w.level - 1 and t.n >= w.n * 256 and t.n < w.n * 256 + w.width) end as hashes
from unnest($1, $2, $3) with ordinality as w(level, n, width, k) order by w.k;

-- name: books_tiles_whole
-- duties: desk, scribe
-- copy out: level smallint, n bigint, hashes bytea, root bytea, size bigint
-- size: of the tree that these are the tiles of; somebody may have sealed since the leaves were read.
select t.level, t.n, t.hashes, t.root, (select coalesce(max(h.size), 0) from books.tree_head h) as size from books.tile t order by t.level, t.n;

-- name: books_unsealed
-- duties: desk, scribe
-- in:
-- out: leaves bigint, waited_s bigint
-- What no checkpoint covers yet, and for how long the oldest of it has waited.
select c.next_seq - h.size as leaves, coalesce(extract(epoch from clock_timestamp() - t.recorded), 0)::bigint as waited_s
from books.counter c
cross join (select coalesce(max(size), 0) as size from books.tree_head) h
left join books.txn t on t.seq = h.size;

-- name: books_leaves
-- duties: scribe
-- in: first bigint, n bigint
-- out: seq bigint, idem text, idem_hash bytea, kind text, effective date, recorded timestamptz, late boolean,
--     reverses bigint, leaf bytea
-- By seq: whoever posts holds the counter until commit, so what is visible has no gap.
select t.seq, t.idem, t.idem_hash, t.kind, t.effective, t.recorded, t.late, t.reverses, t.leaf
from books.txn t where t.seq >= $1 and t.seq < $1 + $2 order by t.seq;

-- name: books_legs
-- duties: scribe
-- in: first bigint, n bigint
-- out: seq bigint, account text, amount bigint
-- Their postings. As rows: arrays of them for each transaction took twice the time.
select p.seq, a.code as account, p.amount
from books.posting p join books.ledger_account a on a.id = p.account
where p.seq >= $1 and p.seq < $1 + $2 order by p.seq, p.n;

-- name: books_leaf_hashes
-- duties: desk, teller, scribe
-- in: first bigint, n bigint
-- out: seq bigint, leaf_hash bytea
select t.seq, t.leaf_hash from books.txn t where t.seq >= $1 and t.seq < $1 + $2 order by t.seq;

-- name: books_head
-- duties: desk, teller, scribe
-- in:
-- out: next_seq bigint, size bigint, nodes bytea, root bytea, system text, timeline bigint, tables bigint
-- What is compared with the archive at every connect.
select c.next_seq, coalesce(h.size, 0) as size, coalesce(h.nodes, '') as nodes, coalesce(h.root, sha256('')) as root,
	s.system_identifier::text as system, ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint as timeline,
	c.tableoid::bigint as tables
from books.counter c cross join pg_control_system() s
	left join lateral (select t.size, t.nodes, t.root from books.tree_head t order by t.size desc limit 1) h on true;

-- name: books_checkpoint
-- duties: desk, teller, scribe
-- in:
-- out: next_seq bigint, size bigint, root bytea, note bytea, at timestamptz
-- The newest signed checkpoint, if there is one yet.
select c.next_seq, coalesce(h.size, 0) as size, coalesce(h.root, sha256('')) as root, k.note, k.at
from books.counter c
	left join lateral (select t.size, t.root from books.tree_head t order by t.size desc limit 1) h on true
	left join books.checkpoint k on k.size = h.size;

-- name: books_newest_checkpoint
-- duties: desk, scribe
-- in: from bigint
-- out: size bigint, note bytea
-- With the witnesses' lines behind it: of the last minute's checkpoints the one that most of them signed, for the newest was hardly
-- shown to them. None below `from`, if there is another.
select k.size, k.note || coalesce(c.lines, '') as note
from (select x.size, x.note, x.at from books.checkpoint x order by x.size desc limit 60) k left join lateral (
	select count(*) as n, string_agg(c.line, '' order by c.witness) as lines from books.cosignature c where c.size = k.size) c on true
where k.at >= (select x.at from books.checkpoint x order by x.size desc limit 1) - interval '1 minute'
order by k.size >= $1 desc, coalesce(c.n, 0) desc, k.size desc limit 1;

-- name: books_checkpoint_upto
-- duties: scribe
-- in: most bigint, witness text
-- out: size bigint, note bytea, cosigned boolean
select k.size, k.note, exists (select from books.cosignature c where c.size = k.size and c.witness = $2) as cosigned
from books.checkpoint k where k.size <= $1 order by k.size desc limit 1;

-- name: books_cosigned_upto
-- duties: scribe
-- in: witness text
-- out: size bigint
select coalesce(max(c.size), 0) as size from books.cosignature c where c.witness = $1;

-- name: books_unwitnessed
-- duties: scribe
-- in: witnesses text[], quorum bigint
-- out: leaves bigint, waited_s bigint, behind text
-- What lies in checkpoints that fewer than `quorum` of the witnesses have signed, or a later one; for how long the oldest of these checkpoints
-- has waited, and who has not signed it.
with upto as materialized (
	select n.name, coalesce((select max(c.size) from books.cosignature c where c.witness = n.name), 0) as size from unnest($1) n(name)
), signed as (
	select coalesce((select u.size from upto u order by u.size desc offset $2 - 1 limit 1), 0) as size
)
select coalesce((select max(k.size) from books.checkpoint k), 0) - s.size as leaves,
	coalesce(extract(epoch from clock_timestamp() - w.at), 0)::bigint as waited_s,
	coalesce((select string_agg(u.name, ', ' order by u.name) from upto u where u.size < w.size), '') as behind
from signed s
	left join lateral (select k.size, k.at from books.checkpoint k where k.size > s.size order by k.size limit 1) w on true;

-- name: books_cosign
-- duties: scribe
-- in: size bigint, witness text, line bytea
-- out:
select from books.cosign($1, $2, $3);

-- name: books_head_upto
-- duties: desk, teller, scribe
-- in: most bigint
-- out: size bigint, nodes bytea
select h.size, h.nodes from books.tree_head h where h.size <= $1 order by h.size desc limit 1;

-- name: books_rows_txn
-- duties: desk, scribe
-- in: first bigint, n bigint
-- out: seq bigint, idem text, kind text, effective date, recorded timestamptz, late boolean, reverses bigint, legs smallint,
--     leaf bytea, leaf_hash bytea
select t.seq, t.idem, t.kind, t.effective, t.recorded, t.late, t.reverses, t.legs, t.leaf, t.leaf_hash
from books.txn t where t.seq >= $1 and t.seq < $1 + $2 order by t.seq;

-- name: books_rows_posting
-- duties: desk, scribe
-- in: first bigint, n bigint
-- out: seq bigint, n smallint, account text, amount bigint, balance_after bigint
select p.seq, p.n, a.code as account, p.amount, p.balance_after
from books.posting p join books.ledger_account a on a.id = p.account where p.seq >= $1 and p.seq < $1 + $2 order by p.seq, p.n;

-- name: books_last_posting
-- duties: desk, scribe
-- in: size bigint
-- out: seq bigint, n smallint
select p.seq, p.n from books.posting p where p.seq < $1 order by p.seq desc, p.n desc limit 1;

-- name: books_released
-- duties: desk, scribe
-- in: size bigint
-- out: batch text
-- Of each batch that was released its number and version, b17.v1.released: 17.v1.
select substr(t.idem, 2, length(t.idem) - 10) as batch from books.txn t
where t.idem >= 'b' and t.idem < 'c' and t.kind = 'batch.released' and t.seq < $1 order by t.seq;

-- name: books_rows_balance
-- duties: desk, scribe
-- in: size bigint
-- out: account text, balance bigint
-- What the balance says, less what was posted after so many transactions.
select a.code as account, (b.balance - coalesce((select sum(p.amount) from books.posting p where p.account = a.id and p.seq >= $1), 0))::bigint as balance
from books.balance b join books.ledger_account a on a.id = b.account
where exists (select from books.posting p where p.account = a.id and p.seq < $1)
order by a.code;

-- name: books_rows_balance_day
-- duties: desk, scribe
-- in: size bigint
-- out: account text, day date, moved bigint
select x.account, x.day, x.moved from (
	select a.code as account, d.day, (d.moved - coalesce(l.moved, 0))::bigint as moved, l.account is null as old
	from books.balance_day d join books.ledger_account a on a.id = d.account
		left join (select p.account, t.effective as day, sum(p.amount) as moved from books.txn t join books.posting p on p.seq = t.seq
			where t.seq >= $1 group by 1, 2) l on l.account = d.account and l.day = d.day
) x
where x.old or x.moved <> 0 or exists (select from books.txn t join books.posting p on p.seq = t.seq
	join books.ledger_account a on a.id = p.account where a.code = x.account and t.effective = x.day and t.seq < $1)
order by x.account, x.day;

-- name: books_leaves_named
-- duties: desk
-- in: names text[]
-- out: seq bigint, leaf bytea
-- In their order: the leaf that says that the payout of this end-to-end id was paid (by a statement or an agent's list, or by two
-- officers' finding), or the one of this number, or of this key; null where there is none.
select t.seq, t.leaf from unnest($1) with ordinality as w(name, k) left join books.txn t on t.seq = case
	when w.name ~ '^[0-9]{1,18}$' then w.name::bigint
	else (select x.seq from books.txn x where x.idem = coalesce(
		(select 'p' || p.id || '.settled' from payout.payout p where p.end_to_end_id = w.name), w.name)) end
order by w.k;

-- name: books_export_bounds
-- duties: desk, scribe
-- in: first date, last date, at_most bigint
-- out: size bigint, note bytea
-- The smallest checkpoint, not above `at_most`, that covers whatever a checkpoint covers of this month: so it stays the same until there is
-- more. What came late for the month is another one's; what this month tells of late ones is its own.
select k.size, k.note from books.checkpoint k where k.size <= $3 and k.size > greatest((
	select max(t.seq) from books.txn t where t.effective between $1 and $2 and not t.late
		and t.seq < (select max(n.size) from books.checkpoint n where n.size <= $3)), (
	select max(l.seq) from books.late l where l.reported = $1 and l.seq < (select max(n.size) from books.checkpoint n where n.size <= $3)))
order by k.size limit 1;

-- name: books_export_accounts
-- duties: desk, scribe
-- in: day date, size bigint
-- out: account text, balance bigint
-- What was in each account before the day, which is a month's first, by the first so many transactions, but for what is told of only from
-- then on; the accounts that they used.
select a.code as account, (coalesce((select sum(d.moved) from books.balance_day d where d.account = a.id and d.day < $1), 0)
	- coalesce(l.moved, 0))::bigint as balance
from books.ledger_account a
	left join (select p.account, sum(p.amount) as moved from (
			select t.seq from books.txn t where t.seq >= $2 and t.effective < $1
			union all
			select x.seq from books.late x where x.seq < $2 and x.effective < $1 and x.reported >= $1) t
		join books.posting p on p.seq = t.seq group by p.account) l on l.account = a.id
where exists (select from books.posting p where p.account = a.id and p.seq < $2)
order by a.code;

-- name: books_export_leaves
-- duties: desk, scribe
-- in: day date, seq bigint, last date, size bigint, n bigint
-- out: effective date, seq bigint, leaf bytea, leaf_hash bytea
-- The next ones after (day, seq) that moved money or are a bank's statement, and came in time.
select t.effective, t.seq, t.leaf, t.leaf_hash from books.txn t
where (t.effective, t.seq) > ($1, $2) and t.effective <= $3 and t.seq < $4 and (t.legs > 0 or t.kind = 'statement.file') and not t.late
order by t.effective, t.seq limit $5;

-- name: books_export_late
-- duties: desk, scribe
-- in: day date, seq bigint, period date, size bigint, n bigint
-- out: effective date, seq bigint, leaf bytea, leaf_hash bytea
-- Those that moved money for a closed month and are told of in this one.
select t.effective, t.seq, t.leaf, t.leaf_hash from books.late t
where (t.effective, t.seq) > ($1, $2) and t.reported = $3 and t.seq < $4 and t.legs > 0
order by t.effective, t.seq limit $5;

-- name: books_export_ask
-- duties: desk
-- in: sha256 bytea, period date, format text, size bigint
-- out:
-- Not again what waits for its answer, or has a signature.
insert into ops.export (sha256, period, format, size)
select $1, $2, $3, $4 where not exists (select from ops.export e left join ops.export_answer a on a.export = e.id
	where e.sha256 = $1 and e.period = $2 and e.format = $3 and e.size = $4 and a.refused is null);

-- name: books_export_answer
-- duties: desk
-- in: sha256 bytea, period date, format text, size bigint
-- out: note bytea, refused text
-- To what was asked last.
select a.note, a.refused from ops.export_answer a where a.export = (select max(e.id) from ops.export e
	where e.sha256 = $1 and e.period = $2 and e.format = $3 and e.size = $4);

-- name: books_export_waiting
-- duties: scribe
-- in:
-- out: id bigint, sha256 bytea, period date, format text, size bigint
select e.id, e.sha256, e.period, e.format, e.size from ops.export e
where not exists (select from ops.export_answer a where a.export = e.id) order by e.id limit 1;

-- name: books_export_answered
-- duties: scribe
-- in: export bigint, note bytea, refused text
-- out:
insert into ops.export_answer (export, note, refused) values ($1, $2, $3);

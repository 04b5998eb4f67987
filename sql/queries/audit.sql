-- `chitra ledger query`: what auditors ask of the books. Every page goes on after a key that the last one ended with, along an index.

-- name: audit_reach
-- duties: desk
-- in:
-- out: everywhere boolean, agencies text[], wards text[]
select everywhere, agencies, wards from audit.reach();

-- name: audit_bounds
-- duties: desk
-- in: as_of timestamptz, recorded_from timestamptz, recorded_to timestamptz, first_day date, last_day date
-- out: next_seq bigint, sealed bigint, as_of bigint, first bigint, last bigint, first_of_days bigint, last_of_days bigint
-- Which numbers the times and days lie between.
select c.next_seq, coalesce((select max(k.size) from books.checkpoint k), 0) as sealed, audit.size_at($1) as as_of,
	audit.size_at($2) as first, audit.size_at($3) as last, d.first as first_of_days, d.last as last_of_days
from books.counter c
left join lateral (select min(t.seq) as first, max(t.seq) as last from (select t.seq from books.txn t
	where num_nonnulls($4::date, $5::date) > 0 and t.effective between coalesce($4, '-infinity') and coalesce($5, 'infinity') offset 0) t) d on true;

-- name: audit_account
-- duties: desk
-- in: account text
-- out: account integer, agency text
-- And whose it is: the families' third word is an agency, a funding account, or an agent's channel.
select a.id as account, g.code as agency
from books.ledger_account a
left join org.channel c on a.code like 'assets:agent:%' and c.code = split_part(a.code, ':', 3)
left join org.funding_account f on f.id = c.funding_account or (split_part(a.code, ':', 4) = '' and f.code = split_part(a.code, ':', 3))
left join org.agency g on g.id = f.agency or (split_part(a.code, ':', 4) <> '' and g.code = split_part(a.code, ':', 3))
where a.code = $1;

-- name: audit_payouts_known
-- duties: desk
-- in: payout_id text, payout bigint, person bigint, agencies text[], wards text[]
-- out: payouts bigint[], out_of_reach bigint
-- One by either of its names, or those of a person under all of that person's numbers; and how many of them the mandate does not reach.
select coalesce(array_agg(x.id order by x.id) filter (where x.seen), '{}') as payouts, count(*) filter (where not x.seen) as out_of_reach
from (
	select p.id, $4::text[] is null or g.code = any ($4)
		or g.code || ' ' || b.area_code || ' ' || to_char(b.area_valid_from, 'YYYY-MM-DD') = any ($5) as seen
	from (
		select p.id, p.batch from payout.payout p where $1::text is not null and p.end_to_end_id = $1
		union all select p.id, p.batch from payout.payout p where $2::bigint is not null and p.id = $2
		union all select p.id, p.batch from unnest(register.selves($3)) s(person)
			join payout.claim c on c.person = s.person join payout.payout p on p.claim = c.id where $3::bigint is not null
	) p
	join payout.batch b on b.id = p.batch
	join org.agency g on g.id = b.agency
) x;

-- name: audit_seqs_of_payouts
-- duties: desk
-- in: payouts bigint[]
-- out: seqs bigint[]
-- Whatever the books say of these payouts: their own, their batches', approvals', dispatches', claims' and differences' transactions, what is
-- claimed back of a second payment, and what took any of it back.
with p as materialized (
	select p.id, p.claim, p.batch, s.dispatch from unnest($1) i(id) join payout.payout p on p.id = i.id
	left join payout.payout_state s on s.payout = p.id
), words as (
	select 'p' || p.id as word from p
	union select 'c' || p.claim from p
	union select 'b' || p.batch from p
	union select 'd' || p.dispatch from p where p.dispatch is not null
	union select x || k.id from p join recon.break k on k.payout = p.id, unnest(array['k', 'w']) as x
	union select 'a' || x.bundle || '.' || o.login from p join payout.batch b on b.id = p.batch
		join payout.bundle_batch x on x.batch = b.id and x.version = b.version join payout.approval a on a.bundle = x.bundle
		join auth.officer o on o.id = a.officer
)
select array(select k.seq from audit.keyed(array(select w.word from words w)) k(seq) order by 1) as seqs;

-- name: audit_seqs_of_batch
-- duties: desk
-- in: batch bigint
-- out: seqs bigint[]
-- Of the batch as a whole: approvals, release, dispatches; what became of each payout is asked by payout.
select array(select k.seq from audit.keyed(array(
	select 'b' || $1
	union select 'a' || x.bundle || '.' || o.login from payout.bundle_batch x join payout.approval a on a.bundle = x.bundle
		join auth.officer o on o.id = a.officer where x.batch = $1
	union select 'd' || s.dispatch from payout.payout p join payout.payout_state s on s.payout = p.id where p.batch = $1 and s.dispatch is not null
)) k(seq) order by 1) as seqs;

-- name: audit_seqs_of_entry
-- duties: desk
-- in: entry text
-- out: seqs bigint[]
-- By the bank's name for its entry, on whichever statement: its key in the books, the payout's that it paid or gave back, its differences'.
with line as materialized (
	select f.code as funding_account, s.day, l.id, l.payout, l.direction
	from bank.statement s join bank.statement_line l on l.statement = s.id and l.entry_ref = $1
	join org.funding_account f on f.id = s.funding_account
)
select array(select k.seq from audit.keyed(array(
	select 'l' || l.funding_account || '.' || l.day || '.' || left(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 32) from line l
	union select 'i' || f.code || '.' || left(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 32) from org.funding_account f
	union select 'p' || l.payout || case l.direction when 'debit' then '.settled' else '.returned' end from line l where l.payout is not null
	union select x || k.id from line l join recon.break k on k.line = l.id, unnest(array['k', 'w']) as x
)) k(seq) order by 1) as seqs;

-- name: audit_transactions
-- duties: desk
-- in: first bigint, size bigint, first_day date, last_day date, kinds text[], account integer, at_least bigint, at_most bigint, officer text,
--     seqs bigint[], agencies text[], wards text[], n integer
-- out: seq bigint, kind text, key text, effective date, recorded timestamptz, late boolean, reverses bigint, amount_dong bigint, actor text,
--      officers text[], payout_id text, entry text, refs text, source text, accounts text[], amounts bigint[], leaf_hash bytea, leaf text
select t.seq, t.kind, t.key, t.effective, t.recorded, t.late, t.reverses, t.amount_dong, t.actor, t.officers, t.payout_id, t.entry, t.refs,
	t.source, array(select a.code from books.posting p join books.ledger_account a on a.id = p.account where p.seq = t.seq order by p.n) as accounts,
	array(select p.amount from books.posting p where p.seq = t.seq order by p.n) as amounts, t.leaf_hash, t.leaf
from (select m.seq from audit.matching($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) m order by m.seq limit $13) x
cross join lateral (select * from audit.transaction t where t.seq = x.seq offset 0) t
order by t.seq;

-- name: audit_transactions_of_legs
-- duties: desk
-- in: first bigint, size bigint, first_day date, last_day date, kinds text[], account integer, at_least bigint, at_most bigint, officer text,
--     seqs bigint[], agencies text[], wards text[], n integer
-- out: seq bigint, kind text, key text, effective date, recorded timestamptz, late boolean, reverses bigint, amount_dong bigint, actor text,
--      officers text[], payout_id text, entry text, refs text, source text, accounts text[], amounts bigint[], leaf_hash bytea, leaf text
-- The same by account or amount.
select t.seq, t.kind, t.key, t.effective, t.recorded, t.late, t.reverses, t.amount_dong, t.actor, t.officers, t.payout_id, t.entry, t.refs,
	t.source, array(select a.code from books.posting p join books.ledger_account a on a.id = p.account where p.seq = t.seq order by p.n) as accounts,
	array(select p.amount from books.posting p where p.seq = t.seq order by p.n) as amounts, t.leaf_hash, t.leaf
from (select m.seq from audit.matching_legs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) m order by m.seq limit $13) x
cross join lateral (select * from audit.transaction t where t.seq = x.seq offset 0) t
order by t.seq;

-- name: audit_transactions_by_day
-- duties: desk
-- in: first bigint, size bigint, first_day date, last_day date, kinds text[], account integer, at_least bigint, at_most bigint, officer text,
--     seqs bigint[], agencies text[], wards text[], n integer, after_day date, after_seq bigint
-- out: seq bigint, kind text, key text, effective date, recorded timestamptz, late boolean, reverses bigint, amount_dong bigint, actor text,
--      officers text[], payout_id text, entry text, refs text, source text, accounts text[], amounts bigint[], leaf_hash bytea, leaf text
-- The same in the order of the day that they count for.
select t.seq, t.kind, t.key, t.effective, t.recorded, t.late, t.reverses, t.amount_dong, t.actor, t.officers, t.payout_id, t.entry, t.refs,
	t.source, array(select a.code from books.posting p join books.ledger_account a on a.id = p.account where p.seq = t.seq order by p.n) as accounts,
	array(select p.amount from books.posting p where p.seq = t.seq order by p.n) as amounts, t.leaf_hash, t.leaf
from (select m.effective, m.seq from audit.matching($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) m
	where (m.effective, m.seq) > ($14, $15) order by m.effective, m.seq limit $13) x
cross join lateral (select * from audit.transaction t where t.seq = x.seq offset 0) t
order by t.effective, t.seq;

-- name: audit_sample
-- duties: desk
-- in: first bigint, size bigint, first_day date, last_day date, kinds text[], account integer, at_least bigint, at_most bigint, officer text,
--     seqs bigint[], agencies text[], wards text[], n integer, seed text
-- out: seqs bigint[], population bigint
-- Those n whose SHA-256 of the seed and their number are the smallest.
with m as materialized (
	select m.seq from audit.matching($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) m
	union all select m.seq from audit.matching_legs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) m
)
select array(select x.seq from (select m.seq from m
		order by sha256(convert_to(concat_ws(E'\n', 'chitra-sample/v1', $14, m.seq, ''), 'UTF8')), m.seq limit $13) x order by 1) as seqs,
	(select count(*) from m) as population;

-- name: audit_sample_by_amount
-- duties: desk
-- in: first bigint, size bigint, first_day date, last_day date, kinds text[], account integer, at_least bigint, at_most bigint, officer text,
--     seqs bigint[], agencies text[], wards text[], n integer, seed text
-- out: seqs bigint[], population bigint, population_dong bigint
-- Monetary units: the đồng of all of them in the order of their numbers, from 0; of these those that stand at start, start + step, …: whose they
-- are, is drawn. step = sum / n, start = the first 15 hex digits of SHA-256 of the seed, modulo step.
with m as materialized (
	select a.seq, a.amount, (sum(a.amount) over (order by a.seq rows unbounded preceding))::bigint as upto
	from (select p.seq, sum(p.amount)::bigint as amount from (select m.seq from audit.matching($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) m
			union all select m.seq from audit.matching_legs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) m) m
		join books.posting p on p.seq = m.seq and p.amount > 0 group by p.seq) a
), total as (
	select count(*) as n, coalesce(max(m.upto), 0) as dong, greatest(coalesce(max(m.upto), 0) / $13, 1) as step from m
), begun as (
	select t.*, ('x' || left(encode(sha256(convert_to(concat_ws(E'\n', 'chitra-sample/v1', $14, 'start', ''), 'UTF8')), 'hex'), 15))::bit(60)::bigint
		% t.step as start from total t
)
-- Points below x: those 0 … n − 1 whose start + k · step < x.
select array(select m.seq from m where least($13, greatest(0, (m.upto - b.start + b.step - 1) / b.step))
		> least($13, greatest(0, (m.upto - m.amount - b.start + b.step - 1) / b.step)) order by 1) as seqs,
	b.n as population, b.dong as population_dong
from begun b;

-- name: audit_postings
-- duties: desk
-- in: account integer, first bigint, after_n smallint, size bigint, first_day date, last_day date, kinds text[], at_least bigint, at_most bigint, n integer
-- out: seq bigint, n smallint, account text, amount_dong bigint, balance_dong bigint, kind text, key text, payout_id text,
--      effective date, recorded timestamptz
-- Of one account, with its balance after each. After (first, after_n).
select p.seq, p.n, a.code as account, p.amount as amount_dong, p.balance_after as balance_dong, t.kind, t.idem as key,
	substring(convert_from(t.leaf, 'UTF8') from '\nid ([^\n]*)') as payout_id, t.effective, t.recorded
from books.posting p join books.ledger_account a on a.id = p.account join books.txn t on t.seq = p.seq
where p.account = $1 and (p.seq, p.n) > ($2, $3) and p.seq < $4 and t.seq >= $2 and t.seq < $4
	and ($5::date is null or t.effective >= $5) and ($6::date is null or t.effective <= $6)
	and ($7::text[] is null or t.kind = any ($7)) and ($8::bigint is null or abs(p.amount) between $8 and $9)
order by p.seq, p.n limit $10;

-- name: audit_payouts
-- duties: desk
-- in: payouts bigint[], batch bigint, after_batch bigint, after_line integer, agencies text[], wards text[], n integer
-- out: payout bigint, payout_id text, batch bigint, line integer, claim bigint, issue smallint, amount_dong bigint, programme text, month date,
--      kind text, agency text, area_code text, channel text, state text, state_at timestamptz, dispatch bigint, settled_seq bigint, unpaid_seq bigint,
--      returned_seq bigint, entry text, breaks bigint[], line_hash bytea
select p.payout, p.payout_id, p.batch, p.line, p.claim, p.issue, p.amount_dong, p.programme, p.month, p.kind, p.agency, p.area_code, p.channel,
	p.state, p.state_at, p.dispatch, p.settled_seq, p.unpaid_seq, p.returned_seq, p.entry, p.breaks, p.line_hash
from (
	select l.id, l.batch, l.line
	from (select b.id from payout.batch b join org.agency g on g.id = b.agency
		where $1::bigint[] is null and b.id >= $3 and ($2::bigint is null or b.id = $2)
			and ($5::text[] is null or g.code = any ($5) or g.code || ' ' || b.area_code || ' ' || to_char(b.area_valid_from, 'YYYY-MM-DD') = any ($6))
		order by b.id) b
	cross join lateral (select l.id, l.batch, l.line from payout.payout l where l.batch = b.id and (l.batch, l.line) > ($3, $4) order by l.line limit $7) l
	order by b.id, l.line limit $7
) x cross join lateral (select * from audit.payout p where p.payout = x.id offset 0) p
union all
select p.payout, p.payout_id, p.batch, p.line, p.claim, p.issue, p.amount_dong, p.programme, p.month, p.kind, p.agency, p.area_code, p.channel,
	p.state, p.state_at, p.dispatch, p.settled_seq, p.unpaid_seq, p.returned_seq, p.entry, p.breaks, p.line_hash
from (select i.id from unnest($1) i(id) join payout.payout l on l.id = i.id where $1::bigint[] is not null and (l.batch, l.line) > ($3, $4)
	order by l.batch, l.line limit $7) x cross join lateral (select * from audit.payout p where p.payout = x.id offset 0) p
order by batch, line;

-- name: audit_entries_of_payouts
-- duties: desk
-- in: payouts bigint[]
-- out: entries text[]
-- What the bank calls the lines that are these payouts': their leaves and differences say it.
select array(
	select replace(replace(substring(convert_from(t.leaf, 'UTF8') from '\nentry ([^\n]*)'), '%20', ' '), '%25', '%')
		from unnest($1) p(id) join books.txn t on t.idem in ('p' || p.id || '.settled', 'p' || p.id || '.returned')
	union select l.entry_ref from recon.break k join bank.statement_line l on l.id = k.line where k.payout = any ($1)) as entries;

-- name: audit_lines
-- duties: desk
-- in: statements_of text, first_day date, last_day date, entries text[], after_statement bigint, after_line integer, after_detail integer,
--     agencies text[], n integer
-- out: line_id bigint, statement bigint, funding_account text, day date, line integer, detail integer, entry text, direction text, amount_dong bigint,
--      value_date date, payout_id text, payout bigint, amount_fits boolean, account_fits boolean, text text, returned_reason text, became text[], breaks bigint[]
-- In the order in which the statements came, each as the bank wrote it.
select l.line_id, l.statement, l.funding_account, l.day, l.line, l.detail, l.entry, l.direction, l.amount_dong, l.value_date, l.payout_id, l.payout,
	l.amount_fits, l.account_fits, l.text, l.returned_reason, l.became, l.breaks
from (
	select l.id, l.statement, l.line, l.detail
	from (select s.id from bank.statement s join org.funding_account f on f.id = s.funding_account join org.agency g on g.id = f.agency
		where s.id >= $5 and ($1::text is null or f.code = $1) and ($2::date is null or s.day >= $2) and ($3::date is null or s.day <= $3)
			and ($8::text[] is null or g.code = any ($8))
		order by s.id) s
	cross join lateral (select l.id, l.statement, l.line, l.detail from bank.statement_line l
		where l.statement = s.id and (l.statement, l.line, l.detail) > ($5, $6, $7)
			and ($4::text[] is null or l.entry_ref = any ($4))
		order by l.line, l.detail limit $9) l
	order by s.id, l.line, l.detail limit $9
) x cross join lateral (select * from audit.statement_line l where l.line_id = x.id offset 0) l
order by l.statement, l.line, l.detail;

-- name: audit_batches
-- duties: desk
-- in: batch bigint, after_batch bigint, agencies text[], wards text[], n integer
-- out: batch bigint, agency text, programme text, period date, area_code text, channel text, funding_account text, state text, version integer,
--      lines integer, sum_dong bigint, made_by text, made_at timestamptz, checked_by text[], approved_by text[], released_by text[], approved_seq bigint,
--      released_seq bigint, root bytea
select b.batch, b.agency, b.programme, b.period, b.area_code, b.channel, b.funding_account, b.state, b.version, b.lines, b.sum_dong, b.made_by,
	b.made_at, b.checked_by, b.approved_by, b.released_by, b.approved_seq, b.released_seq, b.root
from audit.batch b
where b.batch > $2 and ($1::bigint is null or b.batch = $1)
	and ($3::text[] is null or b.agency = any ($3) or b.agency || ' ' || b.area_code || ' ' || to_char(b.area_valid_from, 'YYYY-MM-DD') = any ($4))
order by b.batch limit $5;

-- name: audit_breaks
-- duties: desk
-- in: after_break bigint, first_day date, last_day date, payouts bigint[], entry text, agencies text[], n integer
-- out: break bigint, kind text, funding_account text, day date, entry text, payout_id text, amount_dong bigint, note text, opened_at timestamptz,
--      outcome text, resolved_on date, resolved_by text[], opened_seq bigint, resolved_seq bigint, taken_back_seq bigint
select k.break, k.kind, k.funding_account, k.day, k.entry, k.payout_id, k.amount_dong, k.note, k.opened_at, k.outcome, k.resolved_on,
	k.resolved_by, k.opened_seq, k.resolved_seq, k.taken_back_seq
from audit.break k
where k.break > $1 and ($2::date is null or k.day >= $2) and ($3::date is null or k.day <= $3)
	and ($4::bigint[] is null or k.payout = any ($4)) and ($5::text is null or k.entry = $5)
	and ($6::text[] is null or exists (select from org.funding_account f join org.agency g on g.id = f.agency
		where f.code = k.funding_account and g.code = any ($6)))
order by k.break limit $7;

-- name: audit_acts
-- duties: desk
-- in: officer text, from timestamptz, upto timestamptz, after_at timestamptz, after_hash bigint, n integer
-- out: at timestamptz, officer text, what text, object text, note text, hash bigint
select a.at, a.officer, a.what, a.object, a.note, a.hash
from (select a.*, hashtextextended(concat_ws(E'\n', a.officer, a.what, a.object, a.note), 0) as hash from audit.act a) a
where ($1::text is null or a.officer = $1) and a.at >= $2 and a.at < $3 and (a.at, a.hash) > ($4, $5)
order by a.at, a.hash limit $6;

-- name: audit_save
-- duties: desk
-- in: name text, words text[]
-- out: kept bigint
with kept as (insert into audit.saved_query (officer, name, words) values (auth.me(), $1, $2) on conflict do nothing returning name)
select count(*) as kept from kept;

-- name: audit_saved
-- duties: desk
-- in:
-- out: name text, words text[], saved_at timestamptz
select s.name, s.words, s.saved_at from audit.saved_query s where s.officer = auth.me() order by s.name;

-- name: audit_drop
-- duties: desk
-- in: name text
-- out: dropped bigint
with gone as (delete from audit.saved_query s where s.officer = auth.me() and s.name = $1 returning s.name)
select count(*) as dropped from gone;

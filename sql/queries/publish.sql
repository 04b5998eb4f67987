-- What is published beside the tree for whoever checks the books: statements and paid lists, line by line.

-- name: publish_sheets
-- duties: desk, scribe
-- in: size bigint
-- out: name text, statement bigint, list bigint
-- Every statement that has a leaf below $1, under the name that its file has; null: its rows are lost, until it is fetched again. And the cash agents' lists
-- that were confirmed and whose payouts were booked. A list is named by the first 32 digits of its hash, as its leaves name it.
select 'statement/' || x.funding || '/' || x.day as name, s.id as statement, null::bigint as list
from (select t.seq, substring(t.idem from '^s(.*)[.]') as funding, t.effective::text as day, t.effective from books.txn t
	where t.idem >= 's' and t.idem < 't' and t.kind = 'statement.file' and t.seq < $1) x
left join org.funding_account f on f.code = x.funding
left join bank.statement s on s.funding_account = f.id and s.day = x.effective
union all
select 'cash/' || substring(m.external_id for 32) as name, null::bigint as statement, l.id as list
from recon.cash_list l join bank.message m on m.id = l.message
where l.second_officer is not null and exists (select from recon.cash_line c join books.txn t on t.idem = 'p' || c.payout || '.settled'
	where c.list = l.id and c.paid and t.seq < $1)
order by name;

-- name: publish_pages
-- duties: desk, scribe
-- in: statement bigint
-- out: page bigint, sha256 bytea
-- As they were stored when they came: by their names.
select p.page, (array_agg(m.sha256 order by m.id))[1] as sha256
from bank.statement s
join org.funding_account f on f.id = s.funding_account
cross join generate_series(1, s.pages::bigint) as p(page)
left join bank.message m on m.direction = 'file' and m.kind = 'statement' and m.external_id = f.code || '.' || s.day || '.' || p.page
	and m.bank = any (array(select c.bank from org.channel c where c.funding_account = f.id))
where s.id = $1
group by p.page order by p.page;

-- name: publish_lines
-- duties: desk, scribe
-- in: statement bigint, line integer, part integer, n bigint
-- out: line integer, part integer, debit boolean, amount_dong bigint, value_date date, id text, entry text
-- The next ones. Of the bank's words only its name for the entry; an id only where it is a payout's of ours.
select l.line, l.detail as part, l.direction = 'debit' as debit, l.amount_dong, l.value_date,
	case when l.payout is not null then l.end_to_end_id end as id, l.entry_ref as entry
from bank.statement_line l
where l.statement = $1 and (l.line, l.detail) > ($2, $3)
order by l.line, l.detail limit $4;

-- name: publish_list
-- duties: desk, scribe
-- in: list bigint, line integer, part integer, n bigint
-- out: line integer, part integer, debit boolean, amount_dong bigint, value_date date, id text, entry text
-- What an agent paid, in the same columns: a row of its list and, where it is for several payouts, which of them.
select x.line, x.part, true as debit, x.amount_dong, x.value_date, x.id, x.entry
from (select c.n as line, (row_number() over (partition by c.n order by c.payout))::integer as part, c.amount_dong, c.day as value_date, p.end_to_end_id as id,
		'list:' || substring(m.external_id for 32) || ' row:' || c.n as entry
	from recon.cash_line c join payout.payout p on p.id = c.payout
	join recon.cash_list l on l.id = c.list join bank.message m on m.id = l.message
	where c.list = $1 and c.paid) x
where (x.line, x.part) > ($2, $3)
order by x.line, x.part limit $4;

-- name: publish_dispatches
-- duties: desk, scribe
-- in: after bigint, size bigint
-- out: leaf bigint, line text
-- What each dispatch sent, in the order in which its root was made: lines of batches, from and to. Of leaves above $1 and below $2.
-- Batches that were made at the same time have their payouts' ids mixed: a run ends where another batch's lines come between, too.
select x.seq as leaf, x.seq || ',' || x.dispatch || ',' || x.batch || ',' || min(x.line) || ',' || max(x.line) as line
from (select d.seq, d.dispatch, p.id, p.batch, p.line, p.line - row_number() over (partition by d.seq, p.batch order by p.id) as run,
		p.line - row_number() over (partition by d.seq order by p.id) as between_others
	from (select t.seq, substring(t.idem from '^d([0-9]+)')::bigint as dispatch from books.txn t
		where t.idem >= 'd' and t.idem < 'e' and t.kind = 'dispatch.sent' and t.seq > $1 and t.seq < $2) d
	join payout.dispatch_range r on r.dispatch = d.dispatch
	join payout.payout p on p.id between r.first_payout and r.last_payout
	join payout.payout_state s on s.payout = p.id and s.dispatch = d.dispatch) x
group by x.seq, x.dispatch, x.batch, x.run, x.between_others
order by x.seq, min(x.id);

-- name: publish_ended_claims
-- duties: desk, scribe
-- in: after bigint, size bigint
-- out: leaf bigint, line text
-- Which claim a leaf names that voids or cancels one, as the signed lines name it: without the person, whose anchor is a keyed hash.
select t.seq as leaf, t.seq || ',' || c.programme || ' ' || to_char(c.month, 'YYYY-MM') || ' ' || c.kind || ' ' || encode(n.anchor, 'hex')
	|| ' ' || c.instalment as line
from books.txn t
join payout.claim c on c.id = substring(t.idem from '^c([0-9]+)')::bigint
join register.person n on n.id = c.person
where t.idem >= 'c' and t.idem < 'd' and t.kind in ('claim.voided', 'unclaimed.cancelled') and t.seq > $1 and t.seq < $2
order by t.seq;

-- Periods that two officers close.

-- name: period_faults
-- duties: desk
-- in: agency text, period date
-- out: code text, place text, day date, until date, n bigint, dong bigint
select f.code, f.place, f.day, f.until, coalesce(f.n, 0) as n, coalesce(f.dong, 0) as dong from books.period_faults($1, $2) f;

-- name: period_rows
-- duties: desk
-- in: agency text, period date
-- out: agency text, period date, first_officer bigint, first_login text, sha256 bytea, second_login text, leaf bigint, size bigint
-- One month of an agency, or each since its books begin.
select a.code as agency, m.period::date as period, coalesce(t.first_officer, p.officer) as first_officer,
	coalesce(f.login, o.login) as first_login, p.sha256, s.login as second_login, c.seq as leaf, t.size
from org.agency a
cross join lateral (select d.period from generate_series(books.began(a.code), date_trunc('month', ops.today()), interval '1 month') d(period)
	where $2 is null union all select $2 where $2 is not null) m
left join lateral (select x.officer, x.sha256 from ops.period_proposal x where x.agency = a.code and x.period = m.period
	order by x.id desc limit 1) p on true
left join auth.officer o on o.id = p.officer
left join books.closed c on c.agency = a.code and c.period = m.period
left join ops.period_text t on t.agency = a.code and t.period = m.period
left join auth.officer f on f.id = t.first_officer
left join auth.officer s on s.id = t.second_officer
where $1 is null or a.code = $1
order by a.code, m.period;

-- name: period_text
-- duties: desk
-- in: agency text, period date
-- out: text text
-- Of a closed period, as it was closed; of another, as it would be.
select coalesce((select t.text from ops.period_text t where t.agency = $1 and t.period = $2),
	books.make_period_text($1, $2, coalesce((select max(h.size) from books.tree_head h), 0))) as text;

-- name: period_propose
-- duties: desk
-- in: agency text, period date, sha256 bytea
-- out:
insert into ops.period_proposal (agency, period, sha256, officer) values ($1, $2, $3, auth.me());

-- name: period_confirm
-- duties: desk
-- in: agency text, period date, first bigint
-- out: size bigint, root bytea, text text
-- Nobody posts from here to the commit; size, root and text are the database's own (books.guard_period).
insert into ops.period_text (agency, period, size, root, text, first_officer, second_officer)
values ($1, $2, 0, sha256(''), '', $3, auth.me()) returning size, root, text;

-- name: period_closed_below
-- duties: desk
-- in: size bigint
-- out: agency text, period date
select c.agency, c.period from books.closed c join ops.period_text t on t.agency = c.agency and t.period = c.period
where c.seq < $1 order by c.seq;

-- name: period_kept
-- duties: desk
-- in: agency text, period date
-- out: text text
select t.text from ops.period_text t where t.agency = $1 and t.period = $2;

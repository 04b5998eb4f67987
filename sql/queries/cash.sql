-- The cash agent's list of who was paid.

-- name: cash_channel
-- duties: desk
-- in: code text
-- out: id bigint, bank text, agency text, funding bigint, agent_key bytea
select c.id, c.bank, a.code as agency, c.funding_account as funding, c.agent_key
from org.channel c
join org.funding_account f on f.id = c.funding_account
join org.agency a on a.id = f.agency
where c.code = $1 and c.kind = 'cash';

-- name: cash_listed
-- duties: desk
-- in: channel bigint, blinds bytea[]
-- out: n bigint, payout bigint, amount_dong bigint
-- What was handed over for them and has no end yet.
select i.n, p.id as payout, p.amount_dong
from unnest($2) with ordinality as i(blind, n)
join register.person_id x on x.blind = i.blind
join register.person r on r.id = x.person
join payout.claim c on c.person = any (register.selves(r.id))
join payout.payout p on p.claim = c.id
join payout.batch b on b.id = p.batch and b.channel = $1
join payout.payout_state s on s.payout = p.id and s.state in (3, 4, 5)
order by i.n, p.id;

-- name: cash_handed_over
-- duties: desk
-- in: channel bigint
-- out: payouts bigint, amount_dong bigint
select count(*) as payouts, coalesce(sum(p.amount_dong), 0)::bigint as amount_dong
from payout.batch b
join payout.payout p on p.batch = b.id
join payout.payout_state s on s.payout = p.id and s.state in (3, 4, 5)
where b.channel = $1 and b.state = 'released';

-- name: cash_list_find
-- duties: desk
-- in: bank text, external_id text
-- out: id bigint, first_officer bigint, second_officer bigint, message bigint
select l.id, l.first_officer, l.second_officer, l.message
from bank.message m join recon.cash_list l on l.message = m.id
where m.bank = $1 and m.direction = 'file' and m.external_id = $2
for update of l;

-- name: cash_message_add
-- duties: desk
-- in: bank text, external_id text, sha256 bytea, key bigint, body bytea
-- out: id bigint
insert into bank.message (bank, direction, kind, external_id, sha256, key, body, authentic)
values ($1, 'file', 'agent_list', $2, $3, $4, $5, true)
returning id;

-- name: cash_list_add
-- duties: desk
-- in: channel bigint, message bigint, paid_count integer, paid_dong bigint, unpaid_count integer, unpaid_dong bigint, officer bigint
-- out: id bigint
insert into recon.cash_list (channel, message, paid_count, paid_dong, unpaid_count, unpaid_dong, first_officer)
values ($1, $2, $3, $4, $5, $6, $7) returning id;

-- name: cash_lines_add
-- duties: desk
-- in: list bigint, rows integer[], payouts bigint[], paid boolean[], amounts bigint[], days date[]
-- out:
insert into recon.cash_line (list, n, payout, paid, amount_dong, day)
select $1, l.n, l.payout, l.paid, l.amount, l.day from unnest($2, $3, $4, $5, $6) as l(n, payout, paid, amount, day);

-- name: cash_list_confirm
-- duties: desk
-- in: list bigint, officer bigint
-- out:
update recon.cash_list set second_officer = $2 where id = $1 and second_officer is null;

-- Payments that a bank is asked to give back (chitra recall).

-- name: recall_list
-- duties: desk
-- in: all_of_them boolean
-- out: id text, name text, programme text, month date, area text, bank text, amount_dong bigint, state text, cause text, reason text, stands text,
--      answer text, first text, second text, age_days integer
-- Those that are open (or all), of agencies and areas for which this officer has a mandate, oldest first.
select p.end_to_end_id as id, n.name, b.programme, c.month, coalesce(u.name, b.area_code) as area, h.bank, p.amount_dong, t.name as state, r.cause,
	r.reason, r.stands, r.answer, x.login as first, y.login as second,
	(ops.today() - (r.proposed_at at time zone 'Asia/Ho_Chi_Minh')::date) as age_days
from payout.recall_now r
join payout.payout p on p.id = r.payout
join payout.payout_state s on s.payout = p.id
join payout.state t on t.code = s.state
join payout.claim c on c.id = p.claim
join register.person n on n.id = c.person
join payout.batch b on b.id = p.batch
join org.channel h on h.id = b.channel
join org.agency a on a.id = b.agency
left join register.area u on u.level = 'commune' and u.code = b.area_code and u.valid_from = b.area_valid_from
join auth.officer x on x.id = r.first_officer
left join auth.officer y on y.id = r.second_officer
where ($1 or r.is_open)
	and exists (select from auth.mandate m where m.officer = auth.me() and auth.may(m.role, a.code, b.area_code, 0))
order by r.id;

-- name: recall_ask
-- duties: desk
-- in: id text, cause text, reason text
-- out: payout bigint
insert into payout.recall (payout, cause, reason, first_officer)
select p.id, $2, $3, auth.me() from payout.payout p where p.end_to_end_id = $1 returning payout;

-- name: recall_confirm
-- duties: desk
-- in: id text
-- out: outcome text
with waits as (
	select r.id, r.first_officer from payout.recall_now r join payout.payout p on p.id = r.payout
	where p.end_to_end_id = $1 and r.stands = 'proposed'
), confirmed as (
	update payout.recall r set second_officer = auth.me(), decided_at = clock_timestamp()
	from waits w where r.id = w.id and w.first_officer <> auth.me() returning r.id
)
select case when exists (select from confirmed) then 'confirmed' when exists (select from waits) then 'same_officer' else 'not_proposed' end as outcome;

-- name: recall_say
-- duties: desk
-- in: id text, said text, reason text
-- out: recall bigint
insert into payout.recall_word (recall, said, reason, officer)
select r.id, $2, $3, auth.me() from payout.recall_now r join payout.payout p on p.id = r.payout
where p.end_to_end_id = $1 and r.is_open returning recall;

-- Claims, batches, approvals, payouts, dispatches: every illegal thing is tried as the duty that could try it, and beside it the
-- legal one.
begin;
\ir ../lib/guards.psql

-- ---------------------------------------------------------------- claims

select pg_temp.person() as person \gset
\set claim 'insert into payout.claim (person, programme, month, kind, instalment, amount_dong, agency, pay_period, area_code, area_valid_from) select '
\set tail ' id, ''2024-04-01'', ''22918'', ''2004-01-01'' from org.agency where code = ''labour'''
select pg_temp.allows('owner', null, :'claim' || :'person' || $$, 'merit', '2024-04-01', 'regular', 1, 500000000,$$ || :'tail', 'a claim of 500 million is one');
select pg_temp.refuses('owner', null, :'claim' || :'person' || $$, 'merit', '2024-04-01', 'regular', 1, 1,$$ || :'tail',
	'23505 claim_person_programme_month_kind_instalment_key', 'a person is owed one programme, month, kind and instalment once');
select pg_temp.allows('owner', null, :'claim' || :'person' || $$, 'merit', '2024-04-01', 'regular', 2, 1,$$ || :'tail', 'another instalment is another claim');
select pg_temp.allows('owner', null, :'claim' || :'person' || $$, 'merit', '2024-04-01', 'arrears', 1, 1,$$ || :'tail', 'and so are arrears');
select pg_temp.refuses('owner', null, :'claim' || :'person' || $$, 'merit', '2024-05-01', 'regular', 1, 500000001,$$ || :'tail', '23514 claim_amount_dong_check', 'no claim is above 500 million');
select pg_temp.refuses('owner', null, :'claim' || :'person' || $$, 'merit', '2024-05-01', 'regular', 1, 0,$$ || :'tail', '23514 claim_amount_dong_check', 'nor of nothing');
select pg_temp.refuses('owner', null, :'claim' || :'person' || $$, 'merit', '2024-05-02', 'regular', 1, 1,$$ || :'tail', '23514 claim_month_check', 'a claim is for a month');
select pg_temp.refuses('owner', null, :'claim' || :'person' || $$, 'merit', '2024-05-01', 'bonus', 1, 1,$$ || :'tail', '23514 claim_kind_check', 'of a kind that is known');
select pg_temp.refuses('owner', null, :'claim' || :'person' || $$, 'nothing', '2024-05-01', 'regular', 1, 1,$$ || :'tail', 'CH001 names_nothing', 'of a programme that is known');
select pg_temp.refuses('owner', null, :'claim' || 0 || $$, 'merit', '2024-05-01', 'regular', 1, 1,$$ || :'tail', 'CH001 names_nothing', 'of a person who is known');

select is(pg_temp.probe('desk', 'lan', format('insert into payout.claim_part (claim, n, rate_code, amount_dong, working) values (%s, 1, ''x'', 1, ''x'')', c)),
	case c when 0 then 'CH001 names_nothing' else 'ok' end, format('a part of %s', case c when 0 then 'no claim' else 'a claim' end)) from unnest(array[0, pg_temp.claim()]) c;

select pg_temp.claim() as voided \gset
select pg_temp.refuses('owner', null, format('insert into payout.claim_void (claim, reason, first_officer, second_officer) values (%s, ''died'', %s, %s)',
	:voided, pg_temp.officer('minh'), pg_temp.officer('minh')), '23514 claim_void_check', 'nobody voids a claim alone');
select pg_temp.done(pg_temp.try('owner', 'minh', format('insert into payout.claim_void_proposal (claim, officer, reason) values (%s, %s, ''died'')', :voided, pg_temp.officer('minh'))));
update auth.officer set disabled = true where login = 'minh';
select is(pg_temp.probe('owner', 'hoa', format('insert into payout.claim_void (claim, reason, first_officer, second_officer) values (%s, ''died'', %s, %s)',
	:voided, pg_temp.officer('minh'), pg_temp.officer('hoa'))), 'CH001 first_mandate', 'not when the first one is disabled meanwhile');
update auth.officer set disabled = false where login = 'minh';
select pg_temp.allows('owner', 'hoa', format('insert into payout.claim_void (claim, reason, first_officer, second_officer) values (%s, ''died'', %s, %s)',
	:voided, pg_temp.officer('minh'), pg_temp.officer('hoa')), 'two do');
select pg_temp.refuses('owner', null, format('insert into payout.claim_void (claim, reason, first_officer, second_officer) values (%s, ''died'', %s, %s)',
	:voided, pg_temp.officer('tam'), pg_temp.officer('hoa')), '23505 claim_void_pkey', 'and once');

-- ---------------------------------------------------------------- the states of a batch

create temp table batch_state as select s from unnest(array['open', 'frozen', 'approved', 'released', 'closed', 'withdrawn']) s;
create temp table batch_move as select * from (values ('open', 'frozen'), ('frozen', 'approved'), ('approved', 'released'),
	('released', 'closed'), ('frozen', 'open'), ('open', 'withdrawn'), ('frozen', 'withdrawn')) as m(f, t);
create temp table batch_of as select s, pg_temp.batch_in(s) as id from batch_state;

-- What makes each legal move, with everything that it needs.
create function pg_temp.legal_batch_move(b bigint, f text, t text) returns text language plpgsql as $$
declare
	u bigint;
begin
	if (f, t) = ('open', 'frozen') then
		perform pg_temp.add_line(b, pg_temp.claim());
		return pg_temp.freeze_sql(b);
	elsif (f, t) = ('frozen', 'open') then
		return format('update payout.batch set state = ''open'', version = version + 1, root = null where id = %s', b);
	elsif (f, t) = ('frozen', 'approved') then
		u := pg_temp.bundle(array[b]);
		perform pg_temp.done(pg_temp.try('desk', 'minh', pg_temp.approval_sql(u, 'checker', 'minh')));
		perform pg_temp.done(pg_temp.try('desk', 'hoa', pg_temp.approval_sql(u, 'approver', 'hoa')));
	elsif (f, t) = ('released', 'closed') then
		perform pg_temp.put(p.id, 7) from payout.payout p where p.batch = b;
	elsif (f, t) = ('approved', 'released') then
		perform pg_temp.done(pg_temp.try('desk', 'tam', pg_temp.release_sql(b, 'tam')));
		perform pg_temp.done(pg_temp.try('desk', 'son', pg_temp.release_sql(b, 'son')));
	end if;
	return pg_temp.state_sql(b, t);
end $$;

select is(pg_temp.probe('desk', 'lan', pg_temp.state_sql(b.id, n.s)), 'CH001 illegal_move', format('a batch never goes from %s to %s', b.s, n.s))
	from batch_of b, batch_state n where b.s <> n.s and not exists (select from batch_move m where (m.f, m.t) = (b.s, n.s)) order by b.s, n.s;
create function pg_temp.closing(ends integer) returns text language plpgsql as $$
declare
	b bigint := pg_temp.batch_in('released');
begin
	perform pg_temp.put(max(p.id), 7) from payout.payout p where p.batch = b;
	perform pg_temp.put(min(p.id), ends) from payout.payout p where p.batch = b;
	return pg_temp.probe('scribe', null, pg_temp.state_sql(b, 'closed'));
end $$;
select is(pg_temp.closing(s.code), case when s.ended then 'ok' else 'CH001 still_live' end, format('a batch is closed while a payout of it is %s', s.name)) from payout.state s order by s.code;
select is(pg_temp.probe('desk', 'lan', pg_temp.legal_batch_move(pg_temp.batch_in(m.f), m.f, m.t)), 'ok', format('a batch may go from %s to %s', m.f, m.t))
	from batch_move m order by 1;
-- After a restore: the claim was voided later than the dump in which a batch still has it.
select pg_temp.batch_in('frozen') as forgotten \gset
alter table payout.claim_void disable trigger first_proposed, disable trigger second_is_me;
insert into payout.claim_void (claim, reason, first_officer, second_officer)
	select max(p.claim), 'died', pg_temp.officer('minh'), pg_temp.officer('hoa') from payout.payout p where p.batch = :forgotten;
alter table payout.claim_void enable trigger first_proposed, enable trigger second_is_me;
select is(pg_temp.probe('desk', 'lan', pg_temp.legal_batch_move(:forgotten, 'frozen', 'approved')), 'CH001 not_the_claim', 'a batch with a voided claim is not approved');
select is(pg_temp.probe('desk', 'lan', pg_temp.state_sql(:forgotten, 'withdrawn')), 'ok', 'but withdrawn');
select is(pg_temp.probe('desk', 'lan', pg_temp.state_sql(pg_temp.batch_in('open'), 'paid')), 'CH001 illegal_move', 'a state that is unknown is none');

select pg_temp.batch_in('frozen') as frozen, pg_temp.batch_in('approved') as approved \gset
select pg_temp.refuses('desk', 'lan', pg_temp.state_sql(:frozen, 'approved'), 'CH001 not_approved', 'without signatures a frozen batch is not approved');
select pg_temp.refuses('desk', 'lan', pg_temp.state_sql(:approved, 'released'), 'CH001 not_released', 'without releases an approved batch is not released');
select pg_temp.allows('desk', 'tam', pg_temp.release_sql(:approved, 'tam'), 'one officer releases');
select pg_temp.refuses('desk', 'tam', pg_temp.state_sql(:approved, 'released'), 'CH001 not_released', 'but one is not enough');
select pg_temp.refuses('desk', 'tam', pg_temp.release_sql(:approved, 'tam'), '23505 release_pkey', 'nor is the same one twice');
select pg_temp.allows('desk', 'son', pg_temp.release_sql(:approved, 'son'), 'another releases too');
select pg_temp.allows('desk', 'son', pg_temp.state_sql(:approved, 'released'), 'then it is released');

select is(pg_temp.probe('desk', 'lan', format('update payout.batch set state = ''open'', root = null, version = version + %s where id = %s', n, :frozen)),
	case n when 1 then 'ok' else 'CH001 batch_version' end, format('a batch that is sent back becomes version + %s', n)) from generate_series(0, 2) n;

-- What a batch is for never changes, in no state.
select is(pg_temp.probe('owner', null, format('update payout.batch set %s where id = %s', c, b.id)), 'CH001 batch_fixed', format('a batch that is %s: %s', b.s, c))
	from batch_of b, unnest(array['agency = (select max(id) from org.agency)', 'programme = ''rent''', 'period = ''2024-05-01''', 'area_code = ''22921''',
		'area_valid_from = ''2005-01-01''', 'channel = (select id from org.channel where code = ''post'')', 'made_by = pg_temp.officer(''minh'')']) c
	where c not like '%pg_temp%' order by b.s, c;
select is(pg_temp.probe('owner', null, format('update payout.batch set made_by = %s where id = %s', pg_temp.officer('minh'), b.id)), 'CH001 batch_fixed',
	format('a batch that is %s keeps its maker', b.s)) from batch_of b order by b.s;
-- What was signed does not change unless it is sent back.
select is(pg_temp.probe('desk', 'lan', format('update payout.batch set %s where id = %s', c, b.id)), case b.s when 'open' then 'ok' else 'CH001 batch_frozen' end,
		format('a batch that is %s: %s', b.s, c))
	from batch_of b, unnest(array['lines = lines + 1', 'sum_dong = sum_dong + 1', 'root = sha256(''other'')', 'not_before = not_before - 1',
		'valid_until = valid_until + interval ''1 day''', 'version = version + 1']) c order by b.s, c;
select is(pg_temp.probe('owner', null, format('delete from payout.batch where id = %s', b.id)), 'CH001 append_only', format('a batch that is %s is never removed', b.s))
	from batch_of b order by b.s;

-- ---------------------------------------------------------------- lines

select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(b.id, pg_temp.claim())), case b.s when 'open' then 'ok' else 'CH001 batch_frozen' end,
	format('a line into a batch that is %s', b.s)) from batch_of b order by b.s;
select pg_temp.batch_in('open') as open \gset
select pg_temp.add_line(:open, pg_temp.claim()) as line \gset
select is(pg_temp.probe('desk', 'lan', format('delete from payout.payout where batch = %s', x.id)), case x.s when 'open' then 'ok'
		else 'CH001 batch_frozen' end, format('taking lines out of a batch that is %s', x.s))
	from (select s, id from batch_of where s not in ('open', 'withdrawn') union all values ('open', :open)) as x(s, id) order by x.s;
select is(pg_temp.probe('owner', null, format('update payout.payout set %s where batch = %s', c, x.id)), 'CH001 append_only', format('a line of a batch that is %s: %s', x.s, c))
	from (select s, id from batch_of where s = 'frozen' union all values ('open', :open)) as x(s, id),
		unnest(array['amount_dong = 1', 'account_hash = sha256(''other'')', 'claim = claim', 'issue = 2', 'end_to_end_id = ''0''', 'batch = batch', 'line = 7']) c order by x.s, c;
select pg_temp.refuses('owner', null, 'truncate payout.payout cascade', 'CH001 append_only', 'lines are never emptied');

select pg_temp.claim() as claim, pg_temp.claim() as other \gset
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:open, :claim, 1, amount)), case amount when 1000000 then 'ok' else 'CH001 not_the_claim' end,
	format('a line of %s for a claim of 1000000', amount)) from unnest(array[999999, 1000000, 1000001, 2000000]) amount;
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:open, :claim, 1, amount)), case when amount > 0 then 'CH001 not_the_claim' else '23514 payout_amount_dong_check' end,
	format('a line of %s', amount)) from unnest(array[-1000000, 0]) amount;
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:open, :voided)), 'CH001 not_the_claim', 'a voided claim is not paid');
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:open, 0, 1, 1000000)), 'CH001 names_nothing', 'a line is for a claim that is there');
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:open, :claim, 1, null, 1)), '23505 payout_batch_line_key', 'a line has a number of its own');
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:open, :claim, 1, null, 0)), '23514 payout_line_check', 'from 1');
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:open, :claim, 1, null, null, id)), '23514 payout_end_to_end_id_check', format('%s is no end-to-end id', id))
	from unnest(array['', '000000000000000000', '00000000000000000000', '000000000000000000i', '000000000000000000I', '000000000000000000O', '000000000000000000U']) id;
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:open, :claim, 1, null, null, (select end_to_end_id from payout.payout where id = :line))),
	'23505 payout_end_to_end_id_key', 'an end-to-end id is there once');

select is(pg_temp.probe('desk', 'lan', format('update payout.batch set state = ''frozen'', lines = %s, sum_dong = %s, root = sha256(''r'') where id = %s', n, total, :open)),
		case when (n, total) = (1, 1000000) then 'ok' else 'CH001 batch_sum' end, format('one line of 1000000 frozen as %s of %s', n, total))
	from unnest(array[1, 2, 1, 1], array[1000000, 1000000, 999999, 2000000]) as x(n, total);
select is(pg_temp.probe('desk', 'lan', pg_temp.state_sql(pg_temp.batch_in('open'), 'frozen')), 'CH001 batch_sum', 'a batch without lines is not frozen');
select is(pg_temp.probe('desk', 'lan', format('update payout.batch set state = ''frozen'', lines = 1, sum_dong = 1000000 where id = %s', :open)), '23514 batch_check', 'nor one without a root');

-- ---------------------------------------------------------------- approvals

select pg_temp.batch_in('frozen') as one, pg_temp.frozen_batch(1, 'binh') as two, pg_temp.frozen_batch(1, 'minh') as minhs \gset
select pg_temp.bundle(array[:one]) as alone, pg_temp.bundle(array[:one, :two]) as both, pg_temp.bundle(array[:one, :minhs]) as mixed \gset

select is(pg_temp.probe('desk', 'minh', format('insert into payout.approval (bundle, role, officer, certificate, text, signature) values (%s, ''checker'', %s, %s, ''x'', decode(repeat(''02'', 64), ''hex''))',
	:alone, pg_temp.officer('minh'), pg_temp.certificate(c))), case c when 'minh' then 'ok' else '23503 approval_certificate_officer_fkey' end, format('minh checks with the certificate of %s', c))
	from unnest(array['minh', 'hoa']) c;
select is(pg_temp.probe('desk', 'lan', pg_temp.approval_sql(:alone, r, 'lan')), 'CH001 own_batch', format('the maker is not the %s', r)) from unnest(array['checker', 'approver']) r;
select is(pg_temp.probe('desk', 'minh', pg_temp.approval_sql(:mixed, r, 'minh')), 'CH001 own_batch', format('whoever made one batch of a bundle is not its %s', r))
	from unnest(array['checker', 'approver']) r;
select is(pg_temp.probe('desk', 'minh', pg_temp.approval_sql(:alone, r, 'minh')), 'ok', format('another is its %s', r)) from unnest(array['checker', 'approver']) r;
select is(pg_temp.probe('desk', 'minh', pg_temp.approval_sql(:alone, 'approver', 'hoa')), 'CH001 not_yours', 'nobody approves in the name of another');
select is(pg_temp.probe('desk', null, pg_temp.approval_sql(:alone, 'approver', 'hoa')), 'CH001 not_yours', 'nor without having logged in');
select is(pg_temp.probe('desk', 'hoa', pg_temp.approval_sql(:alone, 'maker', 'hoa')), '23514 approval_role_check', 'there are two roles');

select pg_temp.allows('desk', 'minh', pg_temp.approval_sql(:alone, 'checker', 'minh'), 'minh checks');
select is(pg_temp.probe(d, 'minh', format('insert into payout.bundle_batch (bundle, n, batch, version, root, path) select %s, 9, id, version, root, '''' from payout.batch where id = %s', :alone, :two)),
	'CH001 bundle_signed', format('a bundle that was signed does not grow, says the %s', d)) from unnest(array['desk', 'owner']) d;
select pg_temp.refuses('desk', 'minh', pg_temp.approval_sql(:alone, 'checker', 'minh'), '23505 approval_bundle_officer_key', 'a second click changes nothing');
select pg_temp.refuses('desk', 'hoa', pg_temp.approval_sql(:alone, 'checker', 'hoa'), '23505 approval_bundle_role_key', 'a bundle has one checker');
select pg_temp.refuses('desk', 'minh', pg_temp.approval_sql(:alone, 'approver', 'minh'), 'CH001 same_person', 'whoever checked does not approve');
select pg_temp.refuses('desk', 'minh', pg_temp.approval_sql(:both, 'approver', 'minh'), 'CH001 same_person', 'not even by another bundle with the same batch in it');
select is(pg_temp.probe('desk', 'minh', pg_temp.approval_sql(:both, 'checker', 'minh')), 'ok', 'checking it twice is allowed');

-- Two signatures by one person who raced with himself: round the trigger, as if neither had seen the other.
set local session_replication_role = replica;
select pg_temp.done(pg_temp.try('owner', null, pg_temp.approval_sql(:both, 'approver', 'minh')));
set local session_replication_role = origin;
select pg_temp.refuses('desk', 'hoa', pg_temp.state_sql(:one, 'approved'), 'CH001 not_approved', 'two signatures of one person are one');
select pg_temp.allows('desk', 'hoa', pg_temp.approval_sql(:alone, 'approver', 'hoa'), 'a second person approves');
select pg_temp.allows('desk', 'hoa', pg_temp.state_sql(:one, 'approved'), 'then it is approved');

select pg_temp.batch_in('frozen') as stale \gset
select pg_temp.bundle(array[:stale]) as before \gset
select pg_temp.done(pg_temp.try('desk', 'minh', pg_temp.approval_sql(:before, 'checker', 'minh')));
select pg_temp.done(pg_temp.try('desk', 'lan', format('update payout.batch set state = ''open'', version = version + 1, root = null where id = %s', :stale)));
select pg_temp.refuses('desk', 'hoa', pg_temp.approval_sql(:before, 'approver', 'hoa'), 'CH001 batch_changed', 'a batch that was sent back is not approved by its old bundle');
select pg_temp.done(pg_temp.try('desk', 'lan', pg_temp.freeze_sql(:stale)));
select pg_temp.refuses('desk', 'hoa', pg_temp.approval_sql(:before, 'approver', 'hoa'), 'CH001 batch_changed', 'nor when it is frozen again with the same root');
select pg_temp.bundle(array[:stale]) as after \gset
select pg_temp.allows('desk', 'hoa', pg_temp.approval_sql(:after, 'approver', 'hoa'), 'its new bundle can be approved');
select pg_temp.refuses('desk', 'hoa', pg_temp.state_sql(:stale, 'approved'), 'CH001 not_approved', 'the signature on the old version no longer counts');

select is(pg_temp.probe('desk', 'minh', pg_temp.approval_sql(pg_temp.bundle(array[b.id]), 'checker', 'minh')), case b.s when 'frozen' then 'ok' else 'CH001 batch_changed' end,
	format('approving a batch that is %s', b.s)) from batch_of b where b.s not in ('open', 'withdrawn') order by b.s;

-- ---------------------------------------------------------------- release

select is(pg_temp.probe('desk', 'tam', pg_temp.release_sql(b.id, 'tam')), case b.s when 'approved' then 'ok' else 'CH001 not_approved' end,
	format('releasing a batch that is %s', b.s)) from batch_of b order by b.s;
select pg_temp.batch_in('approved') as approved \gset
select pg_temp.refuses('desk', 'lan', pg_temp.release_sql(:approved, 'lan'), 'CH001 own_batch', 'the maker does not release');
select pg_temp.refuses('desk', 'tam', pg_temp.release_sql(:approved, 'son'), 'CH001 not_yours', 'nobody releases in the name of another');
select pg_temp.refuses('desk', null, pg_temp.release_sql(:approved, 'son'), 'CH001 not_yours', 'nor without having logged in');
select is(pg_temp.probe('desk', who, pg_temp.release_sql(:approved, who)), 'ok', format('%s may release', who)) from unnest(array['minh', 'hoa', 'tam']) who;

-- ---------------------------------------------------------------- a payout begins to live

create function pg_temp.birth(state text, roles text[], version integer default 0, other_root boolean default false) returns text language plpgsql as $$
declare
	b bigint := pg_temp.frozen_batch();
	u bigint;
	r text;
begin
	set local session_replication_role = replica;
	u := pg_temp.bundle(array[b]);
	update payout.bundle_batch x set version = x.version + birth.version where bundle = u;
	if other_root then
		update payout.bundle_batch set root = sha256('other') where bundle = u;
	end if;
	foreach r in array roles loop
		execute pg_temp.approval_sql(u, r, case r when 'checker' then 'minh' else 'hoa' end);
	end loop;
	execute pg_temp.state_sql(b, state);
	set local session_replication_role = origin;
	return pg_temp.probe('desk', 'hoa', pg_temp.birth_sql(b));
end $$;
select is(pg_temp.birth('approved', array['checker', 'approver']), 'ok', 'two signatures: payouts live');
select is(pg_temp.birth('approved', array[]::text[]), 'CH001 not_approved', 'no signature: none lives');
select is(pg_temp.birth('approved', array['checker']), 'CH001 not_approved', 'the checker alone: none lives');
select is(pg_temp.birth('approved', array['approver']), 'CH001 not_approved', 'the approver alone: none lives');
select is(pg_temp.birth('approved', array['checker', 'approver'], 1), 'CH001 not_approved', 'signatures on another version: none lives');
select is(pg_temp.birth('approved', array['checker', 'approver'], 0, true), 'CH001 not_approved', 'signatures on another root: none lives');
select is(pg_temp.birth(s, array['checker', 'approver']), 'CH001 not_approved', format('both signatures, but the batch is %s: none lives', s)) from unnest(array['frozen', 'open', 'withdrawn']) s;

select pg_temp.batch_in('approved') as approved \gset
select min(id) as payout from payout.payout where batch = :approved \gset
select pg_temp.refuses('desk', 'hoa', pg_temp.birth_sql(:approved), '23505 payout_state_pkey', 'a payout is born once');
set local session_replication_role = replica;
delete from payout.payout_state where payout = :payout;
set local session_replication_role = origin;
select is(pg_temp.probe('desk', 'hoa', format('insert into payout.payout_state (payout, state) values (%s, %s)', :payout, s)), case s when 1 then 'ok' else 'CH001 illegal_move' end,
	format('a payout begins as %s', (select name from payout.state where code = s))) from generate_series(1, 11) s;
select is(pg_temp.probe('owner', null, format('insert into payout.payout_state (payout, state, move_no) values (%s, 1, 1)', :payout)), 'CH001 illegal_move', 'and with no move behind it');
select is(pg_temp.probe('desk', 'hoa', format('insert into payout.payout_state (payout, state, move_no) values (%s, 1, 1)', :payout)), 'denied', 'nobody says how many moves a payout made');
select pg_temp.done(pg_temp.try('desk', 'hoa', format('insert into payout.payout_state (payout, state) values (%s, 1)', :payout)));

-- ---------------------------------------------------------------- the states of a payout

-- DESIGN's list, by hand: the table of the database must be this one.
create temp table move_wanted as select * from (values
	('ready', 'sent'), ('ready', 'held'), ('ready', 'cancelled'), ('held', 'ready'), ('held', 'cancelled'),
	('sent', 'accepted'), ('sent', 'unknown'), ('sent', 'credited'), ('sent', 'rejected'), ('sent', 'settled'), ('sent', 'not_paid'),
	('accepted', 'unknown'), ('accepted', 'credited'), ('accepted', 'rejected'), ('accepted', 'settled'), ('accepted', 'not_paid'),
	('unknown', 'accepted'), ('unknown', 'credited'), ('unknown', 'rejected'), ('unknown', 'settled'), ('unknown', 'not_paid'),
	('credited', 'settled'), ('credited', 'not_paid'), ('settled', 'returned'), ('rejected', 'settled'), ('not_paid', 'settled'), ('cancelled', 'settled')) as m(f, t);
select set_eq('select a.name as f, b.name as t from payout.legal_move l join payout.state a on a.code = l.from_state join payout.state b on b.code = l.to_state',
	'select f, t from move_wanted', 'the legal moves are those of the design');

-- A cause that leads to a state.
create function pg_temp.cause_to(t integer) returns integer language sql as $$
	select max(c.code)::integer from payout.cause c where t = any (string_to_array(c.to_states, ' ')::integer[]) and c.name not in ('finding', 'resolution')
$$;
-- Officers wrote down that it is held, and that it is cancelled.
select pg_temp.acts('minh');
insert into payout.hold (payout, reason, by_officer) values (:payout, 'looks wrong', pg_temp.officer('minh'));
select pg_temp.done(pg_temp.try('desk', 'hoa', format('insert into payout.cancellation (payout, reason, by_officer) values (%s, ''moved abroad'', %s)', :payout, pg_temp.officer('hoa'))));

-- Approved is not released: who may be paid is not when.
select is(pg_temp.probe('teller', null, pg_temp.move_sql(:payout, 1, 3, 1)), 'CH001 not_released', 'nothing of a batch is sent that two officers have not released');
select is(pg_temp.probe('owner', null, format('update payout.payout_state set state = 3, move_no = move_no + 1 where payout = %s', :payout)), 'CH001 not_released', 'not by the owner''s hand');
select is(pg_temp.probe('owner', null, pg_temp.move_sql(:payout, 1, 2, pg_temp.cause_to(2))), 'ok', 'it may be held');
select pg_temp.batch_in('released') as other \gset
select is(pg_temp.probe('teller', null, format('select payout.move(array[%s, %s]::bigint[], array[1, 1]::smallint[], array[3, 3]::smallint[], 1::smallint, array[null, null]::bigint[],
	array[null, null]::integer[], null)', (select min(id) from payout.payout where batch = :other), :payout)), 'CH001 not_released', 'nor among others that may');
select pg_temp.release(:approved);
select is(pg_temp.probe('teller', null, pg_temp.move_sql(:payout, 1, 3, 1)), 'ok', 'released, it is sent');

-- Every pair: by the one function, and by hand as the owner.
create function pg_temp.moved(payout bigint, f integer, t integer) returns text language plpgsql as $$
declare
	r text;
begin
	perform pg_temp.put(payout, f);
	r := pg_temp.try('owner', null, pg_temp.move_sql(payout, f, t, pg_temp.cause_to(t)));
	return r || ' ' || (select s.name from payout.payout_state p join payout.state s on s.code = p.state where p.payout = moved.payout);
end $$;
select is(pg_temp.moved(:payout, a.code, b.code), 'ok ' || case when m.f is null then a.name else b.name end,
		format('payout.move from %s to %s %s', a.name, b.name, case when m.f is null then 'moves nothing' else 'moves' end))
	from payout.state a cross join payout.state b left join move_wanted m on (m.f, m.t) = (a.name, b.name) where a.code <> b.code order by a.code, b.code;
create function pg_temp.by_hand(payout bigint, f integer, t integer) returns text language plpgsql as $$
begin
	perform pg_temp.put(payout, f);
	return pg_temp.probe('owner', null, format('update payout.payout_state set state = %s, move_no = move_no + 1 where payout = %s', t, payout));
end $$;
select is(pg_temp.by_hand(:payout, a.code, b.code), case when m.f is null then 'CH001 illegal_move' else 'ok' end, format('the owner, from %s to %s', a.name, b.name))
	from payout.state a cross join payout.state b left join move_wanted m on (m.f, m.t) = (a.name, b.name) where a.code <> b.code order by a.code, b.code;

select pg_temp.put(:payout, 3);
select is(pg_temp.probe('owner', null, pg_temp.move_sql(:payout, 3, 99, 5)), 'CH001 illegal_move', 'there is no state 99');
select is(pg_temp.by_hand(:payout, 3, 99), 'CH001 illegal_move', 'not even for the owner');
select pg_temp.put(:payout, 1);
select is((select count(*) from payout.move(array[:payout], array[3::smallint], array[7::smallint], 5::smallint, array[null::bigint], array[null::integer], null)), 0::bigint,
	'whoever believes in another state than the real one moves nothing');
select is((select array_agg(m) from payout.move(array[:payout], array[1::smallint], array[3::smallint], 1::smallint, array[null::bigint], array[null::integer], null) m),
	array[:payout::bigint], 'what moved is returned');
select is((select (from_state, to_state, cause, day)::text from payout.payout_move where payout = :payout order by n desc limit 1), (1, 3, 1, ops.today())::text, 'and written down, with its cause and business day');
select is((select move_no from payout.payout_state where payout = :payout), (select max(n) from payout.payout_move where payout = :payout), 'under the number of the move');

-- Whose word moves what: each cause is one duty's, and leads to its states.
select set_eq('select c.name, c.duty, s.name as leads_to from payout.cause c, payout.state s where s.code = any (string_to_array(c.to_states, '' '')::smallint[])',
	$$ values ('dispatch', 'teller', 'sent'), ('reply', 'teller', 'unknown'), ('reply', 'teller', 'accepted'), ('reply', 'teller', 'credited'), ('reply', 'teller', 'rejected'),
		('callback', 'scribe', 'unknown'), ('callback', 'scribe', 'accepted'), ('callback', 'scribe', 'credited'), ('callback', 'scribe', 'rejected'),
		('enquiry', 'teller', 'unknown'), ('enquiry', 'teller', 'accepted'), ('enquiry', 'teller', 'credited'), ('enquiry', 'teller', 'rejected'),
		('statement', 'scribe', 'settled'), ('statement', 'scribe', 'returned'), ('absence', 'scribe', 'not_paid'), ('silence', 'teller', 'unknown'), ('takeover', 'teller', 'unknown'),
		('officer', 'desk', 'ready'), ('officer', 'desk', 'held'), ('officer', 'desk', 'cancelled'), ('rule', 'teller', 'held'), ('cash_list', 'desk', 'settled'), ('cash_list', 'desk', 'not_paid'),
		('recovery', 'owner', 'ready'), ('recovery', 'owner', 'held'), ('recovery', 'owner', 'sent'), ('recovery', 'owner', 'unknown'), ('recovery', 'owner', 'rejected'), ('recovery', 'owner', 'not_paid'),
		('finding', 'desk', 'held'),
		('recovery', 'owner', 'settled'), ('recovery', 'owner', 'returned'), ('resolution', 'desk', 'settled'), ('resolution', 'desk', 'returned') $$,
	'only a statement, a cash agent''s list or what two officers made of a line settles, only absence or that list proves non-payment');
create function pg_temp.by_cause(duty text, payout bigint, cause integer) returns text language plpgsql as $$
declare
	m record;
begin
	select l.from_state as f, l.to_state as t into m from payout.legal_move l join payout.cause c on c.code = cause
		where l.to_state = any (string_to_array(c.to_states, ' ')::smallint[]) order by 1, 2 limit 1;
	perform pg_temp.put(payout, m.f);
	return pg_temp.probe(duty, 'minh', pg_temp.move_sql(payout, m.f, m.t, cause));
end $$;
insert into register.finding (programme, period, person, code, note, blocks) select c.programme, c.pay_period, c.person, 'x', 'x', false
	from payout.payout p join payout.claim c on c.id = p.claim where p.id = :payout returning id as finding \gset
insert into payout.hold (payout, reason, finding) values (:payout, 'x', :finding);
select is(pg_temp.by_cause(d, :payout, c.code), case d when c.duty then 'ok' else 'CH001 not_yours' end, format('the %s moves a payout for "%s"', d, c.name))
	from payout.cause c, unnest(array['desk', 'teller', 'scribe']) d where c.name <> 'resolution' order by c.code, d;
select is(pg_temp.probe('teller', null, pg_temp.move_sql(:payout, 1, 3, n)), 'CH001 not_yours', format('there is no cause %s', n)) from unnest(array[0, 99, -1]) n;
select is(pg_temp.probe('teller', null, 'select payout.move(array[1], array[1]::smallint[], array[3]::smallint[], null, array[null]::bigint[], array[null]::integer[], null)'), 'CH001 not_yours', 'nor none');
-- An officer's move follows what officers wrote down.
select pg_temp.batch_in('approved') as undecided \gset
select min(id) as free from payout.payout where batch = :undecided \gset
create function pg_temp.officer_moves(payout bigint, login text, f integer, t integer) returns text language plpgsql as $$
begin
	perform pg_temp.put(payout, f);
	return pg_temp.probe('desk', login, pg_temp.move_sql(payout, f, t, 9));
end $$;
select is(pg_temp.officer_moves(:free, 'minh', f, t), 'CH001 not_decided', format('from %s to %s without a word', f, t)) from (values (1, 2), (2, 1), (1, 11), (2, 11)) as v(f, t);
select pg_temp.done(pg_temp.try('desk', 'minh', format('insert into payout.hold (payout, reason, by_officer) values (%s, ''looks wrong'', %s)', :free, pg_temp.officer('minh'))));
select is(pg_temp.officer_moves(:free, 'hoa', 1, 2), 'CH001 not_decided', 'nobody holds by another''s word');
select is(pg_temp.officer_moves(:free, 'minh', 1, 2), 'ok', 'but by their own');
select max(id) as held from payout.hold where payout = :free \gset
select pg_temp.done(pg_temp.try('desk', 'hoa', format('insert into payout.hold_release (hold, officer) values (%s, %s)', :held, pg_temp.officer('hoa'))));
select is(pg_temp.officer_moves(:free, 'hoa', 2, 1), 'CH001 not_decided', 'one officer lets nothing go');
select pg_temp.done(pg_temp.try('desk', 'tam', format('insert into payout.hold_release (hold, officer) values (%s, %s)', :held, pg_temp.officer('tam'))));
select is(pg_temp.officer_moves(:free, 'tam', 2, 1), 'ok', 'two do');
create function pg_temp.moves_without(login text, payout bigint) returns text language plpgsql as $$
declare
	r text;
begin
	insert into auth.revocation (certificate, text, signatures) values (pg_temp.certificate(login), 'lost', 'admin');
	r := pg_temp.officer_moves(payout, 'tam', 2, 1);
	raise exception 'undone' using errcode = 'UNDO1', detail = r;
exception when sqlstate 'UNDO1' then
	get stacked diagnostics r = pg_exception_detail;
	return r;
end $$;
select is(pg_temp.moves_without('hoa', :free), 'CH001 not_decided', 'whose certificate was revoked since does not count');
select pg_temp.done(pg_temp.try('desk', 'son', format('insert into payout.hold (payout, reason, by_officer) values (%s, ''again'', %s)', :free, pg_temp.officer('son'))));
select is(pg_temp.officer_moves(:free, 'tam', 2, 1), 'CH001 not_decided', 'and each hold anew');
select max(id) as kept from payout.payout where batch = :undecided \gset
select pg_temp.done(pg_temp.try('desk', 'tam', format('insert into payout.cancellation (payout, reason, by_officer) values (%s, ''moved abroad'', %s)', :kept, pg_temp.officer('tam'))));
select is(pg_temp.officer_moves(:kept, 'tam', f, 11), 'ok', format('one cancels what is %s', n)) from (values (1, 'ready'), (2, 'held')) as v(f, n);
select pg_temp.done(pg_temp.try('teller', null, 'insert into ops.journal (name, place, history) values (''A'', ''one:/j'', ops.history()), (''B'', ''two:/j'', ''another PostgreSQL'')'));
select is(pg_temp.officer_moves(:kept, 'tam', 1, 11), 'CH001 journal_not_compared', 'nobody cancels while a sent journal was not compared with these rows since PostgreSQL was started');
select pg_temp.done(pg_temp.try('teller', null, 'update ops.journal set doubt = ''of the first it says ready'', history = null where name = ''A'''));
select pg_temp.done(pg_temp.try('teller', null, 'update ops.journal set history = ops.history() where name = ''B'''));
select is(pg_temp.officer_moves(:kept, 'tam', 1, 11), 'CH001 journal_not_compared', 'nor while one has what the rows have lost');
select pg_temp.done(pg_temp.try('teller', null, 'update ops.journal set doubt = null, history = ops.history()'));
select is(pg_temp.officer_moves(:kept, 'tam', 1, 11), 'ok', 'when each of them was, one does');
select pg_temp.done(pg_temp.try('teller', null, format('insert into payout.hold (payout, reason) values (%s, ''sent_before'')', :kept)));
select is(pg_temp.officer_moves(:kept, 'tam', f, 11), 'CH001 may_have_left', format('not what the sent journal has, though it is %s', n)) from (values (1, 'ready'), (2, 'held')) as v(f, n);
select pg_temp.put(:payout, 1);

select is(pg_temp.probe('owner', null, format('update payout.payout_state set move_no = move_no - 1 where payout = %s', :payout)), 'CH001 illegal_move', 'moves are not uncounted');
select is(pg_temp.probe('owner', null, format('delete from payout.payout_state where payout = %s', :payout)), 'CH001 append_only', 'a payout does not stop having a state');
select pg_temp.batch_in('approved') as second \gset
select is(pg_temp.probe(d, null, format('update payout.payout_state set state = 7 where payout = %s', :payout)), 'denied', format('the %s cannot set a state by hand', d))
	from unnest(array['gate', 'desk', 'teller', 'scribe', 'auditor']) d;
-- The right that lets rows be locked changes nothing.
select pg_temp.open_batch() as waiting \gset
select pg_temp.add_line(:waiting, pg_temp.claim()) as unborn \gset
select is(pg_temp.probe(d, null, format('select from payout.payout_state where payout = %s for update', :payout)), 'ok', format('the %s locks a payout', d)) from unnest(array['desk', 'teller', 'scribe']) d;
select is(pg_temp.probe(d, null, format('update payout.payout_state set payout = %s where payout = %s', :unborn, :payout)), 'CH001 illegal_move', format('the %s cannot give a state to another payout', d))
	from unnest(array['desk', 'teller', 'scribe']) d;
select is(pg_temp.probe(d, null, format('update payout.payout_state set payout = -payout where payout = %s', :payout)), 'CH001 illegal_move', format('nor can the %s take it away', d))
	from unnest(array['desk', 'teller', 'scribe']) d;

-- ---------------------------------------------------------------- one live payout per claim

create function pg_temp.again(state integer) returns text language plpgsql as $$
declare
	b bigint := pg_temp.batch_in('approved');
	o bigint := pg_temp.open_batch();
	p record;
begin
	select id, claim into p from payout.payout where batch = b order by id limit 1;
	perform pg_temp.put(p.id, state);
	return pg_temp.probe('desk', 'lan', pg_temp.line_sql(o, p.claim, 2));
end $$;
select is(pg_temp.again(s.code), case when s.name in ('rejected', 'not_paid', 'returned', 'cancelled') then 'ok' else 'CH001 still_live' end,
	format('issue 2 while issue 1 is %s', s.name)) from payout.state s order by s.code;
select claim as live from payout.payout where id = :unborn \gset
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:waiting, :live, 2)), 'CH001 still_live', 'issue 2 while issue 1 waits for its approval');
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:waiting, :live, 1, null, null, repeat('7', 19))), '23505 payout_claim_issue_key', 'issue 1 twice');
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:waiting, :claim, 2)), 'CH001 still_live', 'issue 2 before issue 1');
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:waiting, :claim, 0)), '23514 payout_issue_check', 'issue 0');
select claim as paid from payout.payout where batch = :second order by id limit 1 \gset
select pg_temp.put((select id from payout.payout where claim = :paid), 8);
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:waiting, :paid, 3)), 'CH001 still_live', 'issue 3 without issue 2');

-- What was refused and is debited all the same is not proven unpaid.
create function pg_temp.break_sql(kind text, claim bigint) returns text language sql as $$
	select format('insert into recon.break (kind, funding_account, day, payout, amount_dong, note) select %L, id, ''2024-04-03'', %s, 1, ''x''
		from org.funding_account where code = ''labour-demo''', kind, (select min(p.id) from payout.payout p where p.claim = break_sql.claim))
$$;
create function pg_temp.again_with(kind text, claim bigint, batch bigint) returns text language plpgsql as $$
begin
	perform pg_temp.done(pg_temp.try('scribe', null, pg_temp.break_sql(kind, claim)));
	raise exception using message = pg_temp.try('desk', 'lan', pg_temp.line_sql(batch, claim, 2)), errcode = 'UNDO2';
exception when sqlstate 'UNDO2' then
	return sqlerrm;
end $$;
select is(pg_temp.again_with(k, :paid, :waiting), case when k in ('lost_line', 'overdue') then 'ok' else 'CH001 in_question' end,
	format('issue 2 of what was rejected, with an open break %s', k))
	from unnest(array['contradiction', 'rogue_debit', 'double_debit', 'amount_differs', 'account_differs', 'return_unknown', 'lost_line', 'overdue']) k;
select pg_temp.done(pg_temp.try('desk', 'minh', format('insert into payout.claim_void_proposal (claim, officer, reason) values (%s, %s, ''died'')', :paid, pg_temp.officer('minh'))));
create function pg_temp.void_sql(claim bigint) returns text language sql as $$
	select format('insert into payout.claim_void (claim, reason, first_officer, second_officer) values (%s, ''died'', %s, %s)', claim, pg_temp.officer('minh'), pg_temp.officer('hoa'))
$$;
select is(pg_temp.probe('desk', 'hoa', pg_temp.void_sql(:paid)), 'ok', 'a claim whose payout was rejected can be voided');
select pg_temp.allows('scribe', null, pg_temp.break_sql('contradiction', :paid), '(the statement contradicts a refusal)');
select pg_temp.refuses('desk', 'lan', pg_temp.line_sql(:waiting, :paid, 2), 'CH001 in_question', 'what may have been paid is not paid again');
select is(pg_temp.probe('desk', 'hoa', pg_temp.void_sql(:paid)), 'CH001 still_live', 'nor voided');
select pg_temp.acts('minh');
insert into recon.break_proposal (break, officer, outcome) select id, pg_temp.officer('minh'), 'the bank corrected it' from recon.break where kind = 'contradiction';
insert into bank.statement (funding_account, day, opening_dong, closing_dong, line_count, pages, sequence, source, complete, chained)
	select f.id, d, 0, 0, 0, 1, 1 + n, 'fetched', true, true from org.funding_account f, unnest(array['2024-04-08', '2024-04-09']::date[]) with ordinality as s(d, n)
	where f.code = 'labour-demo';
update ops.progress set upto = (select max(id) from bank.statement) where name = 'absence';
select pg_temp.acts('hoa');
insert into recon.break_resolution (break, outcome, first_officer, second_officer)
	select id, 'the bank corrected it', pg_temp.officer('minh'), pg_temp.officer('hoa') from recon.break where kind = 'contradiction';
select pg_temp.allows('desk', 'lan', pg_temp.line_sql(:waiting, :paid, 2), 'issue 2 of what was rejected, once the bank can pay it no more and two officers have resolved the break');
select is(pg_temp.probe('desk', 'lan', pg_temp.line_sql(:waiting, :paid, 3)), 'CH001 still_live', 'issue 3 while issue 2 waits');
select is(pg_temp.probe('desk', 'hoa', pg_temp.void_sql(:paid)), 'CH001 still_live', 'a claim whose payout waits in a batch is not voided');
select is(pg_temp.probe('desk', 'lan', format('insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id)
	select %s, i, %s, 900 + i, sha256(''a''), 1000000, sha256(''l''), repeat(i::text, 19) from generate_series(1, %s) i', :claim, :waiting, n)),
		case n when 1 then 'ok' else 'CH001 still_live' end, format('the first %s issues of a claim in one statement', n))
	from generate_series(1, 2) n;

-- ---------------------------------------------------------------- dispatches, holds, cancellations

select id as channel from org.channel where code = 'demo-labour' \gset
insert into payout.dispatch (channel) values (:channel) returning id as dispatch \gset
select is(pg_temp.probe('teller', null, format('update payout.dispatch set count = %s where id = %s', n, :dispatch)), case when n between 0 and 512 then 'ok' else '23514 dispatch_count_check' end,
	format('a dispatch of %s', n)) from unnest(array[-1, 0, 512, 513]) n;
select is(pg_temp.probe('teller', null, format('update payout.dispatch set %s where id = %s', c, :dispatch)), 'denied', format('a teller does not: %s', c))
	from unnest(array['channel = channel', 'id = default', 'made_at = now()']) c;
select is(pg_temp.probe('teller', null, format('update payout.dispatch set state = ''lost'' where id = %s', :dispatch)), '23514 dispatch_state_check', 'a dispatch is ready, sent or ended');
select is(pg_temp.probe('owner', null, format('delete from payout.dispatch where id = %s', :dispatch)), 'CH001 append_only', 'a dispatch stays');
select is(pg_temp.probe('desk', 'tam', format('insert into payout.dispatch_range (dispatch, first_payout, last_payout) values (%s, 5, %s)', :dispatch, n)), case when n >= 5 then 'ok' else '23514 dispatch_range_check' end,
	format('a range from 5 to %s', n)) from unnest(array[4, 5, 6]) n;

select pg_temp.acts('minh');
insert into payout.hold (payout, reason, by_officer) values (:payout, 'looks wrong', pg_temp.officer('minh')) returning id as hold \gset
select pg_temp.allows('desk', 'hoa', format('insert into payout.hold_release (hold, officer) values (%s, %s)', :hold, pg_temp.officer('hoa')), 'an officer lets a hold go');
select pg_temp.refuses('desk', 'hoa', format('insert into payout.hold_release (hold, officer) values (%s, %s)', :hold, pg_temp.officer('hoa')), '23505 hold_release_pkey', 'once');
select is(pg_temp.probe('desk', 'hoa', format('insert into payout.cancellation (payout, reason, by_officer) values (%s, %L, %s)', :free, r, pg_temp.officer('hoa'))),
	case when length(r) > 2 then 'ok' else '23514 cancellation_reason_check' end, format('cancelled for "%s"', r)) from unnest(array['', 'no', 'moved abroad']) r;

-- ---------------------------------------------------------------- the form of a row

select min(b.id) as bundle from payout.bundle b \gset
select pg_temp.batch_in('frozen') as fresh \gset
select pg_temp.bundle(array[:fresh]) as unsigned \gset
select is(pg_temp.probe('owner', null, s), '23514 ' || c, format('the form of a row: %s', c)) from (values
	('batch_period_check', format('insert into payout.batch (agency, programme, period, area_code, area_valid_from, channel, made_by, not_before, valid_until) select agency, programme, ''2024-04-02'', area_code, area_valid_from, channel, made_by, not_before, valid_until from payout.batch where id = %s', :fresh)),
	('batch_state_check', format('insert into payout.batch (agency, programme, period, area_code, area_valid_from, channel, made_by, not_before, valid_until, state, root, lines, sum_dong) select agency, programme, period, area_code, area_valid_from, channel, made_by, not_before, valid_until, ''paid'', root, 1, 1 from payout.batch where id = %s', :fresh)),
	('batch_root_check', format('update payout.batch set root = ''short'' where id = %s', :waiting)),
	('bundle_root_check', format('insert into payout.bundle (agency, root, batches, lines, sum_dong) select agency, ''short'', 1, 1, 1 from payout.bundle where id = %s', :bundle)),
	('bundle_batch_path_check', format('insert into payout.bundle_batch (bundle, n, batch, version, root, path) values (%s, 9, %s, 1, sha256(''x''), ''short'')', :bundle, :waiting)),
	('bundle_batch_root_check', format('insert into payout.bundle_batch (bundle, n, batch, version, root, path) values (%s, 9, %s, 1, ''short'', '''')', :bundle, :waiting)),
	('claim_instalment_check', format('insert into payout.claim (person, programme, month, kind, instalment, amount_dong, agency, pay_period, area_code, area_valid_from) select person, programme, month, kind, 100, amount_dong, agency, pay_period, area_code, area_valid_from from payout.claim where id = %s', :claim)),
	('claim_pay_period_check', format('insert into payout.claim (person, programme, month, kind, instalment, amount_dong, agency, pay_period, area_code, area_valid_from) select person, programme, month, kind, 2, amount_dong, agency, ''2024-04-02'', area_code, area_valid_from from payout.claim where id = %s', :claim)),
	('dispatch_root_check', format('update payout.dispatch set root = ''short'' where id = %s', :dispatch)),
	('payout_account_hash_check', replace(pg_temp.line_sql(:waiting, :claim), format('sha256(''%s'')', :claim), '''short''')),
	('payout_line_hash_check', replace(pg_temp.line_sql(:waiting, :claim), format('sha256(''%s:1'')', :claim), '''short'''))) as v(c, s);
select is(pg_temp.probe('desk', 'minh', format('insert into payout.approval (bundle, role, officer, certificate, text, signature) values (%s, ''checker'', %s, %s, ''x'', ''short'')',
	:unsigned, pg_temp.officer('minh'), pg_temp.certificate('minh'))), '23514 approval_signature_check', 'a signature has 64 bytes');
select is(pg_temp.probe('desk', 'minh', format('insert into payout.bundle (agency, root, batches, lines, sum_dong) select agency, root, 1, 1, 1 from payout.bundle where id = %s', :bundle)), '23505 bundle_root_key', 'the same batches are one bundle');
select is(pg_temp.probe('desk', 'minh', format('insert into payout.bundle_batch (bundle, n, batch, version, root, path) values (%s, 9, %s, 1, sha256(''x''), '''')', :unsigned, :fresh)), '23505 bundle_batch_bundle_batch_key', 'a batch is in a bundle once');

select * from finish();
rollback;

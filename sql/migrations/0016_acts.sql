-- What officers did, over every table that names one: the last migration, so that it can. Acts of two are two rows; where the second officer's
-- row has the first one's too, that one is read where it was proposed. tests/sql/audit.sql demands that none is forgotten.

set local role chitra_owner;

create view audit.act as
select x.at, o.login as officer, x.what, x.object, x.note
from (
	select b.made_at, b.made_by, 'batch.made', 'batch:' || b.id, null from payout.batch b
	union all select v.frozen_at, v.frozen_by, 'batch.submitted', 'batch:' || v.batch, 'version ' || v.version from payout.batch_version v
	union all select a.at, a.officer, 'batch.' || case a.role when 'checker' then 'checked' else 'approved' end, 'batch:' || x.batch,
		'version ' || x.version from payout.approval a join payout.bundle_batch x on x.bundle = a.bundle
	union all select r.at, r.officer, 'batch.released', 'batch:' || r.batch, case when r.planned then 'planned' end from payout.release r
	union all select h.at, h.by_officer, 'payout.held', 'payout:' || h.payout, h.reason from payout.hold h where h.by_officer is not null
	union all select r.at, r.officer, 'payout.let_go', 'payout:' || h.payout, null from payout.hold_release r join payout.hold h on h.id = r.hold
	union all select c.at, c.by_officer, 'payout.cancelled', 'payout:' || c.payout, c.reason from payout.cancellation c
	union all select r.proposed_at, r.first_officer, 'recall.proposed', 'payout:' || r.payout, r.cause || ': ' || r.reason from payout.recall r
	union all select r.decided_at, r.second_officer, 'recall.confirmed', 'payout:' || r.payout, r.cause from payout.recall r where r.decided_at is not null
	union all select w.at, w.officer, 'recall.' || w.said, 'payout:' || r.payout, w.reason from payout.recall_word w join payout.recall r on r.id = w.recall
	union all select a.at, a.officer, case when a.pauses then 'sending.paused' else 'sending.resumed' end, a.what, a.reason from ops.pause_act a
	union all select p.at, p.officer, 'claim.void_proposed', 'claim:' || p.claim, p.reason from payout.claim_void_proposal p
	union all select v.at, v.second_officer, 'claim.voided', 'claim:' || v.claim, v.reason from payout.claim_void v
	union all select p.at, p.officer, 'break.proposed', 'break:' || p.break, p.outcome from recon.break_proposal p
	union all select r.at, r.second_officer, 'break.resolved', 'break:' || r.break, r.outcome from recon.break_resolution r
	union all select c.at, c.first_officer, 'cash_list.proposed', 'cash_list:' || c.id, null from recon.cash_list c
	union all select c.at, c.second_officer, 'cash_list.confirmed', 'cash_list:' || c.id, null from recon.cash_list c where c.second_officer is not null
	union all select p.at, p.officer, 'finding.proposed', 'finding:' || p.finding, p.verdict || ': ' || p.reason from register.finding_proposal p
	union all select d.at, d.second_officer, 'finding.' || d.verdict, 'finding:' || d.finding, d.reason from register.finding_decision d
	union all select d.proposed_at, d.first_officer, 'decision.proposed', 'decision:' || d.id, d.kind from register.decision d
	union all select d.decided_at, d.second_officer, 'decision.decided', 'decision:' || d.id, d.kind
		from register.decision d where d.decided_at is not null
	union all select f.made_at, f.made_by, 'money.expected', 'funding_order:' || f.id, f.reference from org.funding_order f
	union all select f.at, f.officer, 'list.imported', 'list:' || f.id, f.kind from register.import_file f
	union all select h.at, h.officer, 'list.heading_said', 'heading:' || h.id, h.sender || ': ' || h.heading || ' = ' || h.cell from register.list_heading h
	union all select c.at, c.officer, 'refund.confirmed', 'funding_order:' || c.funding_order, null from org.refund_confirmed c
	union all select w.at, w.officer, 'refund.withdrawn', 'funding_order:' || w.funding_order, w.reason from org.refund_withdrawn w
	union all select t.proposed_at, t.first_officer, 'clawback.proposed', 'break:' || t.break, t.step || ' ' || t.amount_dong from recon.clawback t
	union all select t.decided_at, t.second_officer, 'clawback.confirmed', 'break:' || t.break, t.step || ' ' || t.amount_dong
		from recon.clawback t where t.decided_at is not null
	union all select t.proposed_at, t.first_officer, 'reversal.proposed', 'leaf:' || t.seq, t.reason from recon.reversal t
	union all select t.decided_at, t.second_officer, 'reversal.confirmed', 'leaf:' || t.seq, t.reason
		from recon.reversal t where t.decided_at is not null
	union all select t.proposed_at, t.first_officer, 'repayment.proposed', 'recovery:' || t.recovery, t.amount_dong::text from register.repayment t
	union all select t.decided_at, t.second_officer, 'repayment.confirmed', 'recovery:' || t.recovery, t.amount_dong::text
		from register.repayment t where t.decided_at is not null
	union all select p.at, p.officer, 'period.proposed', 'period:' || p.agency || '.' || to_char(p.period, 'YYYY-MM'), null from ops.period_proposal p
	union all select t.at, t.second_officer, 'period.closed', 'period:' || t.agency || '.' || to_char(t.period, 'YYYY-MM'), null from ops.period_text t
		where t.second_officer is not null
	union all select t.proposed_at, t.first_officer, 'identity.proposed', 'person:' || t.person, t.kind || ': ' || t.reason from register.identity t
	union all select t.decided_at, t.second_officer, case when t.refused then 'identity.refused' else 'identity.confirmed' end,
		'person:' || t.person, t.kind || ': ' || t.reason
		from register.identity t where t.decided_at is not null
	union all select t.proposed_at, t.first_officer, 'account_word.proposed', 'account:' || t.account, t.what || ': ' || t.document
		from register.account_word t
	union all select t.decided_at, t.second_officer, 'account_word.confirmed', 'account:' || t.account, t.what || ': ' || t.document
		from register.account_word t where t.decided_at is not null
	-- Of what was dropped, when is not kept: it stands at its proposal.
	union all select t.proposed_at, t.dropped_by, 'account_word.dropped', 'account:' || t.account, t.what || ': ' || t.document
		from register.account_word t
		where t.dropped_by is not null
	union all select f.at, t.first_officer, 'account_file.proposed', 'list:' || t.file, t.source from register.account_file t
		join register.import_file f on f.id = t.file
	union all select t.decided_at, t.second_officer, 'account_file.confirmed', 'list:' || t.file, t.source from register.account_file t
		where t.decided_at is not null
	union all select f.at, t.dropped_by, 'account_file.dropped', 'list:' || t.file, t.source from register.account_file t
		join register.import_file f on f.id = t.file where t.dropped_by is not null
	union all select p.typed_at, p.officer, 'wish.typed', 'person:' || p.person, p.method from register.pay_preference p where p.officer is not null
	union all select t.proposed_at, t.first_officer, 'erasure.proposed', 'person:' || t.person, t.reason from register.erasure t
	union all select t.decided_at, t.second_officer, 'erasure.confirmed', 'person:' || t.person, t.reason
		from register.erasure t where t.decided_at is not null
	union all select t.proposed_at, t.first_officer, 'readmission.proposed', 'person:' || t.person, t.reason from register.readmission t
	union all select t.decided_at, t.second_officer, 'readmission.confirmed', 'person:' || t.person, t.reason
		from register.readmission t where t.decided_at is not null
	union all select t.proposed_at, t.first_officer, 'window.proposed', 'programme:' || t.programme, to_char(t.period, 'YYYY-MM')
		from rules.payout_window t where t.first_officer is not null
	union all select t.decided_at, t.second_officer, 'window.confirmed', 'programme:' || t.programme, to_char(t.period, 'YYYY-MM')
		from rules.payout_window t where t.decided_at is not null
	union all select t.proposed_at, t.first_officer, 'hours.proposed', 'channel:' || t.channel, t.from_day || ': ' || t.hours
		from org.channel_hours t where t.first_officer is not null
	union all select t.decided_at, t.second_officer, 'hours.confirmed', 'channel:' || t.channel, t.from_day || ': ' || t.hours
		from org.channel_hours t where t.decided_at is not null
	union all select t.proposed_at, t.first_officer, 'day.proposed', 'day:' || t.day, t.kind from rules.day_word t
	union all select t.decided_at, t.second_officer, 'day.confirmed', 'day:' || t.day, t.kind from rules.day_word t where t.decided_at is not null
	union all select k.at, k.officer, 'kek.brought', 'kek:' || k.n, null from register.kek k where k.officer is not null
	union all select v.at, v.officer, 'village.assigned', 'area:' || v.code, v.village || ': ' || v.successor_code from register.area_village v
) x(at, who, what, object, note)
join auth.officer o on o.id = x.who;

comment on view audit.act is 'What officers did. What takes two is two rows. What they looked at is in access_log.';
comment on column audit.act.at is 'when; of what was dropped, when it was proposed';
comment on column audit.act.officer is 'login';
comment on column audit.act.what is 'was done';
comment on column audit.act.object is 'to what: batch:4, payout:12 …';
comment on column audit.act.note is 'reason or outcome';

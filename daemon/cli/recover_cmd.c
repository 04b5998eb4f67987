#include "daemon/cli/recover_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/secret.h"
#include "ledger/base/text.h"
#include "ledger/books/event.h"
#include "ledger/books/leaf.h"
#include "ledger/books/period_store.h"
#include "ledger/books/recover_store.h"
#include "ledger/payout/recover_decided_store.h"
#include "ledger/payout/recover_release_store.h"
#include "ledger/payout/recover_store.h"
#include "ledger/register/end_again_store.h"
#include "ledger/register/forget_again_store.h"
#include "ledger/register/payer_store.h"
#include "daemon/cli/recover_journals.h"
#include "daemon/cli/trust.h"
#include "daemon/witnesses.h"

#define RECOVER_MS (INT64_C(60) * 60 * 1000)

struct recovering {
	struct cli *cli;
	struct work *w;
	const char *archive_path, *database;
	bool dry, resume;
	struct archive *archive;
	struct recover_journals journals;
	struct note_verifier log;
	struct facts facts;
	struct business_clock clock;
	struct recovery leaves;
	struct lost_channels lost_channels;
	struct lost_releases lost;
	struct releases_recovered releases;
	struct payouts_recovered payouts, doubted; /* doubted: by a lost journal alone */
	struct decisions_recovered decisions;
	struct forgottens forgotten;
	struct forget_again forget;
	struct endeds endeds;
	struct end_again end;
	struct period_texts periods;
};

/* ---- what it is told ----------------------------------------------------------------------------------------------------- */

static bool read_options(struct recovering *r, int argc, char **argv)
{
	const struct cli_option known[] = {
		{"dry-run", .given = &r->dry},
		{"resume", .given = &r->resume},
		{"archive", .text = &r->archive_path},
		{"journal", .take = recover_journal_take, .to = &r->journals},
		{"lost-journal", .take = recover_lost_take, .to = &r->journals},
		{"database", .text = &r->database},
	};
	r->archive_path = config_text(r->cli->config, "archive", "directory");
	r->database = config_text(r->cli->config, "database", "conninfo");
	if (!cli_options(argc, argv, known, COUNT_OF(known)))
		return false;
	return optind == argc && !(r->dry && r->resume);
}

/* ---- whose archive it is --------------------------------------------------------------------------------------------------- */

static enum result open_archive(struct recovering *r)
{
	struct work *w = r->w;
	struct rows genesis;
	enum result result = db_run(w, Q_GENESIS_LEAF, DB_NO_ARGS, &genesis);
	if (result != OK)
		return result;
	if (row_null(&genesis, 0, rows_col(&genesis, "leaf"))) {
		why_set(&w->why, "dump_before_release",
			"the restored database has no ledger: restore a dump that was taken after the last release");
		return REFUSED;
	}
	if (!r->archive_path)
		why_set(&w->why, "archive_missing", "[archive] directory is not set; give --archive");
	if (!r->archive_path ||
		!genesis_log(w->arena, row_bytes(&genesis, 0, rows_col(&genesis, "leaf")), &r->log, &w->why))
		return REFUSED;
	r->archive = archive_open(r->archive_path, &r->log, &w->why);
	return r->archive ? OK : REFUSED;
}

/* An older archive than the one that was lost, or another one's, must not be taken for the history: what a witness has signed is in it. */
static enum result ask_witnesses(struct recovering *r)
{
	struct work *w = r->w;
	CLEANUP(witnesses_drop) struct witnesses *all = witnesses_load(r->cli->config, r->archive, &w->why);
	if (!all)
		return REFUSED;
	for (size_t i = 0; i < all->n; i++) {
		struct checkpoint known;
		bool has;
		if (!witness_newest(w, all, &all->at[i], r->log.name, &known)) {
			fprintf(stderr, "%s %s %s\n", "Nhân chứng", all->at[i].name,
				"không trả lời, hoặc chưa ký gì: chưa so được kho lưu trữ với nhân chứng này.");
			continue;
		}
		if (!archive_has(r->archive, &known, &has, &w->why))
			return REFUSED;
		if (!has) {
			why_set(&w->why, "witness_differs",
				"the witness %s has signed %" PRIu64
				" ledger transactions that the archive lacks, or has others of; "
				"use the newest copy of the archive",
				all->at[i].name, known.size);
			return REFUSED;
		}
	}
	return OK;
}

/* ---- that nothing leaves unseen ------------------------------------------------------------------------------------------- */

#define TO_CHECK                                                                                                                                                                         \
	"Sau khi phục hồi chưa chi tiền. Không có trong kho lưu trữ những gì cán bộ làm sau lúc sao lưu; thiếu "                                                  \
	"chúng có thể chi sai. Hãy đối chiếu với hồ sơ và làm lại: tạm giữ và hủy khoản chi (chitra hold, "                                                  \
	"chitra cancel); danh sách đã nhập, người mất, chuyển nơi ở (chitra import, chitra registry); tạm dừng, "                                                     \
	"thôi hưởng, cấp thêm (chitra decide); gộp người, sửa thông tin (chitra person); quyết định về việc "                                                    \
	"cần xem (chitra finding); chứng thư cán bộ bị thu hồi (chitra officer); quyết định thu hồi và tiền đã thu lại (chitra recovery); tài khoản thêm " \
	"hoặc gia hạn (chitra account); ý muốn nhận tiền mặt (chitra preference). Rồi chạy chitra recover "                                                             \
	"--resume"
#define UNFINISHED "Phục hồi chưa xong: chạy lại chitra recover"

/* In a transaction of its own and before anything else, so that no crash leaves a database that looks recovered and pays; nor does
 * --resume, until recover_payouts has said what is to be checked. */
static enum result pause(struct work *w)
{
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result == OK)
		result = db_run(w, Q_RECOVER_PAUSE, DB_ARGS(db_text(UNFINISHED)), NULL);
	return result == OK ? tx_commit(w) : result;
}

static void fill_resumed(struct json_writer *j, const void *what)
{
	json_put_bool(j, "resumed", *(const bool *)what);
}

static enum result resume(struct cli *cli)
{
	struct work *w = cli->w;
	struct rows r;
	TX_GUARD(w);
	enum result result = tx_begin(w);
	if (result == OK)
		result = db_run(w, Q_RECOVER_RESUME, DB_ARGS(db_text(TO_CHECK)), &r);
	if (result == OK && row_bool(&r, 0, rows_col(&r, "unfinished"))) {
		why_set(&w->why, "recover_unfinished", "recovery has not ended; run chitra recover again");
		return REFUSED;
	}
	if (result == OK)
		result = tx_commit(w);
	if (result != OK)
		return result;
	bool resumed = row_bool(&r, 0, rows_col(&r, "lifted"));
	if (cli->json)
		cli_print_json(fill_resumed, &resumed);
	else
		puts(resumed ? "Đã cho chi tiền trở lại." : "Không có lệnh dừng nào do phục hồi.");
	return OK;
}

/* ---- doing it ---------------------------------------------------------------------------------------------------------------- */

/* What a journal that is lost may have had beside that. */
static enum result recover_doubted(struct recovering *r)
{
	struct facts doubted;
	enum result result = doubt_ready(r->w, &r->lost_channels, &r->facts, &doubted);
	return result == OK && doubted.payouts_n > 0
		       ? payouts_recover(r->w, &doubted, r->clock.today, &r->doubted)
		       : result;
}

static enum result recover_payouts(struct recovering *r)
{
	struct work *w = r->w;
	TX_GUARD(w);
	w->deadline_us = work_deadline_in_ms(RECOVER_MS);
	enum result result = tx_begin(w);
	if (result == OK)
		result = releases_recover(w, &r->facts, &r->lost, r->clock.today, &r->releases);
	if (result == OK)
		result = doubt_booked(w, &r->facts);
	if (result == OK)
		result = payouts_recover(w, &r->facts, r->clock.today, &r->payouts);
	if (result == OK)
		result = releases_send(w, &r->lost, &r->releases);
	if (result == OK)
		result = recover_doubted(r);
	if (result == OK)
		result = decisions_recover(w, &r->facts, &r->decisions);
	if (result == OK)
		result = forget_again(w, &r->forgotten, &r->forget);
	if (result == OK)
		result = end_again(w, &r->endeds, &r->end);
	if (result == OK)
		result = period_texts_again(w, &r->periods);
	if (result == OK)
		result = recover_journals_done(w, &r->journals);
	if (result == OK && !r->dry)
		result = db_run(w, Q_RECOVER_PAUSE, DB_ARGS(db_text(TO_CHECK)), NULL);
	if (result == OK && !r->dry)
		result = tx_commit(w);
	return result;
}

/* Whom two officers erased, and which accounts they ended: files of the desk, which alone can say so. */
static enum result read_decided(struct recovering *r)
{
	struct work *w = r->w;
	bool known = config_secret(r->cli->config, "desk", "id_key") != NULL;
	CLEANUP(secret_drop) struct key32 *key = known ? cli_key(r->cli, "id_key") : NULL;
	struct decided_archive archive = {.directory = r->archive_path, .key = key};
	return (!known || key) && forgotten_read(&archive, w->arena, &r->forgotten, &w->why) &&
			       ended_read(&archive, w->arena, &r->endeds, &w->why)
		       ? OK
		       : REFUSED;
}

/* What the manifests know beyond this dump, and whether it can be recovered with them. */
static enum result look(struct recovering *r)
{
	struct work *w = r->w;
	struct release_evidence e = {.facts = &r->facts, .archive = r->archive_path};
	enum result result = cli_trust(r->cli, &e.trust);
	if (result == OK)
		result = doubt_channels(w, r->journals.lost, r->journals.lost_n, &r->lost_channels);
	e.lost = r->lost_channels;
	if (result == OK)
		result = releases_look(w, &e, &r->lost);
	if (result != OK)
		return result;
	int64_t *known = arena_array(w->arena, r->lost.n, int64_t);
	for (size_t i = 0; i < r->lost.n; i++)
		known[i] = r->lost.at[i].said.batch;
	return payouts_recoverable(w, &r->facts, known, r->lost.n);
}

static enum result recover(struct recovering *r)
{
	struct work *w = r->w;
	w->deadline_us = work_deadline_in_ms(RECOVER_MS);
	enum result result = recover_journals_open(r->cli, w, &r->journals);
	if (result == OK)
		result = open_archive(r);
	if (result == OK)
		result = ask_witnesses(r);
	if (result == OK && !facts_gather(r->archive, r->journals.paths, r->journals.open_n, w->arena,
				    &r->facts, &w->why))
		result = REFUSED;
	if (result == OK)
		result = read_decided(r);
	if (result == OK)
		result = look(r);
	if (result == OK)
		result = clock_look(w, &r->clock);
	if (result == OK && !r->dry)
		result = pause(w);
	if (result == OK && !r->dry)
		result = books_recover(w, r->archive, "duty:recover", r->clock.today, NULL, &r->leaves);
	return result == OK ? recover_payouts(r) : result;
}

/* ---- saying it --------------------------------------------------------------------------------------------------------------- */

static void fill_lost(struct json_writer *j, const struct decisions_recovered *d)
{
	json_open_array(j, "voids_lost");
	for (size_t i = 0; i < d->lost_voids_n; i++)
		json_put_i64(j, NULL, d->lost_voids[i]->claim);
	json_close(j);
	json_open_array(j, "resolutions_lost");
	for (size_t i = 0; i < d->lost_resolutions_n; i++)
		json_put_i64(j, NULL, d->lost_resolutions[i]->brk);
	json_close(j);
}

static void fill_decision(struct json_writer *j, int64_t at_us, const char *const officers[2])
{
	json_put_day(j, "day", day_of_instant_vn(at_us));
	json_open_array(j, "officers");
	json_put_str(j, NULL, officers[0]);
	json_put_str(j, NULL, officers[1]);
	json_close(j);
	json_close(j);
}

static void fill_forgotten(struct json_writer *j, const char *name, const struct forget_told *told, size_t n)
{
	json_open_array(j, name);
	for (size_t i = 0; i < n; i++) {
		json_open_object(j, NULL);
		json_put_i64(j, "person", told[i].person);
		json_put_str(j, "number", told[i].decision->number);
		if (told[i].code)
			json_put_str(j, "code", told[i].code);
		fill_decision(j, told[i].decision->at_us, told[i].decision->officers);
	}
	json_close(j);
}

static void fill_ended(struct json_writer *j, const char *name, const struct end_told *told, size_t n)
{
	json_open_array(j, name);
	for (size_t i = 0; i < n; i++) {
		json_open_object(j, NULL);
		if (told[i].account)
			json_put_i64(j, "account", told[i].account);
		json_put_day(j, "from", told[i].decision->from);
		fill_decision(j, told[i].decision->at_us, told[i].decision->officers);
	}
	json_close(j);
}

static void fill_periods(struct json_writer *j, const struct period_texts *p)
{
	json_put_i64(j, "period_texts", (int64_t)p->made);
	json_open_array(j, "period_texts_lost");
	for (size_t i = 0; i < p->lost.n; i++) {
		char month[MONTH_TEXT_SIZE];
		json_open_object(j, NULL);
		json_put_str(j, "agency", p->lost.at[i].agency);
		json_put_str(j, "period", month_format(p->lost.at[i].month, month));
		json_close(j);
	}
	json_close(j);
}

static void fill(struct json_writer *j, const void *what)
{
	const struct recovering *r = what;
	const struct payouts_recovered *p = &r->payouts;
	json_put_bool(j, "dry_run", r->dry);
	json_put_i64(j, "archived", (int64_t)r->facts.leaves);
	json_put_i64(j, "leaves_brought_back", (int64_t)r->leaves.brought_back);
	json_put_i64(j, "batches_approved", (int64_t)r->releases.approved);
	json_put_i64(j, "batches_released", (int64_t)r->releases.released);
	json_put_i64(j, "batches_to_release", (int64_t)r->lost.again);
	json_put_i64(j, "dispatches_sent", (int64_t)p->sent);
	json_put_i64(j, "dispatches_made", (int64_t)p->made);
	json_put_i64(j, "dispatches_fenced", (int64_t)p->fenced);
	json_put_i64(j, "payouts_in_doubt", (int64_t)p->in_doubt);
	json_put_i64(j, "payouts_in_doubt_by_lost_journal", (int64_t)r->doubted.in_doubt);
	json_put_i64(j, "payouts_unpaid", (int64_t)p->refused);
	json_put_i64(j, "payouts_held", (int64_t)p->held);
	json_put_i64(j, "payouts_awaiting_statement", (int64_t)p->settled);
	json_put_i64(j, "booked_again", (int64_t)(p->booked + r->releases.booked + r->doubted.booked));
	json_put_i64(j, "voids", (int64_t)r->decisions.voids);
	json_put_i64(j, "voided_held", (int64_t)r->decisions.held);
	json_put_i64(j, "breaks", (int64_t)r->decisions.breaks);
	json_put_i64(j, "resolutions", (int64_t)r->decisions.resolutions);
	fill_lost(j, &r->decisions);
	fill_forgotten(j, "erased_again", r->forget.erased, r->forget.erased_n);
	fill_forgotten(j, "erased_left", r->forget.left, r->forget.left_n);
	fill_ended(j, "accounts_ended_again", r->end.ended, r->end.ended_n);
	fill_ended(j, "accounts_left", r->end.left, r->end.left_n);
	fill_periods(j, &r->periods);
	json_put_bool(j, "paused", !r->dry);
}

static void say_decided(struct arena *a, const struct decisions_recovered *d)
{
	if (d->voids + d->resolutions + d->held > 0)
		printf("Quyết định của hai cán bộ: đã đưa lại %zu khoản hưởng đã hủy (tạm giữ %zu khoản chi của khoản hưởng đã hủy: hãy hủy chúng) và %zu chênh lệch đã giải quyết.\n",
			d->voids, d->held, d->resolutions);
	if (d->breaks > 0)
		printf("Đối chiếu: đã đưa lại %zu chênh lệch với số cũ; dòng sao kê của chúng về khi sao kê được lấy lại.\n",
			d->breaks);
	for (size_t i = 0; i < d->lost_voids_n; i++) {
		const struct fact_void *v = d->lost_voids[i];
		printf("CHƯA đưa lại: khoản hưởng %" PRId64 " (%s, %s, %s, %s) đã hủy vì %s bởi %s và %s; "
		       "bản sao lưu thiếu khoản hưởng hoặc cán bộ. Thêm lại cán bộ rồi chạy lại chitra recover, hoặc hai cán bộ hủy lại.\n",
			v->claim, v->programme, v->month, v->kind, cli_money(a, v->amount), v->reason,
			v->officers[0], v->officers[1]);
	}
	for (size_t i = 0; i < d->lost_resolutions_n; i++) {
		const struct fact_resolution *x = d->lost_resolutions[i];
		printf("CHƯA đưa lại: chênh lệch %" PRId64 " (%s, %s, %s) đã giải quyết là %s bởi %s và %s; "
		       "sổ cái đã ghi, không ai giải quyết lại. Lấy lại sao kê%s, rồi dừng các dịch vụ và chạy lại chitra recover.\n",
			x->brk, x->kind, x->funding, cli_money(a, x->amount), x->outcome, x->officers[0],
			x->officers[1],
			x->id ? " (khoản chi của nó chờ sao kê)" : ", thêm lại cán bộ nếu thiếu");
	}
}

/* Numbers of people and decisions: who was erased has no name. */
static void say_forgotten(struct arena *a, const struct forget_again *f)
{
	if (f->erased_n > 0)
		printf("Xóa dữ liệu cá nhân: đã xóa lại %zu người mà bản sao lưu còn giữ.\n", f->erased_n);
	for (size_t i = 0; i < f->erased_n; i++) {
		const struct forgotten *d = f->erased[i].decision;
		printf("  người số %" PRId64 " (quyết định %s ngày %s của %s và %s)\n", f->erased[i].person,
			d->number, cli_day_vi(a, day_of_instant_vn(d->at_us)), d->officers[0],
			d->officers[1]);
	}
	for (size_t i = 0; i < f->left_n; i++) {
		const struct forgotten *d = f->left[i].decision;
		const char *day = cli_day_vi(a, day_of_instant_vn(d->at_us));
		if (d->back)
			printf("CHƯA ghi nhận lại: người số %" PRId64
			       " (quyết định %s ngày %s của %s và %s) vẫn đang bị xóa: "
			       "hai cán bộ ghi nhận lại (chitra person readmit).\n",
				f->left[i].person, d->number, day, d->officers[0], d->officers[1]);
		else
			printf("CHƯA xóa lại: người số %" PRId64
			       " (quyết định %s ngày %s của %s và %s) đã hiện lại, vì %s: chạy lại chitra "
			       "recover khi hết vướng, hoặc hai cán bộ xóa lại (chitra person erase).\n",
				f->left[i].person, d->number, day, d->officers[0], d->officers[1],
				f->left[i].code);
	}
}

static const char *end_vi(struct arena *a, const struct ended *e)
{
	return arena_printf(a, "từ ngày %s, quyết định ngày %s của %s và %s", cli_day_vi(a, e->from),
		cli_day_vi(a, day_of_instant_vn(e->at_us)), e->officers[0], e->officers[1]);
}

static void say_ended(struct arena *a, const struct end_again *e)
{
	if (e->ended_n > 0)
		printf("Tài khoản: đã kết thúc lại %zu tài khoản mà hai cán bộ kết thúc sau lúc sao lưu.\n",
			e->ended_n);
	for (size_t i = 0; i < e->ended_n; i++)
		printf("  tài khoản số %" PRId64 " (%s)\n", e->ended[i].account,
			end_vi(a, e->ended[i].decision));
	for (size_t i = 0; i < e->left_n; i++) {
		const char *end = end_vi(a, e->left[i].decision);
		if (e->left[i].account)
			printf("CHƯA kết thúc lại: tài khoản số %" PRId64
			       " (%s); bản sao lưu thiếu cán bộ. Thêm lại cán bộ rồi chạy lại chitra "
			       "recover, hoặc hai cán bộ kết thúc lại (chitra account end).\n",
				e->left[i].account, end);
		else
			printf("CHƯA kết thúc lại: một tài khoản mà bản sao lưu không có (%s); hai cán bộ kết thúc "
			       "lại sau khi nhập lại danh sách (chitra import, rồi chitra account end).\n",
				end);
	}
}

static void say_periods(const struct period_texts *p)
{
	if (p->made > 0)
		printf("Kỳ đã đóng: đã lập lại văn bản của %zu kỳ, đúng như lúc đóng.\n", p->made);
	for (size_t i = 0; i < p->lost.n; i++) {
		char month[MONTH_TEXT_SIZE];
		printf("CHƯA lập lại văn bản của kỳ %s, %s: cơ sở dữ liệu còn thiếu việc của kỳ này. Lấy lại sao kê, rồi "
		       "dừng các dịch vụ và chạy lại chitra recover; hoặc lấy lại tệp period/%s.%s từ thư mục đã công bố.\n",
			month_format(p->lost.at[i].month, month), p->lost.at[i].agency, p->lost.at[i].agency,
			month);
	}
}

static void say_releases(const struct recovering *r)
{
	const struct releases_recovered *x = &r->releases;
	if (x->released > 0)
		printf("Lô chi: bản kê trong kho lưu trữ đưa lại %zu lô đã cho chi sau lúc sao lưu (%zu lô phải đưa lại cả chữ ký duyệt); "
		       "%zu lô gửi mới cho những khoản chưa gửi.\n",
			x->released, x->approved, x->dispatches);
	if (r->lost.again > 0)
		printf("%zu lô có bản kê nhưng chưa khoản nào được gửi và sổ cái chưa ghi: hai cán bộ cho chi lại (chitra release).\n",
			r->lost.again);
}

static void say_payouts(const struct recovering *r)
{
	const struct payouts_recovered *p = &r->payouts;
	if (!r->dry)
		printf("Sổ cái: đã đưa lại %" PRIu64 " giao dịch từ kho lưu trữ (%" PRIu64
		       " đã niêm phong).\n",
			r->leaves.brought_back, r->leaves.size);
	printf("Lô gửi: %zu lô mà bản sao lưu coi là chưa gửi thực ra đã gửi (%zu lô phải tạo lại); %zu lô được đổi kỳ.\n",
		p->sent, p->made, p->fenced);
	printf("Khoản chi: %zu chưa rõ kết quả, sẽ hỏi lại ngân hàng; %zu chưa trả được; %zu tạm giữ, chờ hai cán bộ cho đi.\n",
		p->in_doubt, p->refused, p->held);
	if (p->settled > 0)
		printf("%zu khoản sổ cái đã quyết toán, chờ lấy lại sao kê.\n", p->settled);
	if (r->doubted.in_doubt > 0)
		printf("Nhật ký gửi đã mất: %zu khoản chi có thể đã gửi, nay chưa rõ kết quả, sẽ hỏi lại ngân hàng.\n",
			r->doubted.in_doubt);
	if (p->booked + r->releases.booked + r->doubted.booked > 0)
		printf("%zu giao dịch sổ cái chưa kịp niêm phong được ghi lại.\n",
			p->booked + r->releases.booked + r->doubted.booked);
}

static void say(const struct recovering *r)
{
	const struct payouts_recovered *p = &r->payouts;
	const struct decisions_recovered *d = &r->decisions;
	if (r->dry)
		printf("Chạy thử: chưa ghi gì vào cơ sở dữ liệu.\n");
	say_decided(r->w->arena, d);
	if (r->leaves.brought_back + r->releases.released + r->doubted.in_doubt + p->sent + p->fenced +
			p->in_doubt + p->refused + p->held + d->voids + d->breaks + d->resolutions + d->held +
			r->forget.erased_n + r->forget.left_n + r->end.ended_n + r->end.left_n +
			r->periods.made + r->periods.lost.n ==
		0)
		printf("%s\n",
			r->dry ? "Không có khoản chi nào phải phục hồi." : "Không có gì phải phục hồi.");
	else
		say_payouts(r);
	say_releases(r);
	say_forgotten(r->w->arena, &r->forget);
	say_ended(r->w->arena, &r->end);
	say_periods(&r->periods);
	if (!r->dry)
		printf("%s.\n", TO_CHECK);
}

int cli_recover(struct cli *cli, int argc, char **argv)
{
	struct recovering r = {.cli = cli, .w = cli->w};
	struct db *desk = cli->w->db;
	if (!read_options(&r, argc, argv))
		return cli_usage(cli);
	cli->w->db = db_open(r.database, DB_DUTY_OWNER);
	enum result result = r.resume ? resume(cli) : recover(&r);
	db_close(cli->w->db);
	cli->w->db = desk;
	archive_close(r.archive);
	recover_journals_close(&r.journals);
	if (result == OK && cli->json && !r.resume)
		cli_print_json(fill, &r);
	else if (result == OK && !r.resume)
		say(&r);
	return cli_exit(cli, result);
}

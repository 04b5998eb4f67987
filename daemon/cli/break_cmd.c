#include "daemon/cli/break_cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/base/text.h"
#include "ledger/books/post.h"
#include "ledger/recon/break_store.h"

struct asked {
	const char *account;
	bool all;
	struct break_wish wish;
};

static bool take_letter(const char *value, void *to)
{
	const char **letter = to;
	*letter = value;
	return (strlen(value) >= 3 && strlen(value) <= 100) ||
	       cli_wrong("Ghi số văn bản (--letter) từ 3 đến 100 ký tự");
}

static bool read_options(int argc, char **argv, struct asked *o)
{
	const struct cli_option known[] = {
		{"account", .text = &o->account},
		{"all", .given = &o->all},
		{"as", .text = &o->wish.outcome},
		{"with", .id = &o->wish.pair},
		{"payout", .text = &o->wish.payout},
		{"reason", .reason = &o->wish.reason},
		{"letter", .take = take_letter, .to = &o->wish.letter},
	};
	return cli_options(argc, argv, known, COUNT_OF(known));
}

/* ---- in words --------------------------------------------------------------------------------------------------------- */

struct word {
	const char *code, *vi;
};

static const struct word kinds[] = {
	{"unmatched_credit", "Tiền vào không rõ nguồn"},
	{"unmatched_debit", "Tiền ra không rõ lý do"},
	{"rogue_debit", "Tiền ra không do ta lệnh"},
	{"amount_differs", "Sai số tiền"},
	{"account_differs", "Sai tài khoản nhận"},
	{"lost_line", "Sao kê thiếu dòng"},
	{"double_debit", "Bị ghi nợ hai lần"},
	{"return_unknown", "Hoàn tiền không khớp"},
	{"contradiction", "Ngân hàng nói trái ngược"},
	{"overdue", "Quá hạn chưa có kết quả"},
	{"balance_gap", "Sao kê không cộng khớp"},
	{"chain_gap", "Số dư không nối tiếp"},
};

static const struct word outcomes[] = {
	{"without_entry", "đã xem, không có tiền treo"},
	{"fee", "phí ngân hàng"},
	{"paid_after_all", "khoản này đã được chi"},
	{"recovery", "đã chi hai lần, phải thu hồi"},
	{"taken_back", "ngân hàng đã trả lại"},
	{"return", "tiền chi bị hoàn lại"},
	{"funding", "kinh phí kho bạc"},
	{"refundable", "phải nộp lại kho bạc"},
	{"sent_back", "đã trả lại bên gửi"},
};

static const char *word_vi(const struct word *at, size_t n, const char *code)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(at[i].code, code) == 0)
			return at[i].vi;
	return code;
}

const char *break_vi(const char *kind)
{
	return word_vi(kinds, COUNT_OF(kinds), kind);
}

/* Who said what; NULL: nobody yet. */
static const char *standing(struct arena *a, const struct break_view *v)
{
	if (!v->outcome)
		return NULL;
	const char *what = word_vi(outcomes, COUNT_OF(outcomes), v->outcome);
	if (v->resolved)
		return arena_printf(a, "xong: %s (%s, %s)", what, v->first, v->second);
	return arena_printf(a, "%s đề nghị: %s", v->first, what);
}

/* What its money may be found to be. */
static const char *choices(const struct break_view *v)
{
	if (vnd_is_zero(v->suspense))
		return "Hỏi ngân hàng lời cuối cùng; rõ rồi thì --as without_entry";
	if (!v->debit)
		return "Tìm xem tiền của ai: --as funding (kho bạc chuyển), refundable (phải nộp lại), "
		       "return --payout MÃ (tiền chi bị hoàn), sent_back --with SỐ (bị lấy lại)";
	if (v->end_to_end_id && strcmp(v->kind, "rogue_debit") == 0)
		return "Dừng chi (chitra pause), gọi ngân hàng ngay; khoản chưa gửi thì chitra cancel đã: --as "
		       "paid_after_all (người này đã nhận, chưa chi lại), recovery (đã chi hai lần), "
		       "taken_back --with SỐ (ngân hàng trả lại)";
	if (v->end_to_end_id)
		return "Hỏi ngân hàng: --as paid_after_all (người này đã nhận, chưa chi lại), recovery (đã chi "
		       "hai lần), taken_back --with SỐ (ngân hàng trả lại)";
	if (strcmp(v->kind, "rogue_debit") == 0)
		return "Khóa quyền truy cập ngân hàng và gọi ngân hàng ngay: --as taken_back --with SỐ (ngân "
		       "hàng trả lại), fee (là phí)";
	return "Hỏi ngân hàng: --as fee (là phí), taken_back --with SỐ (ngân hàng trả lại)";
}

#define LETTER \
	"Sao kê đủ đến hết ngày %s sẽ không có: xin văn bản của ngân hàng, rồi --as without_entry --letter 'SỐ, NGÀY'"

/* What an officer does next; the words of the proposal first. */
static const char *next_step(struct arena *a, const struct break_view *v)
{
	const char *said = standing(a, v);
	if (v->resolved)
		return said;
	if (v->in_books)
		return "Hai cán bộ đã giải quyết trước khi phục hồi: nhờ người vận hành chạy lại chitra recover";
	if (v->line_missing)
		return "Chờ sao kê được lấy lại sau phục hồi: dòng của việc này chưa về";
	if (said)
		return arena_printf(a,
			"%s. Cán bộ khác xem rồi xác nhận: chitra break confirm %" PRId64 " --as %s%s", said,
			v->id, v->outcome,
			v->pair          ? arena_printf(a, " --with %" PRId64, v->pair)
			: v->said_payout ? strcmp(v->outcome, "return") == 0 ? " --payout MÃ" : ""
			: v->letter      ? arena_printf(a, " --letter '%s'", v->letter)
					 : "");
	if (v->in_flight && (strcmp(v->kind, "lost_line") == 0 || strcmp(v->kind, "overdue") == 0))
		return "Chưa có đề nghị. Hỏi ngân hàng hoặc bưu điện: khoản chi có kết quả rồi mới giải quyết được";
	if (v->waits_for.n != 0 && v->letter_may)
		return arena_printf(a, "Chưa có đề nghị. " LETTER, cli_day_vi(a, v->waits_for));
	if (v->waits_for.n != 0 && vnd_is_zero(v->suspense))
		return arena_printf(
			a, "Chưa có đề nghị. Chờ sao kê đủ đến hết ngày %s", cli_day_vi(a, v->waits_for));
	return arena_printf(a, "Chưa có đề nghị. %s", choices(v));
}

#define SCREEN 80

/* Words, in lines that a terminal shows whole, each indented. */
static void print_words(size_t indent, const char *words)
{
	size_t at = indent;
	printf("%*s", (int)indent, "");
	while (*words) {
		size_t n = strcspn(words, " "), wide = 0;
		for (size_t i = 0; i < n; i++)
			wide += ((unsigned char)words[i] & 0xc0) != 0x80;
		if (at > indent && at + 1 + wide > SCREEN) {
			printf("\n%*s", (int)indent, "");
			at = indent;
		}
		at += (at > indent) + wide;
		printf("%s%.*s", at > indent + wide ? " " : "", (int)n, words);
		words += n + strspn(words + n, " ");
	}
	putchar('\n');
}

/* Where its money, its line and its payout are; empty: nowhere. */
static const char *places(struct arena *a, const struct break_view *v)
{
	bool waits = !vnd_is_zero(v->suspense);
	return arena_printf(a, "%s%s%s%s%s%s%s%s", waits ? "đang treo " : "",
		waits ? cli_money(a, v->suspense) : "", waits && v->entry_ref ? ", " : "",
		v->entry_ref ? "bút toán " : "", v->entry_ref ? v->entry_ref : "",
		(waits || v->entry_ref) && v->end_to_end_id ? ", " : "",
		v->end_to_end_id ? "mã chi trả " : "", v->end_to_end_id ? v->end_to_end_id : "");
}

static void print_list(struct arena *a, const struct break_views *all)
{
	if (all->n == 0) {
		puts("Không có việc nào đang mở");
		return;
	}
	for (size_t i = 0; i < all->n; i++) {
		const struct break_view *v = &all->at[i];
		const char *where = places(a, v);
		print_words(0, arena_printf(a, "%" PRId64 " %s: %s, %s, %" PRId32 " ngày", v->id,
				       break_vi(v->kind), cli_money(a, v->amount), v->account, v->age_days));
		if (*where)
			print_words(4, where);
		print_words(4, next_step(a, v));
	}
	puts("\nĐề nghị: chitra break propose SỐ --as CÁCH --reason 'LÝ DO'; cán bộ thứ hai:\n"
	     "chitra break confirm SỐ --as CÁCH. Xem thêm: chitra break show SỐ");
}

/* What of it can be taken back, and how. */
static void print_reversal(const struct break_view *v)
{
	if (v->was_reversed)
		puts("  đã đảo:     tiền lại treo, nay là việc khác: chitra break list");
	if (v->can_reverse.n == 0)
		return;
	fputs("  bút toán:   ", stdout);
	for (size_t i = 0; i < v->can_reverse.n; i++)
		printf("%s%" PRId64, i > 0 ? ", " : "", v->can_reverse.at[i]);
	puts(v->undo_by ? "" : "; sai thì hai cán bộ: chitra ledger reverse SỐ --reason wrong_finding");
	if (v->undo_by)
		printf("    %s đề nghị đảo; cán bộ khác: chitra ledger reverse %" PRId64 " --reason %s\n",
			v->undo_by, v->undo, v->undo_reason);
}

static void print_one(struct arena *a, const struct break_view *v)
{
	printf("%" PRId64 " %s (%s)\n", v->id, break_vi(v->kind), v->kind);
	printf("  tài khoản:  %s\n  ngày:       %s, %" PRId32
	       " ngày trước\n  số tiền:    %s\n  đang treo:  %s\n",
		v->account, cli_day_vi(a, v->day), v->age_days, cli_money(a, v->amount),
		cli_money(a, v->suspense));
	if (v->has_line)
		printf("  dòng sao kê: %s %s, ngày %s: %s\n", v->debit ? "ghi nợ" : "ghi có", v->entry_ref,
			cli_day_vi(a, v->value_date), v->text);
	if (v->end_to_end_id)
		printf("  mã chi trả: %s%s\n", v->end_to_end_id, v->in_flight ? ", chưa có kết quả" : "");
	printf("  ghi chú:    %s\n  làm gì:\n", v->note);
	print_words(4, next_step(a, v));
	if (!v->resolved && v->waits_for.n != 0)
		printf("  chờ:        sao kê đủ đến hết ngày %s, ngân hàng còn có thể chi đến ngày đó;\n"
		       "    nếu nó không bao giờ đủ: giải quyết lệch của sao kê ấy, chờ thêm 5 sao kê đủ\n"
		       "    nối tiếp nhau, rồi hai cán bộ nêu văn bản của ngân hàng (--letter)\n",
			cli_day_vi(a, v->waits_for));
	if (v->letter)
		printf("  văn bản:    %s\n", v->letter);
	if (v->pair)
		printf("  cùng với:   %" PRId64 "\n", v->pair);
	if (v->reason)
		printf("  lý do:      %s\n", v->reason);
	print_reversal(v);
}

/* ---- as JSON ------------------------------------------------------------------------------------------------------------ */

static void put_members(struct json_writer *j, const struct break_view *v)
{
	json_put_i64(j, "id", v->id);
	json_put_str(j, "kind", v->kind);
	json_put_str(j, "account", v->account);
	json_put_day(j, "day", v->day);
	json_put_i64(j, "age_days", v->age_days);
	json_put_vnd(j, "dong", v->amount);
	json_put_vnd(j, "suspense_dong", v->suspense);
	json_put_str(j, "direction", !v->has_line ? NULL : v->debit ? "debit" : "credit");
	json_put_str(j, "entry_ref", v->entry_ref);
	json_put_str(j, "text", v->text);
	json_put_str(j, "end_to_end_id", v->end_to_end_id);
	json_put_str(j, "note", v->note);
	json_put_str(j, "outcome", v->outcome);
	if (v->pair)
		json_put_i64(j, "with", v->pair);
	else
		json_put_null(j, "with");
	json_put_str(j, "reason", v->reason);
	json_put_str(j, "proposed_by", v->first);
	json_put_str(j, "confirmed_by", v->second);
	json_put_str(j, "letter", v->letter);
	json_put_bool(j, "letter_may", v->letter_may);
	json_put_bool(j, "line_missing", v->line_missing);
	json_put_bool(j, "resolved_in_books", v->in_books);
	json_put_bool(j, "resolved", v->resolved);
	json_put_bool(j, "reversed", v->was_reversed);
	json_open_array(j, "can_reverse");
	for (size_t i = 0; i < v->can_reverse.n; i++)
		json_put_i64(j, NULL, v->can_reverse.at[i]);
	json_close(j);
	if (v->waits_for.n != 0)
		json_put_day(j, "waits_for", v->waits_for);
	else
		json_put_null(j, "waits_for");
}

static void fill_list(struct json_writer *j, const void *what)
{
	const struct break_views *all = what;
	json_open_array(j, "breaks");
	for (size_t i = 0; i < all->n; i++) {
		json_open_object(j, NULL);
		put_members(j, &all->at[i]);
		json_close(j);
	}
	json_close(j);
}

static void fill_one(struct json_writer *j, const void *what)
{
	put_members(j, what);
}

static void fill_resolved(struct json_writer *j, const void *what)
{
	json_put_bool(j, "resolved", *(const bool *)what);
}

/* ---- the command -------------------------------------------------------------------------------------------------------- */

static int list(struct cli *cli, const struct asked *o)
{
	struct break_views all;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = break_list(cli->w, o->account, o->all, &all);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_list, &all);
	else if (r == OK)
		print_list(cli->w->arena, &all);
	return cli_exit(cli, r);
}

static int show(struct cli *cli, const struct asked *o)
{
	struct break_view v;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = break_find(cli->w, o->wish.id, &v);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_one, &v);
	else if (r == OK)
		print_one(cli->w->arena, &v);
	return cli_exit(cli, r);
}

static int say(struct cli *cli, const struct asked *o, bool resolved)
{
	struct entries entries = {0};
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = resolved ? break_confirm(cli->w, &cli->me, &o->wish, &entries)
			     : break_propose(cli->w, &o->wish);
	if (r == OK && entries.n > 0)
		r = books_post(cli->w, entries.at, entries.n, FLOORS_REFUSE, NULL);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK && cli->json)
		cli_print_json(fill_resolved, &resolved);
	else if (r == OK)
		puts(resolved ? "Đã giải quyết" : "Đã đề nghị; chờ cán bộ thứ hai xác nhận");
	return cli_exit(cli, r);
}

int cli_break(struct cli *cli, int argc, char **argv)
{
	struct asked o = {0};
	if (!read_options(argc, argv, &o) || optind >= argc)
		return cli_usage(cli);
	const char *what = argv[optind];
	if (strcmp(what, "list") == 0 && optind + 1 == argc)
		return list(cli, &o);
	if (optind + 2 != argc || !cli_id(argv[optind + 1], &o.wish.id))
		return cli_usage(cli);
	if (strcmp(what, "show") == 0)
		return show(cli, &o);
	if (strcmp(what, "propose") == 0 && o.wish.outcome && o.wish.reason)
		return say(cli, &o, false);
	if (strcmp(what, "confirm") == 0 && o.wish.outcome)
		return say(cli, &o, true);
	return cli_usage(cli);
}

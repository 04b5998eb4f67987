#include "daemon/cli/kek_cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/register/kek_store.h"
#include "daemon/cli/register_keys.h"

/* ---- how it stands ---------------------------------------------------------------------------------------------------- */

/* Nothing but the newest is needed, and all others have retired. */
static bool is_done(const struct kek_rows *all)
{
	for (size_t i = 0; i + 1 < all->n; i++)
		if (!all->at[i].retired)
			return false;
	return all->unknown == 0;
}

static void fill(struct json_writer *j, const void *what)
{
	const struct kek_rows *all = what;
	json_open_array(j, "keks");
	for (size_t i = 0; i < all->n; i++) {
		json_open_object(j, NULL);
		json_put_str(j, "id", all->at[i].id);
		json_put_bool(j, "wraps", i + 1 == all->n);
		json_put_bool(j, "retired", all->at[i].retired);
		json_put_i64(j, "needed_by", all->at[i].needed);
		json_close(j);
	}
	json_close(j);
	json_put_i64(j, "wrapped_by_no_known_key", all->unknown);
	json_put_bool(j, "done", is_done(all));
}

static void print_words(const struct kek_rows *all)
{
	if (all->n == 0)
		puts("Chưa có khóa bọc nào: chưa có gì được niêm phong");
	for (size_t i = 0; i < all->n; i++) {
		const struct kek_row *k = &all->at[i];
		printf("Khóa bọc %s: %s, %" PRId64 " khóa dữ liệu còn cần\n", k->id,
			i + 1 == all->n ? "đang dùng để bọc"
			: k->retired    ? "đã thôi dùng, có thể bỏ"
					: "đang được thay, CHƯA được bỏ",
			k->needed);
	}
	if (all->unknown > 0)
		printf("Báo quản trị viên: %" PRId64 " khóa dữ liệu do khóa bọc lạ bọc\n", all->unknown);
	if (all->n > 1 && is_done(all))
		puts("Xong: chỉ còn khóa mới. Bỏ khóa cũ khỏi desk và teller; cất bản cũ cùng các bản sao lưu cũ");
	else if (all->n > 1)
		puts("Chưa xong: chạy chitra kek rotate");
}

static int say(struct cli *cli)
{
	struct kek_rows all;
	enum result r = kek_status(cli->w, &all);
	if (r == OK && cli->json)
		cli_print_json(fill, &all);
	else if (r == OK)
		print_words(&all);
	return cli_exit(cli, r);
}

/* ---- the rotation --------------------------------------------------------------------------------------------------------- */

static enum result begin(struct cli *cli, const struct kek_set *keks)
{
	bool began;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = kek_begin(cli->w, keks->at, keks->n, cli->me.id, &began);
	return r == OK ? tx_commit(cli->w) : r;
}

/* A portion is one transaction; whatever ends this, the rows say what is left. */
static enum result portion(
	struct cli *cli, const struct kek_set *keks, struct kek_after *after, int64_t *done)
{
	int64_t now;
	TX_GUARD(cli->w);
	enum result r = cli_enter(cli);
	if (r == OK)
		r = kek_rewrap(cli->w, keks->at, keks->n, after, &now);
	if (r == OK)
		r = tx_commit(cli->w);
	if (r == OK)
		*done += now;
	return r;
}

static enum result wrap_all(struct cli *cli, const struct kek_set *keks, int64_t total)
{
	struct kek_after after = {0};
	struct progress bar = progress_begin(cli, "bọc lại", total);
	struct arena *whole = cli->w->arena;
	CLEANUP(arena_drop) struct arena *a = arena_new();
	enum result r = OK;
	cli->w->arena = a;
	for (int64_t done = 0; r == OK && !after.over;) {
		r = portion(cli, keks, &after, &done);
		arena_reset(a);
		progress_at(&bar, done);
	}
	cli->w->arena = whole;
	progress_end(&bar);
	return r;
}

/* What was written with the old one meanwhile is wrapped anew too, before it retires. */
static enum result retire(struct cli *cli, const struct kek_set *keks, const struct kek_rows *all)
{
	enum result r = OK;
	for (size_t i = 0; i + 1 < all->n && r == OK; i++) {
		if (all->at[i].retired)
			continue;
		r = wrap_all(cli, keks, all->at[i].needed);
		TX_GUARD(cli->w);
		if (r == OK)
			r = cli_enter(cli);
		if (r == OK)
			r = kek_retire(cli->w, all->at[i].number);
		if (r == OK)
			r = tx_commit(cli->w);
	}
	return r;
}

static int rotate(struct cli *cli)
{
	CLEANUP(kek_set_free) struct kek_set keks = {0};
	struct kek_rows all;
	enum result r = desk_keks_load(cli, &keks);
	if (r == OK)
		r = begin(cli, &keks);
	if (r == OK) /* the new one wraps from here on */
		r = kek_choose(cli->w, keks.at, keks.n);
	if (r == OK)
		r = kek_status(cli->w, &all);
	if (r == OK && all.n < 2) {
		why_set(&cli->w->why, "kek_no_other",
			"[desk] kek and kek_other hold no key that is new here");
		r = REFUSED;
	}
	if (r == OK)
		r = retire(cli, &keks, &all);
	return r == OK ? say(cli) : cli_exit(cli, r);
}

int cli_kek(struct cli *cli, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "status") == 0)
		return say(cli);
	if (argc == 2 && strcmp(argv[1], "rotate") == 0)
		return rotate(cli);
	return cli_usage(cli);
}

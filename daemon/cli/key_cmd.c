#include "daemon/cli/key_cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/base/secret.h"
#include "ledger/base/text.h"
#include "daemon/cli/passphrase.h"

struct key_options {
	const char *label;
	struct passphrase_from from;
};

static bool read_options(int argc, char **argv, struct key_options *o)
{
	const struct cli_option known[] = {{"label", .text = &o->label}, PASSPHRASE_OPTIONS(&o->from)};
	*o = (struct key_options){.from = PASSPHRASE_FROM_TERMINAL};
	if (!cli_options(argc, argv, known, COUNT_OF(known)))
		return false;
	return optind + 1 == argc;
}

static const char *public_line(struct arena *a, const struct verify_key *key, const char *label)
{
	char hex[2 * sizeof key->b + 1];
	hex_encode(key->b, sizeof key->b, hex);
	return arena_printf(a, "%s %s\n", hex, label);
}

struct shown {
	const char *file, *label;
	struct verify_key key;
};

static void fill_shown(struct json_writer *j, const void *what)
{
	const struct shown *s = what;
	char id[KEY_ID_SIZE];
	json_put_str(j, "file", s->file);
	json_put_str(j, "label", s->label);
	json_put_hex(j, "public_key", bytes_of(s->key.b, sizeof s->key.b));
	json_put_str(j, "key_id", verify_key_id(&s->key, id));
}

static int show(struct cli *cli, const struct shown *s)
{
	if (cli->json)
		cli_print_json(fill_shown, s);
	else
		fputs(public_line(cli->w->arena, &s->key, s->label), stdout);
	return EX_OK;
}

/* A stolen file is tried at leisure. In characters, since Vietnamese ones are of several bytes. */
static bool long_enough(const char *passphrase, struct why *why)
{
	size_t n = 0;
	for (const char *c = passphrase; *c; c++)
		n += ((unsigned char)*c & 0xc0) != 0x80;
	return n >= PASSPHRASE_MIN ||
	       why_set(why, "passphrase_short",
		       "a passphrase must have at least %d characters, this one has %zu", PASSPHRASE_MIN, n);
}

static bool save(struct cli *cli, const struct sign_key *key, const struct key_options *o, const char *path)
{
	struct why *why = &cli->w->why;
	char *passphrase = passphrase_room();
	CLEANUP(buf_free) struct buf file;
	buf_init(&file, KEY_FILE_MAX);
	bool done = passphrase_read(&o->from, "Mật khẩu mới của tệp khóa", true, passphrase, why) &&
		    long_enough(passphrase, why);
	if (done) {
		key_file_seal(key, o->label, bytes_z(passphrase), &file);
		struct verify_key public = sign_public(key);
		done = write_file_durable(path, buf_bytes(&file), 0600, why) &&
		       write_file_durable(arena_printf(cli->w->arena, "%s.pub", path),
			       bytes_z(public_line(cli->w->arena, &public, o->label)), 0644, why);
	}
	passphrase_free(passphrase);
	return done;
}

static int key_new(struct cli *cli, const struct key_options *o, const char *path)
{
	if (!o->label || !*o->label || strlen(o->label) > KEY_LABEL_MAX || strpbrk(o->label, "\r\n"))
		return cli_usage(cli);
	if (access(path, F_OK) == 0) {
		why_set(&cli->w->why, "key_exists", "%s is there already and stays as it is", path);
		return cli_refused(cli, &cli->w->why);
	}
	CLEANUP(sign_drop) struct sign_key *key = sign_new();
	struct shown s = {.file = path, .label = o->label, .key = sign_public(key)};
	return save(cli, key, o, path) ? show(cli, &s) : cli_refused(cli, &cli->w->why);
}

static int key_show(struct cli *cli, const char *path)
{
	struct bytes file;
	struct shown s = {.file = path};
	char label[KEY_LABEL_MAX + 1];
	if (!read_file(cli->w->arena, path, KEY_FILE_MAX, &file, &cli->w->why) ||
		!key_file_peek(file, &s.key, label, &cli->w->why))
		return cli_refused(cli, &cli->w->why);
	s.label = label;
	return show(cli, &s);
}

int cli_key_files(struct cli *cli, int argc, char **argv)
{
	struct key_options o;
	if (argc < 2 || !read_options(argc - 1, argv + 1, &o))
		return cli_usage(cli);
	const char *path = argv[1 + optind];
	if (strcmp(argv[1], "new") == 0)
		return key_new(cli, &o, path);
	if (strcmp(argv[1], "show") == 0)
		return key_show(cli, path);
	return cli_usage(cli);
}

/* Configuration files with one mistake each, and what the message says. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/config.h"
#include "ledger/base/log.h"
#include "tests/lib/tap.h"

static char dir[64], path[96], more[128];

static void write_file(const char *name, const char *text, size_t n)
{
	FILE *f = fopen(name, "w");
	if (!f || fwrite(text, 1, n, f) != n || fclose(f) != 0)
		abort();
}

static void write_text(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

static struct config *load(const char *text, unsigned reader, struct config_errors *e)
{
	write_text(path, text);
	*e = (struct config_errors){0};
	return config_load(path, reader, e);
}

/* %s in message: the path of the file */
static const struct {
	const char *title, *text, *message;
} mistakes[] = {
	{"an unknown option names the one that was meant", "[gate]\nlistne = /x\n",
		"%s:2: unknown option `listne` in [gate], did you mean `listen`?\n"},
	{"an unknown option far from any other names none", "[gate]\nzzzzzzzzz = 1\n",
		"%s:2: unknown option `zzzzzzzzz` in [gate]\n"},
	{"another section's option is unknown", "[teller]\ninbox_threads = 1\n",
		"%s:2: unknown option `inbox_threads` in [teller]\n"},
	{"an unknown section names the one that was meant", "\n[gat]\nlisten = /x\n",
		"%s:2: unknown section [gat], did you mean [gate]?\n"},
	{"an unknown section without options is an error too", "[nonsense]\n",
		"%s:1: unknown section [nonsense]\n"},
	{"a bank needs a code", "[bank]\nurl = http://x\n",
		"%s:1: [bank] needs a code of letters, digits, - and _: [bank CODE]\n"},
	{"a section that is not repeated has no code", "[gate one]\n", "%s:1: section [gate] has no code\n"},
	{"a bank must say where it is", "[bank demo]\naccounts = 1\n", "%s:1: [bank demo] lacks `url`\n"},
	{"a bank must say what it may debit", "[bank demo]\nurl = http://x\n",
		"%s:1: [bank demo] lacks `accounts`\n"},
	{"twice in one file is an error", "[chitra]\ninstance = 1\ninstance = 2\n",
		"%s:3: `instance` was given already in line 2\n"},
	{"an option before any section is an error", "instance = 1\n",
		"%s:1: `instance` stands before any [section]\n"},
	{"a line that is neither is an error", "[chitra]\ninstance\n",
		"%s:2: this line is neither a [section] nor `name = value`\n"},
	{"a continued line is an error", "[chitra]\ninstance = 1\n  2\n",
		"%s:3: a line cannot begin with a space: a value goes on one line\n"},
	{"a number has its bounds", "[chitra]\ninstance = 10000\n",
		"%s:2: `instance`: `10000` is not between 0 and 9999\n"},
	{"a number is whole", "[chitra]\ninstance = 1.5\n",
		"%s:2: `instance`: `1.5` is not a whole number\n"},
	{"a number is not negative", "[chitra]\ninstance = -1\n",
		"%s:2: `instance`: `-1` is not a whole number\n"},
	{"a number that overflows is refused", "[teller]\nlease = 9223372036854775807d\n",
		"%s:2: `lease`: `9223372036854775807d` is not a time such as 200ms, 5s, 2m, 1h or 1d\n"},
	{"a time has its unit", "[teller]\nlease = 60\n",
		"%s:2: `lease`: `60` is not a time such as 200ms, 5s, 2m, 1h or 1d\n"},
	{"a time has its bounds", "[teller]\nlease = 2h\n",
		"%s:2: `lease`: `2h` is not between 1000 and 3600000 milliseconds\n"},
	{"a size has its unit", "[gate]\nbody_max = 4MB\n",
		"%s:2: `body_max`: `4MB` is not a size such as 65536, 64KiB or 4MiB\n"},
	{"a choice is one of those offered", "[chitra]\nlog_format = log\n",
		"%s:2: `log_format`: `log` is none of: logfmt json\n"},
	{"an empty value is an error", "[chitra]\nlog_format =\n", "%s:2: `log_format`: has no value\n"},
	{"a duty never listens on the network", "[gate]\nlisten = 0.0.0.0:80\n",
		"%s:2: `listen`: `0.0.0.0:80` is neither a path nor 127.0.0.1:PORT nor [::1]:PORT (HAProxy faces the network)\n"},
	{"a port has 16 bits", "[gate]\nlisten = 127.0.0.1:65536\n",
		"%s:2: `listen`: `127.0.0.1:65536` is neither a path nor 127.0.0.1:PORT nor [::1]:PORT (HAProxy faces the network)\n"},
	{"a password is refused", "[database]\nconninfo = host=x password=y\n",
		"%s:2: `conninfo`: a password does not belong here: PostgreSQL knows a duty by its OS user (peer), or use a service file\n"},
	{"a user is refused", "[database]\nconninfo = host=x user=postgres\n",
		"%s:2: `conninfo`: a user does not belong here: a duty is chitra_DUTY\n"},
	{"several mistakes are all said", "[gate]\nlistne = /x\n[chitra]\ninstance = x\n",
		"%s:2: unknown option `listne` in [gate], did you mean `listen`?\n%s:4: `instance`: `x` is not a whole number\n"},
	{"bytes that are not UTF-8 are refused", "[chitra]\nrun_dir = /\xff\n",
		"%s:2: this line is not UTF-8 text\n"},
};

static void messages(void)
{
	for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
		struct config_errors e;
		struct config *c = load(mistakes[i].text, DUTY_ALL, &e);
		char expected[1024] = "";
		size_t n = 0;
		for (const char *at = mistakes[i].message; *at; at++) {
			if (at[0] == '%' && at[1] == 's') {
				n += (size_t)snprintf(expected + n, sizeof expected - n, "%s", path);
				at++;
			} else {
				expected[n++] = *at;
			}
		}
		expected[n] = '\0';
		is_str(c ? "no error" : e.text, expected, "%s", mistakes[i].title);
		config_free(c);
		config_errors_free(&e);
	}
}

static void long_lines(void)
{
	char text[600] = "[chitra]\nrun_dir = /", expected[300];
	memset(text + strlen(text), 'x', 300);
	struct config_errors e;
	struct config *c = load(text, DUTY_ALL, &e);
	snprintf(expected, sizeof expected, "%s:2: this line is longer than 199 bytes\n", path);
	is_str(c ? "no error" : e.text, expected, "a line that the reader would cut is refused");
	config_free(c);
	config_errors_free(&e);
	write_file(path, "[chitra]\nrun_dir = /a\0b\n", 24);
	e = (struct config_errors){0};
	c = config_load(path, DUTY_ALL, &e);
	snprintf(expected, sizeof expected, "%s:2: this line is not UTF-8 text\n", path);
	is_str(c ? "no error" : e.text, expected, "a NUL byte is refused");
	config_free(c);
	config_errors_free(&e);
	c = config_load("/nowhere/chitra.conf", DUTY_ALL, &e);
	is_str(c ? "no error" : e.text, "/nowhere/chitra.conf: could not open: No such file or directory\n",
		"a missing file is named");
	config_free(c);
	config_errors_free(&e);
}

static void values(void)
{
	struct config_errors e;
	struct config *c = load("# a comment\n"
				"[chitra]\n"
				"instance = 7 ; the seventh\n"
				"drain_time = 2m\n"
				"run_dir = run\n"
				"[gate]\n"
				"body_max = 64KiB\n"
				"listen = [::1]:8080\n"
				"[bank demo]\n"
				"url = http://127.0.0.1:7001\n"
				"accounts = 1\n"
				"[bank nodup]\n"
				"url = https://nodup.example\n"
				"accounts = 1, 2\n"
				"sign_key = keys/nodup\n"
				"pinned_key = sha256//a;sha256//b\n"
				"[witness audit]\n"
				"url = http://localhost\n"
				"key = audit.example+24700b99+BIE5dw6o\n",
		DUTY_ALL, &e);
	if (!ok(c != NULL, "a correct file is read")) {
		note("%s", e.text);
		return;
	}
	is_i64(config_int(c, "chitra", "instance"), 7, "a number; what follows ; is a comment");
	is_i64(config_ms(c, "chitra", "drain_time"), 120000, "a time in milliseconds");
	is_i64(config_bytes(c, "gate", "body_max"), 65536, "a size in bytes");
	is_str(config_text(c, "gate", "listen"), "[::1]:8080", "an address");
	char expected[160];
	snprintf(expected, sizeof expected, "%s/run", dir);
	is_str(config_text(c, "chitra", "run_dir"), expected,
		"a path is seen from the directory of its file");
	is_i64(config_ms(c, "teller", "lease"), 60000, "what is not given has its default");
	is_str(config_text(c, "teller", "journal"), NULL, "or nothing");
	size_t n;
	const char *const *banks = config_labels(c, "bank", &n);
	ok(n == 2 && strcmp(banks[0], "demo") == 0 && strcmp(banks[1], "nodup") == 0,
		"banks in the file's order");
	const char *const *witnesses = config_labels(c, "witness", &n);
	ok(n == 1 && strcmp(witnesses[0], "audit") == 0, "witnesses are counted apart from banks");
	is_str(config_text(c, "witness audit", "key"), "audit.example+24700b99+BIE5dw6o",
		"and have their own options");
	is_i64(config_ms(c, "witness audit", "deadline"), 3000, "and defaults");
	is_str(config_text(c, "bank nodup", "url"), "https://nodup.example", "each bank has its options");
	is_str(config_text(c, "bank nodup", "pinned_key"), "sha256//a;sha256//b",
		"; without a space is no comment");
	is_i64(config_int(c, "bank demo", "concurrency"), 8, "and defaults");
	snprintf(expected, sizeof expected, "%s:3", path);
	is_str(config_where(c, "chitra", "instance"), expected, "it is known where an option was given");
	is_str(config_where(c, "chitra", "log_level"), "default", "and that it was not");

	char *printed = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&printed, &size);
	config_print(c, out);
	fclose(out);
	ok(strstr(printed, "sign_key = ********\n") && !strstr(printed, "keys/nodup"),
		"secrets are masked in print");
	ok(strstr(printed, "[bank nodup]\n") && strstr(printed, "instance = 7\n"),
		"everything else is printed");
	free(printed);
	config_free(c);
}

static void overrides(void)
{
	write_text(path, "[chitra]\ninstance = 1\nlog_level = debug\n");
	char first[160], second[160], expected[300];
	snprintf(first, sizeof first, "%s/10-a.conf", more);
	snprintf(second, sizeof second, "%s/20-b.conf", more);
	write_text(second, "[chitra]\ninstance = 3\n");
	write_text(first, "[chitra]\ninstance = 2\n");
	struct config_errors e = {0};
	struct config *c = config_load(path, DUTY_ALL, &e);
	ok(c && config_int(c, "chitra", "instance") == 3, "of several files the last by name decides");
	ok(c && strcmp(config_text(c, "chitra", "log_level"), "debug") == 0, "what it does not say stays");
	config_free(c);
	write_text(second, "[chitra]\ninstance = many\n");
	c = config_load(path, DUTY_ALL, &e);
	snprintf(expected, sizeof expected, "%s:2: `instance`: `many` is not a whole number\n", second);
	is_str(c ? "no error" : e.text, expected, "an error names the file of conf.d that it is in");
	config_free(c);
	config_errors_free(&e);
	unlink(first);
	unlink(second);
}

/* Whether reading it ends the process. */
static bool is_a_bug(unsigned reader, const char *section, const char *name)
{
	pid_t child = fork();
	if (child == 0) {
		struct config_errors e;
		if (!freopen("/dev/null", "w", stderr))
			_exit(2);
		struct config *c = load("[teller]\nkek = kek\n", reader, &e);
		config_secret(c, section, name);
		_exit(0);
	}
	int status;
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void own_options_only(void)
{
	ok(!is_a_bug(DUTY_TELLER, "teller", "kek"), "the teller reads its own key's place");
	ok(is_a_bug(DUTY_GATE, "teller", "kek"), "the gate that asks for it ends");
	ok(is_a_bug(DUTY_SCRIBE, "desk", "id_key"), "so does the scribe that asks for the desk's id_key");
	ok(is_a_bug(DUTY_TELLER, "teller", "nothing"), "so does who asks for an option that is in no table");
}

static void secrets(void)
{
	struct config_errors e;
	struct why why = {0};
	char key[120], expected[300];
	snprintf(key, sizeof key, "%s/key", dir);
	write_text(key, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
	chmod(key, 0600);
	struct config *c = load(
		"[teller]\nkek = ./key\n[bank demo]\nurl = http://x\naccounts = 1\nkey_file = demo-tls\n",
		DUTY_TELLER, &e);
	struct key32 *k = config_key(c, "teller", "kek", &why);
	ok(k && k->b[0] == 0 && k->b[31] == 31, "a key is read from the file that the option says");
	secret_free(k);
	chmod(key, 0640);
	k = config_key(c, "teller", "kek", &why);
	snprintf(expected, sizeof expected, "[teller] kek (%s:2): ", path);
	ok(!k && strncmp(why.text, expected, strlen(expected)) == 0,
		"one that others may read is refused, with the option's place");
	k = config_key(c, "bank demo", "sign_key", &why);
	ok(!k && why_is(&why, "config_missing"), "one that is not set is said to be missing");
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	snprintf(expected, sizeof expected, "%s/demo-tls", dir);
	is_str(config_secret_path(c, "bank demo", "key_file"), expected, "a name is a credential");
	config_free(c);
	c = load("[teller]\nkek = key\n", DUTY_TELLER, &e);
	chmod(key, 0600);
	k = config_key(c, "teller", "kek", &why);
	ok(k && k->b[31] == 31, "and is read from $CREDENTIALS_DIRECTORY");
	secret_free(k);
	config_free(c);
	unlink(key);
}

static void table(void)
{
	int bad = 0;
	struct config_errors e;
	struct config *c = load("", DUTY_ALL, &e);
	for (size_t i = 0; i < option_rows_n; i++) {
		const struct option_row *r = &option_rows[i];
		bad += !*r->doc || !r->duties || (r->required && r->fallback);
		for (size_t j = 0; j < i; j++)
			bad += strcmp(option_rows[j].name, r->name) == 0 &&
			       strcmp(option_rows[j].section, r->section) == 0;
		/* Each default is read: one that its own type refuses is a bug(). */
		switch (r->type) {
		case OPTION_TEXT:
		case OPTION_PATH:
		case OPTION_LISTEN:
		case OPTION_CONNINFO: config_text(c, r->section, r->name); break;
		case OPTION_SECRET: config_secret(c, r->section, r->name); break;
		case OPTION_INT: config_int(c, r->section, r->name); break;
		case OPTION_BOOL: config_bool(c, r->section, r->name); break;
		case OPTION_DURATION: config_ms(c, r->section, r->name); break;
		case OPTION_SIZE: config_bytes(c, r->section, r->name); break;
		}
	}
	is_i64(bad, 0,
		"each of the %d options is there once and has readers, a sentence and a default that is valid",
		(int)option_rows_n);
	config_free(c);
}

int main(void)
{
	snprintf(dir, sizeof dir, "/tmp/chitra-config-XXXXXX");
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof path, "%s/chitra.conf", dir);
	snprintf(more, sizeof more, "%s/conf.d", dir);
	mkdir(more, 0700);
	messages();
	long_lines();
	values();
	overrides();
	own_options_only();
	secrets();
	table();
	unlink(path);
	rmdir(more);
	rmdir(dir);
	return done_testing();
}

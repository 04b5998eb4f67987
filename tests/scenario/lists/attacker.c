/* Stands in the way of a library that the parser calls behind its cage, and does there what an attacker would: LD_PRELOAD. ATTACK says
 * what: open, connect, exec, none. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void attack(void)
{
	const char *what = getenv("ATTACK");
	char sh[] = "/bin/sh", *argv[] = {sh, NULL};
	if (strcmp(what, "open") == 0)
		(void)open("/etc/passwd", O_RDONLY);
	else if (strcmp(what, "connect") == 0)
		(void)socket(AF_INET, SOCK_STREAM, 0);
	else if (strcmp(what, "exec") == 0)
		execv(sh, argv);
}

long zip_fread(void *file, void *to, unsigned long n)
{
	union {
		void *object;
		long (*call)(void *, void *, unsigned long);
	} next = {dlsym(RTLD_NEXT, "zip_fread")};
	attack();
	return next.call(file, to, n);
}

unsigned long csv_parse(void *p, const void *s, unsigned long n, void *cell, void *row, void *context)
{
	union {
		void *object;
		unsigned long (*call)(void *, const void *, unsigned long, void *, void *, void *);
	} next = {dlsym(RTLD_NEXT, "csv_parse")};
	attack();
	return next.call(p, s, n, cell, row, context);
}

#include "ledger/verify/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void word(struct words *w, struct text t)
{
	if (w->n + t.n + 1 > w->room) {
		w->room = 2 * (w->n + t.n + 1);
		w->at = realloc(w->at, w->room);
		if (w->at == NULL)
			abort();
	}
	w->at[w->n++] = '\n';
	memcpy(w->at + w->n, t.at, t.n);
	w->n += t.n;
}

void word_number(struct words *w, int64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%" PRId64, n);
	word(w, text_z(text));
}

void word_plain(struct words *w, struct text t)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_%+#-";
	char out[3 * 1024];
	size_t n = 0;

	for (size_t i = 0; i < t.n && n + 4 < sizeof out; i++)
		if (t.at[i] != '\0' && strchr(safe, t.at[i]) != NULL)
			out[n++] = t.at[i];
		else
			n += (size_t)snprintf(out + n, 4, "%%%02X", (unsigned)(unsigned char)t.at[i]);
	word(w, (struct text){.at = out, .n = n});
}

void word_leg(struct words *w, struct text account, int64_t dong)
{
	word(w, (struct text){.at = "", .n = 1});
	word(w, account);
	word_number(w, dong);
}

#include "bankapi/driver.h"

#include <string.h>

#include "bankapi/chitra_json.h"

const struct driver *driver_named(const char *name)
{
	static const struct driver *const drivers[] = {&chitra_json_driver};

	for (size_t i = 0; i < COUNT_OF(drivers); i++)
		if (strcmp(drivers[i]->name, name) == 0)
			return drivers[i];
	return NULL;
}

bool message_id_valid(const char *id)
{
	size_t n = strlen(id);

	return n >= 1 && n < MESSAGE_ID_SIZE && strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == n;
}

const char *answer_name(enum answer a)
{
	switch (a) {
	case ANSWER_UNCLEAR: return "unclear";
	case ANSWER_NOT_FOUND: return "not_found";
	case ANSWER_PENDING: return "pending";
	case ANSWER_ACCEPTED: return "accepted";
	case ANSWER_CREDITED: return "credited";
	case ANSWER_REJECTED: return "rejected";
	}
	bug("no such answer: %d", (int)a);
}

const char *doubt_name(enum doubt d)
{
	switch (d) {
	case DOUBT_NONE: return "none";
	case DOUBT_MESSAGE: return "message";
	case DOUBT_MISSING: return "missing";
	case DOUBT_REPEATED: return "repeated";
	case DOUBT_MALFORMED: return "malformed";
	case DOUBT_MISMATCH: return "mismatch";
	case DOUBT_STATUS: return "status";
	case DOUBT_REASON: return "reason";
	case DOUBT_EXISTS: return "exists";
	}
	bug("no such doubt: %d", (int)d);
}

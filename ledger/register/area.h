/* area.h: which unit a list means, and which unit of another day that is.
 *
 * Pure. On 2025-07-01 10,040 communes became 3,321, nearly all under a code that another one had had before; 471 were split. Whatever a
 * list says (a code or a name, of its own day or of an older or newer list of units) is looked up as of the list's day first, then
 * carried along register.area_successor: where that leads to one unit, the row belongs there, and its note says so. Where it leads
 * to several, the village decides if an officer said where it went; else a person does. Nothing is guessed. What the days of
 * register.area mean: sql/reference/README.md. */
#ifndef LEDGER_REGISTER_AREA_H
#define LEDGER_REGISTER_AREA_H

#include "ledger/base/day.h"
#include "ledger/register/map.h"

enum area_level { AREA_PROVINCE, AREA_DISTRICT, AREA_COMMUNE };

struct area {
	enum area_level level;
	const char *code, *name;
	const char *kind, *bare, *plain; /* "phuong", "phu thuy", «Phú Thủy» */
	struct day from, to;             /* to: the last day on which it is known to stand */
	bool from_known, ends;
	const struct area *parent; /* NULL: none */
	size_t n_later, n_earlier;
	const struct area **later,
		**earlier;           /* what it became, and what it was made of; in the order of the codes */
	size_t same_code, same_name; /* the next one with this code, or this bare name; SIZE_MAX: none */
};

struct areas {
	struct arena *arena;
	size_t n, room;
	struct area *at;
	struct map codes, names; /* to the first one */
	struct map villages;     /* "code/day/village" to the place of the unit that it went to */
};

/* Filling: the units, then what became of them, then the villages. A unit's name is folded here. */
void areas_begin(struct areas *all, struct arena *a, size_t room);
/* Takes level, code, name and the days; the texts live as long as it does. */
struct area *areas_add(struct areas *all, const struct area *unit);
void areas_link_parent(struct areas *all, struct area *of, const char *code, struct day from);
void areas_link_later(
	struct areas *all, const char *code, struct day from, const char *later_code, struct day later_from);
void areas_add_village(
	struct areas *all, const struct area *of, const char *village, const struct area *to); /* folded */
struct area *areas_get(const struct areas *all, const char *code, struct day from);

/* The code of the province that it lies in; NULL: no such unit is known. */
const char *areas_province(const struct areas *all, const char *code, struct day from);

bool area_stands(const struct area *a, struct day day);

/* Where a file belongs. */
struct area_scope {
	const struct areas *all;
	struct day day;    /* of the list's period */
	bool has_words_of; /* an officer said of which day its codes and names are */
	struct day words_of;
	const struct area
		*unit; /* what the officer named; NULL: nothing that is known, and code and note say why */
	const struct area *
		whole; /* the unit of the list's day to which rows without a unit of their own belong; NULL: each says its own */
	const char *code, *note;
};

/* One row's unit. */
struct area_found {
	const struct area *area; /* NULL: code and note (in Vietnamese) say why */
	const struct area *was;  /* what the row says was carried from there; else NULL */
	const char *
		code; /* area_unknown, area_ambiguous, area_split, area_merged, area_ended, area_of_another, area_missing */
	const char *note;
	bool by_old_word; /* the word names nothing on the list's day: the list is of another time */
	bool doubtful;    /* the word named another unit before, and that one was carried elsewhere */
};

/* The scope of a file: `word` is a code or a name. */
struct area_scope area_scope(struct arena *a, const struct areas *all, const char *word, struct day day,
	const struct day *words_of);

/* The unit of a row: `word` and `village` may be empty. */
struct area_found area_find(
	struct arena *a, const struct area_scope *scope, const char *word, const char *village);

/* Whether what names a unit («phuong phu thuy») is a commune of the file's province, of any day, and then the file's own: one that lies in
 * its unit, is called like it, or became it or came of it. *other: which one it is else. */
enum area_said { AREA_SAID_NONE, AREA_SAID_OWN, AREA_SAID_OTHER };
enum area_said area_said(
	struct arena *a, const struct area_scope *scope, const char *word, const struct area **other);

/* «Phường Phú Thủy (22924)» */
const char *area_text(struct arena *a, const struct area *area);

#endif

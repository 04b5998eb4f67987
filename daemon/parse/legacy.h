/* legacy.h: Vietnamese text from before Unicode, as it arrives: code points below U+0100 that mean other letters.
 *
 * A .xlsx file holds such text as Latin-1 letters in a font that draws them otherwise («NguyÔn» in .VnTime), a CSV file as bytes,
 * which the reader turns into the code points of the same number. Both are decoded cell by cell, and whoever takes the rows is told
 * (list.h: converted), because a wrong guess would change people's names without anybody seeing it. */
#pragma once

#include "ledger/base/arena.h"
#include "ledger/base/bytes.h"

enum legacy {
	LEGACY_NONE,   /* Unicode */
	LEGACY_TCVN3,  /* .VnTime, ABC: one byte a letter */
	LEGACY_VNI,    /* VNI-Times: a letter and its mark */
	LEGACY_CP1258, /* Windows: a letter and a combining tone */
};
#define LEGACIES 4

const char *legacy_name(enum legacy l); /* "TCVN3" …; "" for none */

enum legacy legacy_named(const char *name); /* none for any other name */

/* By the name of a cell's font: .VnTime and .VnTimeH, VNI-Times. */
enum legacy legacy_of_font(struct bytes name);

/* The text in Unicode (not yet NFC), in the arena; *changed: it is another text than before. Text that also holds code points from
 * U+0100 on is Unicode already and stays as it is. False: some code point means nothing in this encoding. */
bool legacy_decode(
	enum legacy l, struct arena *a, struct bytes in, struct bytes *out, bool *changed) WARN_UNUSED;

/* text.h: UTF-8, hexadecimal, base64 and the percent escapes of leaf texts.
 *
 * Decoders are strict: they take exactly what the encoder would have written, so one value has one text. Out-parameters are
 * written only on success. Names of people are name.h's. */
#ifndef LEDGER_BASE_TEXT_H
#define LEDGER_BASE_TEXT_H

#include "ledger/base/arena.h"
#include "ledger/base/bytes.h"
#include "ledger/base/why.h"

/* Well-formed UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF). NUL is well-formed: see text_has_control. */
bool utf8_valid(struct bytes s) WARN_UNUSED;

/* The length in bytes of the well-formed character that s begins with; 0 when there is none. */
size_t utf8_character(struct bytes s) WARN_UNUSED;

/* The NFC form in the arena, NUL-terminated. Refuses bad UTF-8 (utf8_invalid) and a NUL byte (text_nul). */
bool utf8_nfc(struct arena *a, struct bytes in, const char **out, struct why *why) WARN_UNUSED;

/* A control byte (0x00–0x1f, 0x7f) other than tab, CR and LF. */
bool text_has_control(struct bytes s) WARN_UNUSED;

bool text_is_ascii(struct bytes s) WARN_UNUSED;

/* n ≥ 1 bytes, all '0'–'9'. */
bool text_all_digits(const char *s, size_t n) WARN_UNUSED;

/* A decimal integer from 0 to max without sign or leading zero. */
bool text_u64(struct bytes s, uint64_t max, uint64_t *out) WARN_UNUSED;
/* The digits of n, zeros before them up to this width, and no NUL; what is behind them. (printf takes ten times as long, and a leaf has
 * ten numbers.) */
char *text_digits(char *to, uint64_t n, unsigned width);

/* Lower case; out holds 2n + 1 bytes. The decoder wants exactly 2n lower- or upper-case digits. */
void hex_encode(const uint8_t *at, size_t n, char *out);
bool hex_decode(const char *s, size_t len, uint8_t *out, size_t n) WARN_UNUSED;

enum base64 {
	BASE64_STD, /* RFC 4648 §4, padded: notes, webhooks, key files */
	BASE64_URL, /* §5, no padding: WebAuthn, tokens */
};

/* Appends to out. The decoder wants canonical text whose value has at most `size` bytes. */
void base64_encode(enum base64 variant, struct bytes in, struct buf *out);
bool base64_decode(enum base64 variant, struct bytes in, uint8_t *out, size_t size, size_t *n) WARN_UNUSED;

/* RFC 9285: text of the 45 characters that a QR code holds in fewest modules. Appends. */
void base45_encode(struct bytes in, struct buf *out);

/* Values in leaves, lines and manifests: bytes below 0x21, '%' and 0x7f become %XX (upper case), all others stay. The inverse
 * refuses a byte that should have been escaped and an escape that should not exist. Both append to out. */
void percent_escape(struct bytes in, struct buf *out);
bool percent_unescape(struct bytes in, struct buf *out) WARN_UNUSED;

#endif

#include "bankapi/chitra_json.h"

static const char *path(enum call call)
{
	switch (call) {
	case CALL_ACCOUNT_INQUIRY: return "/v1/account-inquiries";
	case CALL_TRANSFER: return "/v1/transfers";
	case CALL_ENQUIRY: return "/v1/enquiries";
	case CALL_STATEMENT: return "/v1/statements";
	case CALL_CREDITS: return "/v1/credits";
	}
	bug("no such call: %d", (int)call);
}

/* The longest honest item is about 250 bytes; a text of 140 characters in \u escapes is 840. What is larger is cut off
 * while it comes in, so a bank cannot fill our memory. */
static size_t reply_max(enum call call, size_t items)
{
	switch (call) {
	case CALL_ACCOUNT_INQUIRY:
	case CALL_TRANSFER:
	case CALL_ENQUIRY: return 4096 + items * 1024;
	case CALL_STATEMENT:
	case CALL_CREDITS: return CHITRA_JSON_REPLY_MAX;
	}
	bug("no such call: %d", (int)call);
}

const struct driver chitra_json_driver = {
	.name = "chitra_json",
	.path = path,
	.reply_max = reply_max,
	.encode_transfer = chitra_json_encode_transfer,
	.encode_enquiry = chitra_json_encode_enquiry,
	.encode_account_inquiry = chitra_json_encode_account_inquiry,
	.encode_statement = chitra_json_encode_statement,
	.encode_credits = chitra_json_encode_credits,
	.decode_transfer_reply = chitra_json_decode_transfer_reply,
	.decode_enquiry_reply = chitra_json_decode_enquiry_reply,
	.decode_inquiry_reply = chitra_json_decode_inquiry_reply,
	.decode_statement_page = chitra_json_decode_statement_page,
	.decode_credits = chitra_json_decode_credits,
	.decode_callback = chitra_json_decode_callback,
};

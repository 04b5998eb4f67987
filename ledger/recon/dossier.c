#include "ledger/recon/dossier.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/tar.h"

static const char readme[] =
	"HỒ SƠ CHỨNG CỨ CỦA MỘT KHOẢN CHI\n"
	"\n"
	"Kiểm tra trên máy của mình, không cần mạng, không cần tin nơi đã lập hồ sơ:\n"
	"\n"
	"    chitra-verify --key KHÓA bundle TỆP          (KHÓA: khóa của sổ, cơ quan đã công bố)\n"
	"    chitra-verify --policy TỆP bundle TỆP        (nếu đòi cả chữ ký của nhân chứng)\n"
	"    thêm --admins TỆP nếu muốn tự nêu khóa của những người cấp chứng nhận cho cán bộ\n"
	"\n"
	"ĐÃ ĐƯỢC CHỨNG MINH (sửa một byte là chitra-verify phát hiện)\n"
	"\n"
	"checkpoint           Số bút toán và mã băm gốc của cả sổ, có chữ ký của sổ và của các nhân chứng.\n"
	"leaf/*.leaf          Những bút toán nói về khoản chi này: duyệt, phát lệnh, gửi, đã trả hoặc bị trả lại, sao kê.\n"
	"leaf/*.tlog-proof    Bằng chứng mỗi bút toán nằm trong sổ mà checkpoint ký.\n"
	"batch/manifest       Dòng chi đã được ký (chỉ của người này), lô, chữ ký và chứng nhận của cán bộ kiểm tra, phê duyệt.\n"
	"batch/place          Bằng chứng dòng chi nằm trong lô đã duyệt; các dòng của người khác chỉ còn mã băm.\n"
	"dispatch/*.place     Bằng chứng dòng chi nằm trong lần gửi cho ngân hàng.\n"
	"statement/*.pages    Mã băm từng trang sao kê của ngày đó; bút toán sao kê ràng buộc chúng.\n"
	"postings.csv         Định khoản của các bút toán trên; cột cuối (số dư sau đó) chỉ là bản chép.\n"
	"message/*.raw        Thư của ngân hàng, nguyên văn, nếu là một trang sao kê nói trên; nếu không, chỉ là bản chép.\n"
	"\n"
	"CHỈ LÀ BẢN CHÉP TỪ CƠ SỞ DỮ LIỆU (không gì ở đây chứng minh; muốn chắc phải hỏi nơi giữ bản gốc)\n"
	"\n"
	"rows.csv             Dòng trong danh sách của xã, phường (tệp, mã băm của tệp, số dòng), kết quả đối chiếu tài khoản,\n"
	"                     cách tính mức hưởng, từng bước của khoản chi, thư đã nhận, dòng sao kê, chênh lệch.\n"
	"                     Số định danh và số tài khoản đã che bớt.\n"
	"\n"
	"CÒN NIÊM PHONG\n"
	"\n"
	"message/*.sealed     Thư của ngân hàng như cơ sở dữ liệu giữ. Trong thư có cả số tài khoản của người khác, nên chỉ ai giữ\n"
	"message/*.key        khóa chứng cứ ([evidence] secret_key) mới mở được; mã băm nguyên văn ở rows.csv, mục message.\n"
	"\n"
	"KHÔNG CÓ TRONG HỒ SƠ\n"
	"\n"
	"Hồ sơ cho thấy có gì trong sổ, không cho thấy không còn gì khác: rằng không có bút toán nào về sau nói về khoản chi này,\n"
	"và rằng các số dư đúng, chỉ toàn bộ sổ cho biết (chitra ledger publish, rồi chitra-verify THƯ-MỤC).\n";

void dossier_put(struct dossier *d, const char *name, struct bytes content)
{
	if (d->n < DOSSIER_FILES)
		d->at[d->n] = (struct dossier_file){.name = name, .content = content};
	d->n++; /* dossier_write says when it is too many */
}

void dossier_put_seq(
	struct dossier *d, const char *prefix, int64_t seq, const char *suffix, struct bytes content)
{
	dossier_put(d, arena_printf(d->arena, "%s%012" PRId64 "%s", prefix, seq, suffix), content);
}

struct bytes dossier_place(struct arena *a, const struct hash *leaves, size_t n, size_t i)
{
	CLEANUP(buf_free) struct buf text = BUF((size_t)1 << 16);
	struct merkle_path path;
	char hex[HASH_HEX_SIZE];

	merkle_path(leaves, n, i, &path);
	buf_addf(&text, "chitra-place/v1\nleaves %zu\nindex %zu\n", n, i);
	for (size_t k = 0; k < path.n; k++)
		buf_addf(&text, "node %s\n", hash_hex(&path.at[k], hex));
	return buf_copy(&text, a);
}

static int by_name(const void *x, const void *y)
{
	const struct dossier_file *a = x, *b = y;

	return strcmp(a->name, b->name);
}

static struct bytes manifest_of(struct dossier *d)
{
	CLEANUP(buf_free) struct buf text = BUF((size_t)1 << 20);
	char hex[HASH_HEX_SIZE];

	buf_addf(&text, "chitra-dossier/v1\npayout %s\n", d->payout);
	for (size_t i = 0; i < d->n; i++) {
		struct hash h = sha256(d->at[i].content);
		buf_addf(&text, "file %s %zu %s\n", hash_hex(&h, hex), d->at[i].content.n, d->at[i].name);
	}
	return buf_copy(&text, d->arena);
}

bool dossier_write(struct dossier *d, struct buf *out, struct why *why)
{
	dossier_put(d, "readme.txt", bytes_z(readme));
	if (d->n >= DOSSIER_FILES)
		return why_set(why, "dossier_large", "the payout has more than %d files of evidence",
			DOSSIER_FILES - 1);
	qsort(d->at, d->n, sizeof *d->at, by_name);
	dossier_put(d, "manifest", manifest_of(d));
	qsort(d->at, d->n, sizeof *d->at, by_name);
	for (size_t i = 0; i < d->n; i++)
		tar_add(out, d->at[i].name, d->at[i].content);
	tar_end(out);
	return buf_ok(out) ||
	       why_set(why, "dossier_large", "the payout's evidence is larger than %zu bytes", out->max);
}

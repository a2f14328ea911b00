/**
 * @file fax_pdf.c  The pages of a fax as they went over the line: all of them as PDF, and the files
 * of its tries
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "faxes.h"
#include "own.h"
#include "text.h"

struct pdf_work {
	struct request *rq;
	struct fax f;
	struct fax_document d;
	struct fax_papers papers;
	struct fax_sent sent;
	/* what the PDF is made of */
	unsigned count;
	char paths[DOC_PATHS][BLOB_PATH];
	struct doc_piece pieces[DOC_PATHS];
};

static int paper_h(const struct fax_sent *s, void *arg)
{
	struct fax_papers *p = arg;

	if (p->count == COUNT(p->v)) {
		memmove(&p->v[0], &p->v[1], (p->count - 1) * sizeof(p->v[0]));
		p->count--;
	}
	p->v[p->count++] = *s;
	return 0;
}

/** Reads what went over the line in each try */
int fax_papers_read(struct fax_papers *p, struct db *db, const struct fax *f)
{
	p->count = 0;
	return fax_sent_list(db, f->tenant, f->id, paper_h, p);
}

/** The fax that the path names, of somebody who may see it, and what was to be sent; 0 or errno */
int fax_and_document(struct fax *f, struct fax_document *d, struct db *db, const struct request *rq)
{
	const struct who *w = who_of(rq);
	int err = fax_get(f, db, w->tenant, rq->ids[0]);

	if (!err && !who_has(w, f->extension_id))
		return ENOENT;
	return err ? err : fax_document_get(d, db, w->tenant, f->document_id);
}

static int find_fn(struct db *db, void *obj)
{
	struct pdf_work *x = obj;
	int err = fax_and_document(&x->f, &x->d, db, x->rq);

	return err ? err : fax_papers_read(&x->papers, db, &x->f);
}

static void piece_add(struct pdf_work *x, const char *blob, int64_t first, int64_t count)
{
	if (count <= 0 || x->count == DOC_PATHS)
		return;
	blob_path(x->paths[x->count], api_of(x->rq)->conf.blobs, blob);
	x->pieces[x->count++] = (struct doc_piece){(unsigned)first, (unsigned)count};
}

/* Each page as it was confirmed; what was not, as it went last; what never went, as it will go */
static void pieces_make(struct pdf_work *x)
{
	const char *own = x->f.blob[0] ? x->f.blob : x->d.blob;
	const struct fax_sent *last = NULL;
	int64_t there = 0;

	for (unsigned i = 0; i < x->papers.count; i++) {
		const struct fax_sent *s = &x->papers.v[i];
		int64_t more = s->first_page + s->confirmed - there;

		last = s;
		if (more <= 0)
			continue;
		if (s->first_page > there) {
			piece_add(x, own, there, s->first_page - there);
			more = s->confirmed;
			there = s->first_page;
		}
		piece_add(x, s->blob, s->sheets + there - s->first_page, more);
		there += more;
	}
	if (last && there >= last->first_page)
		piece_add(x, last->blob, last->sheets + there - last->first_page,
			  x->f.pages - there);
	else
		piece_add(x, own, there, x->f.pages - there);
}

static int run(struct doc_request *r, const struct api_conf *conf)
{
	struct doc_result result;
	int err = doc_run(&result, conf->doc_convert, r);

	return err ? err : result.ok ? 0 : EIO;
}

/* Two orders: the pages as one file, and that as PDF */
static int make(char pdf[BLOB_PATH], struct pdf_work *x)
{
	const struct api_conf *conf = &api_of(x->rq)->conf;
	char tiff[BLOB_PATH];
	struct doc_request join = {.op = "join",
				   .count = x->count,
				   .out = tiff,
				   .fine = x->d.fine,
				   .pieces = x->pieces};
	struct doc_request to_pdf = {.op = "pdf",
				     .inputs = {tiff},
				     .count = 1,
				     .out = pdf,
				     .seconds = DOC_PAGES_SECONDS};
	int err;

	for (unsigned i = 0; i < x->count; i++)
		join.inputs[i] = x->paths[i];
	text_printf(tiff, sizeof(tiff), "%s/%s.pages", conf->fax_folder, id_new().s);
	text_printf(pdf, BLOB_PATH, "%s.pdf", tiff);
	err = run(&join, conf);
	err = err ? err : run(&to_pdf, conf);
	(void)unlink(tiff);
	return err;
}

static void file_answer(struct reply *rp, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		answer_error(rp, EIO);
	else
		reply_file(rp, "application/pdf", fd, st.st_size);
	if (fd >= 0 && reply_status(rp) >= 300)
		close(fd);
	(void)unlink(path);
}

/** GET /faxes/{id}/pdf: every page as it went over the line, under its line */
void fax_pdf_get(struct request *rq, struct reply *rp)
{
	AUTO struct pdf_work *x = mem_zalloc(sizeof(*x), NULL);
	char pdf[BLOB_PATH];
	int err = x ? 0 : ENOMEM;

	if (x) {
		x->rq = rq;
		err = store_read(api_of(rq)->conf.store, find_fn, x);
	}
	if (!err && !x->f.blob[0] && (!x->d.blob[0] || x->f.cover_id[0])) {
		reply_problem(rp, 409, "Its pages are not made yet.");
		return;
	}
	if (!err) {
		pieces_make(x);
		err = make(pdf, x);
	}
	if (err) {
		answer_error(rp, err);
		return;
	}
	file_answer(rp, pdf);
	reply_header(rp, "Content-Disposition", "%s; filename=\"fax-%.8s.pdf\"",
		     request_query(rq, "download") ? "attachment" : "inline", x->f.id);
}

static int sent_fn(struct db *db, void *obj)
{
	struct pdf_work *x = obj;
	int err = find_fn(db, x);

	return err ? err
		   : fax_sent_get(&x->sent, db, x->f.tenant, x->f.id,
				  strtoll(x->rq->ids[1], NULL, 10));
}

/** GET /faxes/{id}/attempts/{number}/tiff: the very file that went over the line */
void fax_attempt_tiff_get(struct request *rq, struct reply *rp)
{
	AUTO struct pdf_work *x = mem_zalloc(sizeof(*x), NULL);
	int err = x ? 0 : ENOMEM;

	if (x) {
		x->rq = rq;
		err = store_read(api_of(rq)->conf.store, sent_fn, x);
	}
	if (err)
		answer_error(rp, err);
	else
		blob_answer(rq, rp, x->sent.blob, "image/tiff");
}

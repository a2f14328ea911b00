/**
 * @file mail_in.c  An e-mail becomes a fax
 *
 * Who sends is judged before anything is opened; the message is taken apart, and its documents are
 * drawn, by doc-convert's confined children. What it says in its headers counts for the cover page
 * and for knowing it again, and for nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include "clock.h"
#include "dnc.h"
#include "fax_box.h"
#include "fax_document.h"
#include "fax_send.h"
#include "mail_in.h"
#include "own.h"
#include "permission.h"
#include "tenant.h"
#include "text.h"
#include "user.h"
#include "work_private.h"
#define JSON_STRING JANSSON_STRING
#define JSON_NULL JANSSON_NULL
#include <jansson.h>

enum { MESSAGE_MAX = 72 << 20, FIELD = 2048, NAME = 32 };

struct incoming {
	const struct work *w;
	const char *auth, *from, *to;
	char folder[BLOB_PATH];
	struct user user;
	struct tenant_row tenant;
	struct extension extension;
	struct fax fax;
	struct fax_document document;
	struct fax_parts parts;
	char (*pages)[BLOB_KEY];
	char hash[TEXT_SHA256];
	unsigned documents;
	bool seen, blocked, kept;
	char subject[FIELD], text[FIELD], header_from[FIELD], message_id[FIELD], trust[FIELD];
	enum mail_in_result result;
	char *say; /* MAIL_SAY */
};

static bool refuse(struct incoming *m, enum mail_in_result result, const char *why)
{
	m->result = result;
	text_printf(m->say, MAIL_SAY, "%s", why);
	return false;
}

/* --- who sends, and to whom --------------------------------------------------------------------
 */

static int sender_fn(struct db *db, void *obj)
{
	struct incoming *m = obj;
	int err = user_by_email(&m->user, db, m->from);

	if (!err)
		err = tenant_get(&m->tenant, db, m->user.tenant);
	if (!err && m->user.extension_id[0])
		err = extension_get(&m->extension, db, m->user.tenant, m->user.extension_id);
	if (!err)
		err = fax_box_fine(&m->document.fine, db, m->user.tenant, m->extension.id);
	return err;
}

static bool may(const struct incoming *m, const char *permission)
{
	return permissions_have(m->tenant.permissions, permission) &&
	       (user_administers(&m->user) || permissions_have(m->user.permissions, permission));
}

static bool sender_good(struct incoming *m)
{
	int err = m->from[0] ? store_read(m->w->store, sender_fn, m) : ENOENT;

	if (err && err != ENOENT)
		return refuse(m, MAIL_LATER, "The fax system cannot be reached at the moment.");
	if (err || !m->user.tenant)
		return refuse(m, MAIL_NOPERM,
			      "Only users may send faxes by e-mail, from the address they sign in "
			      "with. This message came from another one.");
	if (!may(m, "email_to_fax") || !may(m, "send_fax"))
		return refuse(m, MAIL_NOPERM,
			      "You may not send faxes by e-mail. Ask your administrator for the "
			      "permissions \"send_fax\" and \"email_to_fax\".");
	return true;
}

static bool number_good(struct incoming *m)
{
	char local[PHONE_SIZE];

	if (text_printf(local, sizeof(local), "%.*s", (int)strcspn(m->to, "@"), m->to) &&
	    phone_e164(m->fax.to, sizeof(m->fax.to), local, m->tenant.country))
		return true;
	return refuse(m, MAIL_NOUSER,
		      "What stands before the @ must be a telephone number, such as "
		      "+16285550199.");
}

/* --- the message -------------------------------------------------------------------------------
 */

static bool message_save(struct incoming *m, int fd)
{
	char path[BLOB_PATH + NAME], block[65536];
	size_t all = 0;
	ssize_t n = 0;
	int out;
	bool kept;

	text_printf(path, sizeof(path), "%s/message", m->folder);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	kept = out >= 0;
	while (kept && all <= MESSAGE_MAX && (n = read(fd, block, sizeof(block))) > 0) {
		kept = write(out, block, (size_t)n) == n;
		all += (size_t)n;
	}
	if (out >= 0 && close(out))
		kept = false;
	if (all > MESSAGE_MAX)
		return refuse(m, MAIL_DATA, "The message is larger than a fax may be.");
	if (!kept || n < 0)
		return refuse(m, MAIL_LATER, "The message could not be kept.");
	return true;
}

static bool converted(struct incoming *m, const struct doc_request *request,
		      struct doc_result *result)
{
	if (doc_run(result, m->w->doc_convert, request))
		return refuse(m, MAIL_LATER, "The message cannot be read at the moment.");
	return result->ok || refuse(m, MAIL_DATA, result->message);
}

static void field_read(char value[FIELD], const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	text_printf(value, FIELD, "%s", text ? text : "");
}

static void names_read(struct incoming *m, const json_t *names)
{
	m->parts.count = m->documents < DOCUMENT_PARTS ? m->documents : DOCUMENT_PARTS;
	for (unsigned i = 0; i < m->parts.count; i++) {
		const char *name = json_string_value(json_array_get(names, i));

		field_cut(m->parts.v[i].name, sizeof(m->parts.v[i].name), name ? name : "");
	}
}

/* As its address book calls the number: "Ana Ruiz" <+16285550199@fax.example> */
static void recipient_read(struct incoming *m, const json_t *to)
{
	char local[PHONE_SIZE], number[PHONE_SIZE];
	const json_t *one;
	size_t i;

	json_array_foreach(to, i, one)
	{
		const char *text = json_string_value(one), *name = text ? strchr(text, ' ') : NULL;

		if (name &&
		    text_printf(local, sizeof(local), "%.*s", (int)strcspn(text, "@"), text) &&
		    phone_e164(number, sizeof(number), local, m->tenant.country) &&
		    !strcmp(number, m->fax.to)) {
			field_cut(m->fax.to_name, sizeof(m->fax.to_name), name + 1);
			return;
		}
	}
}

static bool message_read(struct incoming *m)
{
	char path[BLOB_PATH + NAME];
	struct doc_request request = {.op = "mail", .inputs = {path}, .count = 1, .out = m->folder};
	struct doc_result result;
	json_t *o;

	text_printf(path, sizeof(path), "%s/message", m->folder);
	if (!converted(m, &request, &result))
		return false;
	m->documents = result.pages;
	text_printf(path, sizeof(path), "%s/mail.json", m->folder);
	o = json_load_file(path, 0, NULL);
	field_read(m->subject, o, "subject");
	field_read(m->text, o, "text");
	field_read(m->header_from, o, "from");
	field_read(m->message_id, o, "messageId");
	field_read(m->trust, o, "auth");
	names_read(m, json_object_get(o, "names"));
	recipient_read(m, json_object_get(o, "to"));
	json_decref(o);
	if (!o)
		return refuse(m, MAIL_LATER, "The message cannot be read at the moment.");
	return m->documents ||
	       refuse(m, MAIL_DATA,
		      "There is nothing to fax: attach the document as a PDF, TIFF, PNG or JPEG.");
}

static bool sender_proved(struct incoming *m)
{
	if (!m->auth[0] || mail_trusted(m->trust, m->auth, m->from, m->header_from))
		return true;
	return refuse(m, MAIL_NOPERM,
		      "It could not be proved that this message is from you (SPF or DMARC), so it "
		      "was not faxed.");
}

/* --- the fax -----------------------------------------------------------------------------------
 */

/* Without a Message-ID its octets tell it from others */
static bool hash_make(struct incoming *m)
{
	char text[FIELD + 2 * MODEL_EMAIL + PHONE_SIZE], path[BLOB_PATH + NAME];
	void *octets = NULL;
	struct stat st;
	int fd;

	if (!m->message_id[0]) {
		text_printf(path, sizeof(path), "%s/message", m->folder);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		octets = !fstat(fd, &st) ? malloc((size_t)st.st_size + 1) : NULL;
		if (octets && read(fd, octets, (size_t)st.st_size) == st.st_size)
			text_sha256(m->message_id, octets, (size_t)st.st_size);
		free(octets);
		if (fd >= 0)
			close(fd);
	}
	text_printf(text, sizeof(text), "%s\n%s\n%s", m->message_id, m->from, m->fax.to);
	text_sha256(m->hash, text, strlen(text));
	return m->message_id[0] || refuse(m, MAIL_LATER, "The message could not be kept.");
}

static int seen_fn(struct db *db, void *obj)
{
	struct incoming *m = obj;

	m->blocked = dnc_has(db, m->user.tenant, m->fax.to);
	return fax_mail_seen(&m->seen, db, m->user.tenant, m->hash);
}

static int parts_keep(struct incoming *m)
{
	char path[BLOB_PATH + NAME];
	int err = 0;

	for (unsigned i = 0; !err && i < m->parts.count; i++) {
		text_printf(path, sizeof(path), "%s/part-%u", m->folder, i + 1);
		err = file_keep(m->parts.v[i].source, m->w->blobs, m->user.tenant, path);
	}
	return err;
}

/* As for an upload, but at once: who sent it is told by the mail server what cannot be faxed */
static bool documents_draw(struct incoming *m)
{
	struct fax_document *d = &m->document;
	char folder[BLOB_PATH + NAME];

	d->tenant = m->user.tenant;
	str_ncpy(d->extension_id, m->extension.id, sizeof(d->extension_id));
	str_ncpy(d->picture, "auto", sizeof(d->picture));
	text_printf(d->name, sizeof(d->name), "%s", "E-mail");
	text_printf(folder, sizeof(folder), "%s/pages", m->folder);
	if (parts_keep(m) || document_draw(d, &m->pages, m->w, &m->parts, folder))
		return refuse(m, MAIL_LATER, "The fax could not be kept.");
	return d->state == DOCUMENT_READY || refuse(m, MAIL_DATA, d->reason);
}

static int cover_h(const struct cover_page *c, void *arg)
{
	str_ncpy(arg, c->id, ID_SIZE);
	return DB_STOP;
}

static int document_add(struct incoming *m, struct db *db)
{
	struct fax_document *d = &m->document;
	int err = fax_document_add(db, d, &m->parts);

	d->state = DOCUMENT_READY;
	err = err ? err : fax_document_end(db, d);
	for (unsigned i = 0; !err && i < d->pages; i++)
		err = fax_page_add(db, d->tenant, d->id, i + 1, m->pages[i]);
	return err;
}

static int fax_fn(struct db *db, void *obj)
{
	struct incoming *m = obj;
	struct fax *f = &m->fax;
	int err = document_add(m, db);

	if (err)
		return err;
	f->tenant = m->user.tenant;
	f->pages = m->document.pages;
	f->tries_max = FAX_TRIES;
	f->due_at = clock_wall_ms();
	str_ncpy(f->extension_id, m->extension.id, sizeof(f->extension_id));
	str_ncpy(f->document_id, m->document.id, sizeof(f->document_id));
	str_ncpy(f->sender_email, m->user.email, sizeof(f->sender_email));
	field_cut(f->subject, sizeof(f->subject), m->subject);
	field_cut(f->note, sizeof(f->note), m->text);
	err = fax_from_find(f->from, db, f->tenant, m->extension.number);
	if (!err && (f->subject[0] || f->note[0])) {
		str_ncpy(f->cover_id, COVER_STANDARD, sizeof(f->cover_id));
		err = cover_page_list(db, f->tenant, cover_h, f->cover_id);
	}
	err = err ? err : fax_send(db, f);
	return err ? err : fax_mail_note(db, f, m->hash);
}

static bool fax_keep(struct incoming *m)
{
	int err = store_write_wait(m->w->store, fax_fn, m);

	m->kept = !err;
	if (err && err != EEXIST) /* the same mail in the same moment, twice */
		return refuse(m, MAIL_LATER, "The fax could not be kept.");
	return true;
}

static bool take(struct incoming *m, int fd)
{
	if (!blobs_spare(m->w->blobs))
		return refuse(m, MAIL_LATER, "The fax system has no room at the moment.");
	if (!sender_good(m) || !number_good(m) || !message_save(m, fd) || !message_read(m) ||
	    !sender_proved(m) || !hash_make(m))
		return false;
	if (store_read(m->w->store, seen_fn, m))
		return refuse(m, MAIL_LATER, "The fax system cannot be reached at the moment.");
	if (m->blocked && !m->seen)
		return refuse(m, MAIL_NOPERM,
			      "This number is on the do-not-contact list; no fax is sent to it.");
	return m->seen || (documents_draw(m) && fax_keep(m));
}

/* What was kept of a message that became no fax */
static void blobs_drop(const struct incoming *m)
{
	struct blobs *blobs = m->w->blobs;

	if (m->document.blob[0])
		(void)blob_delete(blobs, m->document.blob);
	for (unsigned i = 0; m->pages && i < m->document.pages; i++) {
		if (m->pages[i][0])
			(void)blob_delete(blobs, m->pages[i]);
	}
	for (unsigned i = 0; i < m->parts.count; i++) {
		if (m->parts.v[i].source[0])
			(void)blob_delete(blobs, m->parts.v[i].source);
	}
}

static void parts_remove(const struct incoming *m)
{
	char path[BLOB_PATH + NAME];

	for (unsigned i = 1; i <= DOC_PATHS; i++) {
		text_printf(path, sizeof(path), "%s/part-%u", m->folder, i);
		(void)unlink(path);
	}
	text_printf(path, sizeof(path), "%s/mail.json", m->folder);
	(void)unlink(path);
	text_printf(path, sizeof(path), "%s/message", m->folder);
	(void)unlink(path);
	folder_remove(m->folder);
}

/**
 * Makes a fax of an e-mail
 *
 * @param say  One sentence for the sender when it was not taken, else ""
 * @param w    Store, blobs, doc-convert and folder
 * @param auth Name by which our mail server signs its Authentication-Results; "": not looked at
 * @param from Sender of the envelope
 * @param to   Recipient of the envelope: number@...
 * @param fd   The message
 *
 * @return what the mail server is told
 */
enum mail_in_result mail_in(char say[MAIL_SAY], const struct work *w, const char *auth,
			    const char *from, const char *to, int fd)
{
	char address[MODEL_EMAIL];
	AUTO struct incoming *m = mem_zalloc(sizeof(*m), NULL);

	say[0] = '\0';
	if (!m)
		return MAIL_LATER;
	text_printf(address, sizeof(address), "%s", from);
	text_lower(address);
	m->w = w;
	m->auth = auth;
	m->from = address;
	m->to = to;
	m->say = say;
	text_printf(m->folder, sizeof(m->folder), "%s/%s", w->fax_folder, id_new().s);
	if (mkdir(m->folder, 0700))
		return MAIL_LATER;
	if (take(m, fd))
		m->result = MAIL_TAKEN;
	if (!m->kept)
		blobs_drop(m);
	parts_remove(m);
	free(m->pages);
	return m->result;
}

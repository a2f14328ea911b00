/**
 * @file letter.c  An e-mail that asks for a fax: taken apart in a confined child
 *
 * The child says what it finds as records: a letter for what it is, its length in four octets, and
 * so many octets. The parent trusts none of the lengths.
 */
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <gmime/gmime.h>
#include <jansson.h>
#include "letter.h"

enum record {
	RECORD_DOCUMENT = 'D',
	RECORD_UNUSABLE = 'U', /* a file that cannot be faxed, by its name                    */
	RECORD_NAME = 'N', /* of the document that follows                                       */
	RECORD_TO = 'R',   /* an address of To or Cc, a blank, and the name before it            */
	RECORD_TOO_MANY = 'M',
};

/** The short texts of a mail, by the letter of their record */
static const struct {
	char record;
	const char *name;
} texts[] = {{'S', "subject"}, {'F', "from"}, {'I', "messageId"}, {'A', "auth"}, {'T', "text"}};

/* --- the child ---------------------------------------------------------------------------------
 */

static void put(int record, const void *octets, size_t n)
{
	const uint32_t size = (uint32_t)n;

	putchar(record);
	fwrite(&size, sizeof(size), 1, stdout);
	fwrite(octets, 1, n, stdout);
}

/* Cut where a character ends; without what would control a screen or a page */
static void put_text(int record, const char *text)
{
	char *valid = g_utf8_make_valid(text ? text : "", -1), *end;

	for (char *p = valid; *p; p++) {
		if ((unsigned char)*p < 0x20 && (*p != '\n' || record != 'T'))
			*p = *p == '\r' && record == 'T' ? '\n' : ' ';
	}
	if (strlen(valid) > LETTER_FIELD) {
		end = g_utf8_find_prev_char(valid, valid + LETTER_FIELD);
		*end = '\0';
	}
	g_strstrip(valid);
	put(record, valid, strlen(valid));
	g_free(valid);
}

static void put_document(GMimePart *part)
{
	GMimeStream *memory = g_mime_stream_mem_new();
	GByteArray *octets;

	g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(part), memory);
	octets = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
	put(RECORD_DOCUMENT, octets->data, octets->len);
	g_object_unref(memory);
}

static bool one_of(const char *what, const char *const *list)
{
	for (; *list; list++) {
		if (!strcmp(what, *list))
			return true;
	}
	return false;
}

/* By its type, or by its name where the type says nothing; what is in it is looked at later */
static bool faxable(const char *type, const char *name)
{
	static const char *const types[] = {"application/pdf", "image/tiff", "image/png",
					    "image/jpeg",      "image/jpg",  NULL};
	static const char *const ends[] = {"pdf", "tif", "tiff", "png", "jpg", "jpeg", NULL};
	const char *dot = strrchr(name, '.');
	char *end = dot ? g_ascii_strdown(dot + 1, -1) : NULL;
	bool yes = one_of(type, types) ||
		   (!strcmp(type, "application/octet-stream") && end && one_of(end, ends));

	g_free(end);
	return yes;
}

/* A picture of a signature is no page, and a seal is no document */
static bool ornament(GMimeObject *parent, const char *type)
{
	GMimeContentType *t = parent ? g_mime_object_get_content_type(parent) : NULL;

	return g_str_has_suffix(type, "-signature") ||
	       (!strncmp(type, "image/", 6) && t &&
		g_mime_content_type_is_type(t, "multipart", "related"));
}

static void part_look(GMimeObject *o, GMimeObject *parent, bool *has_text)
{
	char *type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(o)), *text;
	const char *name = g_mime_part_get_filename(GMIME_PART(o));
	bool attached = g_mime_part_is_attachment(GMIME_PART(o));

	for (char *p = type; *p; p++)
		*p = g_ascii_tolower(*p);
	if (GMIME_IS_TEXT_PART(o) && !attached) {
		text = !*has_text && !strcmp(type, "text/plain")
			       ? g_mime_text_part_get_text(GMIME_TEXT_PART(o))
			       : NULL;
		if (text) {
			put_text('T', text);
			*has_text = true;
		}
		g_free(text);
	} else if (!g_mime_part_get_content(GMIME_PART(o)) || ornament(parent, type)) {
		/* nothing to fax */
	} else if (faxable(type, name ? name : "")) {
		put_text(RECORD_NAME, name ? name : type);
		put_document(GMIME_PART(o));
	} else if (attached || name) {
		put_text(RECORD_UNUSABLE, name ? name : type);
	}
	g_free(type);
}

static void parts_look(GMimeMessage *message)
{
	GMimePartIter *iter = g_mime_part_iter_new(GMIME_OBJECT(message));
	bool has_text = false;
	unsigned n = 0;

	while (g_mime_part_iter_is_valid(iter)) {
		GMimeObject *o = g_mime_part_iter_get_current(iter);

		if (++n > LETTER_PARTS) {
			put(RECORD_TOO_MANY, "", 0);
			break;
		}
		if (GMIME_IS_PART(o))
			part_look(o, g_mime_part_iter_get_parent(iter), &has_text);
		if (!g_mime_part_iter_next(iter))
			break;
	}
	g_mime_part_iter_free(iter);
}

/* The topmost: those below may have come with the mail */
static const char *topmost(GMimeMessage *message, const char *name)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));

	for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);

		if (!g_ascii_strcasecmp(g_mime_header_get_name(h), name))
			return g_mime_header_get_value(h);
	}
	return NULL;
}

static const char *sender(GMimeMessage *message)
{
	InternetAddressList *list = g_mime_message_get_from(message);
	InternetAddress *a = list && internet_address_list_length(list) == 1
				     ? internet_address_list_get_address(list, 0)
				     : NULL;

	return a && INTERNET_ADDRESS_IS_MAILBOX(a)
		       ? internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(a))
		       : NULL;
}

static void recipients_put(InternetAddressList *list)
{
	int n = list ? internet_address_list_length(list) : 0;

	for (int i = 0; i < n && i < LETTER_RECIPIENTS; i++) {
		InternetAddress *a = internet_address_list_get_address(list, i);
		const char *name = internet_address_get_name(a);
		char *text;

		if (!INTERNET_ADDRESS_IS_MAILBOX(a) || !name || !*name)
			continue;
		text = g_strdup_printf(
			"%s %s", internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(a)),
			name);
		put_text(RECORD_TO, text);
		g_free(text);
	}
}

/* The whole life of the child: reads a message on 0, writes records on 1 */
static int letter_child(void *arg)
{
	GMimeStream *in = g_mime_stream_fs_new(0);
	GMimeParser *parser = g_mime_parser_new_with_stream(in);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	if (!message)
		return 1;
	put_text('S', g_mime_message_get_subject(message));
	put_text('F', sender(message));
	recipients_put(g_mime_message_get_to(message));
	recipients_put(g_mime_message_get_cc(message));
	put_text('I', g_mime_message_get_message_id(message));
	put_text('A', topmost(message, "Authentication-Results"));
	parts_look(message);
	return fflush(stdout) ? 1 : 0;
}

/* --- the parent --------------------------------------------------------------------------------
 */

/* Its tables are read here, because the child opens no files */
static void prepare(void)
{
	static const char *const charsets[] = {"ISO-8859-1", "ISO-8859-2", "ISO-8859-15",
					       "WINDOWS-1250", "WINDOWS-1252"};
	static iconv_t held[sizeof(charsets) / sizeof(*charsets)]; /* as long as we live */

	if (held[0])
		return;
	g_mime_init();
	for (size_t i = 0; i < sizeof(charsets) / sizeof(*charsets); i++)
		held[i] = iconv_open("UTF-8", charsets[i]);
}

static bool document_save(struct child *child, const struct convert *c, unsigned number, size_t n)
{
	char path[4096], block[16384];
	int out;
	bool good = true;

	snprintf(path, sizeof(path), "%s/part-%u", c->out, number);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	good = out >= 0;
	while (good && n) {
		size_t part = n < sizeof(block) ? n : sizeof(block);

		good = child_read(child, block, part) && write(out, block, part) == (ssize_t)part;
		n -= part;
	}
	if (out >= 0 && close(out))
		good = false;
	return good;
}

/* One record; its text into the object. False: no more are read */
static bool record_take(enum refusal *r, struct converted *done, const struct convert *c,
			struct child *child, json_t *o)
{
	json_t *to = json_object_get(o, "to");
	char text[LETTER_FIELD + 1];
	int record = child_byte(child);
	uint32_t n = 0;

	if (record < 0)
		return false;
	*r = REFUSE_DAMAGED;
	if (!child_read(child, &n, sizeof(n)))
		return false;
	if (record == RECORD_DOCUMENT) {
		*r = done->pages == INPUTS || n > LETTER_OCTETS	 ? REFUSE_COMPLEX
		     : document_save(child, c, ++done->pages, n) ? REFUSE_NOTHING
								 : REFUSE_SYSTEM;
		return !*r;
	}
	if (n > LETTER_FIELD || !child_read(child, text, n))
		return false;
	text[n] = '\0';
	if (record == RECORD_NAME && done->pages < INPUTS)
		json_array_append_new(json_object_get(o, "names"), json_string(text));
	if (record == RECORD_TO && json_array_size(to) < 2 * LETTER_RECIPIENTS)
		json_array_append_new(to, json_string(text));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (record == texts[i].record)
			json_object_set_new(o, texts[i].name, json_string(text));
	}
	*r = record == RECORD_TOO_MANY	 ? REFUSE_COMPLEX
	     : record == RECORD_UNUSABLE ? REFUSE_UNKNOWN
					 : REFUSE_NOTHING;
	if (record == RECORD_UNUSABLE)
		snprintf(done->fault, sizeof(done->fault),
			 "The attachment \"%.100s\" is not a PDF, TIFF, PNG or JPEG file.", text);
	return !*r;
}

/** Takes a message apart; done->pages is how many documents there are */
enum refusal letter_open(struct converted *done, const struct convert *c)
{
	static struct child child;
	struct child_limits limits = {.deadline_ms = child_now() + (uint64_t)c->seconds * 1000,
				      .memory_mib = c->memory_mib};
	int in = open(c->inputs[0], O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum refusal r = in < 0 ? REFUSE_SYSTEM : REFUSE_NOTHING, end;
	json_t *o = json_pack("{s:[], s:[]}", "names", "to");
	char path[4096];

	prepare();
	if (!r)
		r = child_work(&child, &limits, in, letter_child, NULL);
	if (!r) {
		while (record_take(&r, done, c, &child, o))
			;
		end = child_end(&child);
		r = r && r != REFUSE_DAMAGED ? r : end ? end : r;
	}
	if (r && r != REFUSE_SYSTEM && !done->fault[0])
		snprintf(done->fault, sizeof(done->fault),
			 "The message cannot be read: it is damaged, or has too many parts.");
	snprintf(path, sizeof(path), "%s/mail.json", c->out);
	if (!r && json_dump_file(o, path, JSON_COMPACT))
		r = REFUSE_SYSTEM;
	json_decref(o);
	if (in >= 0)
		close(in);
	return r;
}

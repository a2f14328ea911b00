/**
 * @file template.c  The mails that we write
 */
#include <ctype.h>
#include <string.h>
#include "own.h"
#include "template.h"
#include "text.h"

enum { WORD = 32, LINE = 1024 };

static const struct {
	const char *name, *subject, *text;
} rows[TEMPLATES] = {
#define X(name, subject, text) {#name, subject, text},
#include "template_table.h"
#undef X
};

/* A text that grows to its size and no further */
struct out {
	char *p;
	size_t n, size;
};

static void out_bytes(struct out *o, const char *p, size_t n)
{
	if (o->n + n < o->size) {
		memcpy(o->p + o->n, p, n);
		o->n += n;
	}
	o->p[o->n] = '\0';
}

static void out_text(struct out *o, const char *text)
{
	out_bytes(o, text, strlen(text));
}

/* Values are cut where a character ends, and mended where they are no UTF-8 */
static void out_value(struct out *o, const char *value)
{
	size_t n = strnlen(value, TEMPLATE_VALUE);
	bool utf8;

	if (value[n])
		for (; n && (value[n] & 0xc0) == 0x80; n--)
			;
	utf8 = text_utf8(value, n);
	for (size_t i = 0; i < n; i++) {
		char c = value[i];

		if ((unsigned char)c < ' ' || c == 0x7f)
			c = ' ';
		else if ((unsigned char)c > 0x7f && !utf8)
			c = '?';
		out_bytes(o, &c, 1);
	}
	while (o->n && utf8 && !text_utf8(o->p, o->n))
		o->p[--o->n] = '\0'; /* it was full in the middle of a character */
}

/** Name as stored, such as "voicemail" */
const char *template_name(enum template_id id)
{
	return rows[id].name;
}

static bool named(const char *text, const char *word)
{
	char braced[WORD + 2];

	return text_printf(braced, sizeof(braced), "{%s}", word) && strstr(text, braced);
}

/** Whether a template has a place for a word */
bool template_knows(enum template_id id, const char *word)
{
	return named(rows[id].subject, word) || named(rows[id].text, word);
}

/* One line; false when a word of it has no value */
static bool line_fill(struct out *o, const char *line, size_t n, template_value_h *h, void *arg)
{
	const char *end = line + n;

	while (line < end) {
		size_t word = *line == '{' ? strcspn(line + 1, "}") : 0;
		const char *value;
		char name[WORD];

		if (!word) {
			out_bytes(o, line++, 1);
			continue;
		}
		text_printf(name, sizeof(name), "%.*s", (int)word, line + 1);
		value = h(name, arg);
		if (!value || !value[0])
			return false;
		out_value(o, value);
		line += word + 2;
	}
	return true;
}

/* No two empty lines one after the other: what stood between them may have been left out. */
static void text_fill(struct out *o, const char *text, template_value_h *h, void *arg)
{
	while (*text) {
		size_t n = strcspn(text, "\n"), before = o->n;
		bool twice = !n && (o->n < 4 || !memcmp(o->p + o->n - 4, "\r\n\r\n", 4));

		if (twice || !line_fill(o, text, n, h, arg))
			o->n = before;
		else
			out_text(o, "\r\n");
		o->p[o->n] = '\0';
		text += n + (text[n] == '\n');
	}
}

static void html_escape(struct out *o, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '<')
			out_text(o, "&lt;");
		else if (p[i] == '>')
			out_text(o, "&gt;");
		else if (p[i] == '&')
			out_text(o, "&amp;");
		else if (p[i] == '"')
			out_text(o, "&quot;");
		else
			out_bytes(o, &p[i], 1);
	}
}

/* Only our own link, which ends a line, is made one: a caller's name may look like an address. */
static void html_line(struct out *o, const char *p, size_t n, const char *link)
{
	size_t tail = link ? strlen(link) : 0;

	if (!tail || n < tail || memcmp(p + n - tail, link, tail)) {
		html_escape(o, p, n);
		return;
	}
	html_escape(o, p, n - tail);
	out_text(o, "<a href=\"");
	html_escape(o, link, tail);
	out_text(o, "\">");
	html_escape(o, link, tail);
	out_text(o, "</a>");
}

static void html_make(struct out *o, const char *text, const char *link)
{
	out_text(o, "<!DOCTYPE html><html><body style=\"font-family:sans-serif\"><p>");
	while (*text) {
		size_t n = strcspn(text, "\r");

		if (n)
			html_line(o, text, n, link);
		out_text(o, n ? "<br>\r\n" : "</p><p>\r\n");
		text += n + 2;
	}
	out_text(o, "</p></body></html>\r\n");
}

/** Writes the subject alone; "..." when a word of it has no value */
void template_subject(char *subject, size_t size, enum template_id id, template_value_h *h,
		      void *arg)
{
	struct out o = {subject, 0, size};

	if (!line_fill(&o, rows[id].subject, strlen(rows[id].subject), h, arg)) {
		o.n = 0;
		out_text(&o, "...");
	}
}

/**
 * Writes a mail
 *
 * @param m   Result
 * @param id  Which
 * @param h   Gives the value of each word
 * @param arg Its argument
 */
void template_fill(struct template_mail *m, enum template_id id, template_value_h *h, void *arg)
{
	struct out text = {m->text, 0, sizeof(m->text)}, html = {m->html, 0, sizeof(m->html)};

	template_subject(m->subject, sizeof(m->subject), id, h, arg);
	text_fill(&text, rows[id].text, h, arg);
	html_make(&html, m->text, h("link", arg));
}

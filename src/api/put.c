/**
 * @file put.c  Members of JSON objects, and texts out of JSON bodies
 */
#include <string.h>
#include "inside.h"
#include "own.h"
#include "text.h"

/* What phones send need not be UTF-8, but JSON must be */
static json_t *mended(const char *text)
{
	size_t n = strlen(text);
	AUTO char *copy = NULL;

	if (text_utf8(text, n))
		return json_string(text);
	copy = mem_alloc(n + 1, NULL);
	if (!copy)
		return json_string("");
	for (size_t i = 0; i <= n; i++)
		copy[i] = (text[i] & 0x80) ? '?' : text[i];
	return json_string(copy);
}

/** A text, perhaps empty */
void put_text(json_t *o, const char *name, const char *text)
{
	json_object_set_new(o, name, mended(text ? text : ""));
}

/** A text, null when it is empty */
void put_word(json_t *o, const char *name, const char *text)
{
	json_object_set_new(o, name, text && text[0] ? mended(text) : json_null());
}

/** A number */
void put_int(json_t *o, const char *name, int64_t v)
{
	json_object_set_new(o, name, json_integer(v));
}

/** A time in ms since 1970, null for "not" */
void put_time(json_t *o, const char *name, int64_t at)
{
	json_object_set_new(o, name, at ? json_integer(at) : json_null());
}

/** An amount; null without a currency: there is no price */
void put_money(json_t *o, const char *name, int64_t micros, const char *currency)
{
	json_object_set_new(o, name,
			    currency[0] ? json_pack("{s:I, s:s}", "micros", (json_int_t)micros,
						    "currency", currency)
					: json_null());
}

/** True or false */
void put_bool(json_t *o, const char *name, bool v)
{
	json_object_set_new(o, name, json_boolean(v));
}

/** A list of the words of a text */
void put_words(json_t *o, const char *name, const char *words)
{
	json_t *list = json_array();
	struct pl word;

	while (text_word(&word, &words))
		json_array_append_new(list, json_stringn(word.p, word.l));
	json_object_set_new(o, name, list);
}

/** Takes a list of words out of the body, if it is there */
void words_take(const struct request *rq, const char *name, char *words, size_t size,
		struct field_errors *fe)
{
	const json_t *list = json_object_get(rq->body, name);
	size_t i, n = 0;
	json_t *word;

	if (!list)
		return;
	words[0] = '\0';
	json_array_foreach(list, i, word)
	{
		if (!text_printf(words + n, size - n, "%s%s", n ? " " : "",
				 json_string_value(word))) {
			field_error(fe, name, "has too many words");
			return;
		}
		n += strlen(words + n);
	}
}

/** Takes a text out of the body, if it is there; null is "" */
void text_take(const struct request *rq, const char *name, char *text, size_t size,
	       struct field_errors *fe)
{
	const char *v = request_text(rq, name);

	if (request_has(rq, name) && !text_printf(text, size, "%s", v ? v : ""))
		field_error(fe, name, "is too long");
}

/** Takes e-mail addresses out of the body, if they are there, however they are separated */
void emails_take(const struct request *rq, const char *name, char *emails, size_t size,
		 struct field_errors *fe)
{
	if (!request_has(rq, name))
		return;
	text_take(rq, name, emails, size, fe);
	for (char *c = emails; *c; c++)
		*c = *c == ',' || *c == ';' ? ' ' : *c;
	text_lower(emails);
}

/**
 * @file model_cover_page.c  Cover pages: by tenant, by name, so many
 */
#include "cover_page.h"
#include "fax.h"
#include "model_test.h"

static struct cover_page cover_make(int64_t tenant, const char *name)
{
	struct cover_page c = {.tenant = tenant};

	str_ncpy(c.name, name, sizeof(c.name));
	str_ncpy(c.template, "<b>{{to_name}}</b>", sizeof(c.template));
	assert_int_equal(cover_page_add(db, &c), 0);
	return c;
}

static int names_h(const struct cover_page *c, void *arg)
{
	strcat(arg, c->name);
	return 0;
}

static void found_changed_removed_by_its_tenant_only(void **state)
{
	struct cover_page c = cover_make(mine.id, "B"), d;
	char names[64] = "";

	(void)cover_make(mine.id, "A");
	(void)cover_make(other.id, "C");
	assert_int_equal(cover_page_get(&d, db, mine.id, c.id), 0);
	assert_memory_equal(&c, &d, sizeof(c));
	assert_int_equal(cover_page_get(&d, db, other.id, c.id), ENOENT);
	assert_int_equal(cover_page_list(db, mine.id, names_h, names), 0);
	assert_string_equal(names, "AB");
	str_ncpy(c.name, "Z", sizeof(c.name));
	str_ncpy(c.logo, "key", sizeof(c.logo));
	assert_int_equal(cover_page_change(db, &c), 0);
	assert_int_equal(cover_page_get(&d, db, mine.id, c.id), 0);
	assert_string_equal(d.name, "Z");
	assert_string_equal(d.logo, "key");
	assert_int_equal(cover_page_remove(db, other.id, c.id), ENOENT);
	assert_int_equal(cover_page_remove(db, mine.id, c.id), 0);
	assert_int_equal(cover_page_get(&d, db, mine.id, c.id), ENOENT);
}

static void a_tenant_has_so_many(void **state)
{
	struct cover_page c = {.tenant = mine.id, .name = "x", .template = "y"};

	for (int i = 0; i < COVER_PAGES_MAX; i++)
		(void)cover_make(mine.id, "n");
	assert_int_equal(cover_page_add(db, &c), ENOSPC);
	c.tenant = other.id;
	assert_int_equal(cover_page_add(db, &c), 0);
}

static void a_fax_gets_its_cover_once(void **state)
{
	struct fax f = {.tenant = mine.id, .pages = 2, .tries_max = 3}, g;

	str_ncpy(f.to_name, "Ana", sizeof(f.to_name));
	str_ncpy(f.note, "two\nlines", sizeof(f.note));
	str_ncpy(f.cover_id, "cover", sizeof(f.cover_id));
	assert_int_equal(fax_add(db, &f), 0);
	f.pages = 3;
	str_ncpy(f.blob, "key", sizeof(f.blob));
	assert_int_equal(fax_cover(db, &f), 0);
	assert_int_equal(fax_get(&g, db, mine.id, f.id), 0);
	assert_memory_equal(&f, &g, sizeof(f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(found_changed_removed_by_its_tenant_only),
		TEST(a_tenant_has_so_many),
		TEST(a_fax_gets_its_cover_once),
	};

	return RUN(tests);
}

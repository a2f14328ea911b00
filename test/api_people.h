/**
 * @file api_people.h  A house with three who ask: Maya, who has extension 1001, her administrator,
 * and the administrator of another tenant
 */
#ifndef CARILLON_TEST_API_PEOPLE_H
#define CARILLON_TEST_API_PEOPLE_H

#include "api_house.h"

static struct person maya, admin, stranger;

/** Opens the house with what `fill` puts into its store; NULL: nothing */
static int people_open(void **state, store_fn *fill)
{
	if (house_open(state) || (fill && store_write_wait(house.store, fill, NULL)))
		return -1;
	maya = sign_in("maya@northwind.localhost");
	admin = sign_in("admin@northwind.localhost");
	stranger = sign_in("admin@harbor.localhost");
	return 0;
}

static int people_close(void **state)
{
	free(maya.me);
	free(admin.me);
	free(stranger.me);
	return house_close(state);
}

#endif

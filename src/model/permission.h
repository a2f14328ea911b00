/**
 * @file permission.h  Permission tokens: a list of words separated by single spaces
 *
 * The words stand in tbl/permissions.h. A user's are a subset of the tenant's. Any thread.
 */
#ifndef CARILLON_PERMISSION_H
#define CARILLON_PERMISSION_H

#include <stdbool.h>
#include <stddef.h>

bool permission_known(const char *token, size_t n);
bool permissions_valid(const char *tokens);
bool permissions_have(const char *tokens, const char *token);
bool permissions_within(const char *tokens, const char *of);
const char *permissions_all(void);

#endif

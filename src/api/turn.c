/**
 * @file turn.c  Credentials of TURN servers for browsers
 */
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include "turn.h"
#include "inside.h"
#include "text.h"

enum { SHA1 = 20, USER = DEVICE_AUTH + 24, PASSWORD = 4 * ((SHA1 + 2) / 3) + 1 };

static bool credential_make(char password[PASSWORD], const char *secret, const char *user)
{
	uint8_t mac[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (!HMAC(EVP_sha1(), secret, (int)strlen(secret), (const uint8_t *)user, strlen(user), mac,
		  &n) ||
	    n != SHA1)
		return false;
	EVP_EncodeBlock((uint8_t *)password, mac, SHA1);
	return true;
}

/**
 * What a browser's RTCPeerConnection takes as iceServers
 *
 * @param conf Servers and secret; with none the list is empty
 * @param name Whose; seen by the TURN server
 * @param now  Wall ms
 * @param ends Result: wall ms when the credentials end; 0 for none
 *
 * @return JSON array, owned by the caller
 */
json_t *turn_servers_json(const struct api_conf *conf, const char *name, int64_t now, int64_t *ends)
{
	char user[USER], password[PASSWORD];
	int64_t ends_s = now / 1000 + conf->turn_lifetime_s;
	json_t *list = json_array(), *o;

	*ends = 0;
	if (!conf->turn_urls || !conf->turn_urls[0] ||
	    !text_printf(user, sizeof(user), "%" PRId64 ":%s", ends_s, name) ||
	    !credential_make(password, conf->turn_secret, user))
		return list;
	o = json_object();
	put_words(o, "urls", conf->turn_urls);
	put_text(o, "username", user);
	put_text(o, "credential", password);
	json_array_append_new(list, o);
	*ends = ends_s * 1000;
	return list;
}

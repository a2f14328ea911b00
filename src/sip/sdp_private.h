/**
 * @file sdp_private.h  What the files of SDP share
 */
#ifndef CARILLON_SDP_PRIVATE_H
#define CARILLON_SDP_PRIVATE_H

#include "sdp.h"

const char *sdp_profile_name(const struct sdp_desc *sdp);

#endif

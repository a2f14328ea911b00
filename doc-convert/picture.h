/**
 * @file picture.h  TIFF, PNG and JPEG, read in a confined child
 */
#ifndef DOC_PICTURE_H
#define DOC_PICTURE_H

/* Each is the whole life of a child: reads the file on 0, writes pages in grey on 1 */
int picture_tiff(void *arg);
int picture_png(void *arg);
int picture_jpeg(void *arg);

#endif

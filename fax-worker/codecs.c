/**
 * @file codecs.c  libtiff without what no page of a fax is packed by
 *
 * A fax is G3 or G4. The ways of packing named here would bring the libraries of JPEG, WebP, LZMA,
 * Zstandard and others into the process that talks to strangers, and the loader would map them at
 * the start of each fax, which costs more than all of spandsp's work in it. The linker takes these
 * for libtiff's own, so that libtiff's, and those libraries, never are linked.
 */
#include <tiffio.h>

/* As libtiff registers a way of packing: no such file can be opened */
#define LEFT_OUT(name)                                                                             \
	int name(TIFF *tif, int scheme);                                                           \
	int name(TIFF *tif, int scheme)                                                            \
	{                                                                                          \
		return 0;                                                                          \
	}

LEFT_OUT(TIFFInitJBIG)
LEFT_OUT(TIFFInitJPEG)
LEFT_OUT(TIFFInitLERC)
LEFT_OUT(TIFFInitLZMA)
LEFT_OUT(TIFFInitOJPEG)
LEFT_OUT(TIFFInitPixarLog)
LEFT_OUT(TIFFInitWebP)
LEFT_OUT(TIFFInitZIP)
LEFT_OUT(TIFFInitZSTD)

/* What else libtiff asks of its JPEG */
int TIFFJPEGIsFullStripRequired(TIFF *tif);
int TIFFJPEGIsFullStripRequired(TIFF *tif)
{
	return 0;
}

import { api, BASE, type Page, type Tagged } from '../lib/api';
import type { Money } from '../lib/format';

export type Quality = 'fine' | 'standard';
/** How a picture becomes black and white: each part as it looks, letters, or dots. */
export type PictureKind = 'auto' | 'text' | 'photo';

export interface FaxDocument {
  id: string;
  name: string;
  quality: Quality;
  /** What it is made of, in this order. */
  files: string[];
  picture: PictureKind;
  state: 'converting' | 'ready' | 'refused';
  pages: number;
  /** On the line, about. */
  seconds: number;
  reason: string | null;
  createdAt: number;
}

export type FaxState = 'queued' | 'converting' | 'sending' | 'cancelling' | 'sent' | 'failed' | 'cancelled';

export interface Fax {
  id: string;
  documentId: string;
  to: string;
  toName: string;
  from: string;
  subject: string;
  note: string;
  coverPageId: string | null;
  state: FaxState;
  pages: number;
  /** Confirmed by the far machine. */
  pagesSent: number;
  tries: number;
  triesMax: number;
  /** Of the confirmed pages; null: it had no price. */
  cost: Money | null;
  reason: string | null;
  nextTryAt: number | null;
  createdAt: number;
  endedAt: number | null;
}

export interface FaxAttempt {
  number: number;
  startedAt: number;
  endedAt: number | null;
  firstPage: number;
  pages: number;
  ok: boolean;
  reason: string | null;
  rate: number;
  ecm: boolean;
  t38: boolean;
  ident: string | null;
  /** Of the very file that went over the line; null when no machine was reached. */
  sha256: string | null;
}

export interface FaxDetail extends Fax {
  attempts: FaxAttempt[];
}

export interface ReceivedFax {
  id: string;
  extensionId: string;
  to: string;
  from: string;
  ident: string | null;
  /** Converting: here, but not filed yet. Failed: no page could be converted, only the TIFF is there. */
  state: 'converting' | 'complete' | 'incomplete' | 'failed';
  reason: string | null;
  pages: number;
  rate: number;
  ecm: boolean;
  t38: boolean;
  readAt: number | null;
  receivedAt: number;
}

/** Fastest rates to send with, bit/s. */
export const RATES = [14_400, 9600, 4800] as const;

export const RESULT_MAILS = ['always', 'failures', 'never'] as const;

/** What an extension has done with its faxes. */
export interface FaxBox {
  numbers: string[];
  /** Whom a received fax is mailed to. */
  emails: string[];
  /** When the sender of a fax is mailed how it ended. */
  result: (typeof RESULT_MAILS)[number];
  /** Sending: errors are corrected. */
  ecm: boolean;
  rate: number;
  /** A fax machine that calls the extension is moved to its received faxes. */
  detect: boolean;
  /** Of a document unless one is chosen. */
  quality: Quality;
  /** A line over each page that is sent says when, who and from where. */
  header: boolean;
  /** The name in it; empty: the organisation's. */
  stationName: string;
}

export interface CoverPage {
  id: string;
  name: string;
  template: string;
  logo: boolean;
  createdAt: number;
}

export interface NewFax {
  documentId: string;
  to: string;
  toName?: string;
  from?: string;
  coverPageId?: string | null;
  subject?: string;
  note?: string;
  tries?: number;
  dueAt?: number;
  /** The same word again, after an answer that was lost, is the same fax. */
  once?: string;
  /** Refused with 409 when this document was given for this number a moment ago. */
  onlyOnce?: boolean;
}

/** Whom a fax goes to; the name stands on its cover page. */
export interface Recipient {
  number: string;
  name: string;
}

/** What a cover page is filled in with. */
export interface CoverFacts {
  documentId: string;
  to?: string;
  toName?: string;
  from?: string;
  subject?: string;
  note?: string;
  dueAt?: number;
}

/** A cover page as it will be sent, and what its fax counts with it. */
export interface CoverLook {
  pages: number;
  seconds: number;
  /** A URL. */
  picture: string;
}

const at = (list: string, id: string): string => `/${list}/${encodeURIComponent(id)}`;

export const documents = {
  add: (file: Blob, name: string, quality: Quality, picture: PictureKind): Promise<FaxDocument> => api.upload('/fax-documents', file, { name, quality, picture }),
  /** The files of all of them, in this order, as another document. */
  join: (documentIds: string[], quality: Quality, picture: PictureKind): Promise<FaxDocument> => api.post('/fax-documents/joined', { documentIds, quality, picture }),
  get: (id: string, signal: AbortSignal): Promise<FaxDocument> => api.get(at('fax-documents', id), {}, signal),
  page: (id: string, page: number): string => `${BASE}${at('fax-documents', id)}/pages/${page}`,
};

export const faxes = {
  list: (cursor: string, signal: AbortSignal): Promise<Page<Fax>> => api.get('/faxes', { cursor, limit: 25 }, signal),
  get: (id: string, signal: AbortSignal): Promise<FaxDetail> => api.get(at('faxes', id), {}, signal),
  send: (fax: NewFax): Promise<Fax> => api.post('/faxes', fax),
  cancel: (id: string): Promise<Fax> => api.post(`${at('faxes', id)}/cancel`, {}),
  retry: (id: string): Promise<Fax> => api.post(`${at('faxes', id)}/retry`, {}),
  page: (id: string, page: number): string => `${BASE}${at('faxes', id)}/pages/${page}`,
  report: (id: string): string => `${BASE}${at('faxes', id)}/report?download=1`,
  pdf: (id: string): string => `${BASE}${at('faxes', id)}/pdf?download=1`,
  tiff: (id: string, attempt: number): string => `${BASE}${at('faxes', id)}/attempts/${attempt}/tiff`,
};

export const received = {
  list: (cursor: string, signal: AbortSignal): Promise<Page<ReceivedFax>> => api.get('/received-faxes', { cursor, limit: 25 }, signal),
  get: (id: string, signal: AbortSignal): Promise<ReceivedFax> => api.get(at('received-faxes', id), {}, signal),
  mark: (id: string, read: boolean): Promise<ReceivedFax> => api.patch(at('received-faxes', id), { read }),
  remove: (id: string): Promise<void> => api.delete(at('received-faxes', id)),
  zip: (ids: string[]): string => `${BASE}/received-faxes.zip?ids=${ids.map(encodeURIComponent).join(',')}`,
  mail: (id: string, to: string): Promise<void> => api.post(`${at('received-faxes', id)}/mail`, { to }),
  /** Its pages as a document, which can be faxed on. */
  document: (id: string): Promise<FaxDocument> => api.post(`${at('received-faxes', id)}/document`, {}),
  page: (id: string, page: number): string => `${BASE}${at('received-faxes', id)}/pages/${page}`,
  thumb: (id: string): string => `${BASE}${at('received-faxes', id)}/thumbnail`,
  pdf: (id: string): string => `${BASE}${at('received-faxes', id)}/pdf?download=1`,
  tiff: (id: string): string => `${BASE}${at('received-faxes', id)}/tiff?download=1`,
};

const boxAt = (extensionId: string): string => `${at('extensions', extensionId)}/fax`;

export const faxBox = {
  get: (extensionId: string, signal: AbortSignal): Promise<Tagged<FaxBox>> => api.getTagged(boxAt(extensionId), signal),
  save: (extensionId: string, changes: { emails?: string; result?: FaxBox['result']; ecm?: boolean; rate?: number; detect?: boolean; quality?: Quality; header?: boolean; stationName?: string }, etag: string): Promise<FaxBox> =>
    api.patch(boxAt(extensionId), changes, etag),
};

export const covers = {
  list: (signal: AbortSignal): Promise<Page<CoverPage>> => api.get('/cover-pages', {}, signal),
  add: (name: string, template: string): Promise<CoverPage> => api.post('/cover-pages', { name, template }),
  save: (id: string, changes: Partial<{ name: string; template: string }>): Promise<CoverPage> => api.patch(at('cover-pages', id), changes),
  remove: (id: string): Promise<void> => api.delete(at('cover-pages', id)),
  setLogo: (id: string, png: Blob): Promise<CoverPage> => api.replace(`${at('cover-pages', id)}/logo`, png),
  preview: (id: string): string => `${BASE}${at('cover-pages', id)}/preview`,
  look: (id: string, facts: CoverFacts): Promise<CoverLook> => api.post(`${at('cover-pages', id)}/preview`, facts),
};

/** The server understands these, whatever the file is called. */
export const FILE_TYPES = ['application/pdf', 'image/tiff', 'image/png', 'image/jpeg'];
export const FILE_MOST = 50 << 20;
/** Of one fax. */
export const FILES_MOST = 20, FILES_OCTETS = 64 << 20;

/** As somebody types it: +1 (628) 555-0199. The server knows the country and has the last word. */
export function looksLikeNumber(text: string): boolean {
  return /^\+?[\d\s().\-/]{3,30}$/.test(text) && text.replace(/\D/g, '').length >= 3;
}

/** What somebody typed: a number, or a name before it, as mail programs write it: Ana Ruiz <+16285550199>. Null when there is no number. */
export function recipientOf(text: string): Recipient | null {
  const [, name = '', inside] = /^"?([^"<>]*?)"?\s*<([^<>]*)>$/.exec(text.trim()) ?? [];
  const typed = (inside ?? text).trim();
  if (!looksLikeNumber(typed)) return null;
  return { number: typed.startsWith('+') ? `+${typed.replace(/\D/g, '')}` : typed.replace(/\D/g, ''), name: name.trim() };
}

/** The one way to the REST API: adds the CSRF header and turns problem+json into a typed error. */
import { t } from '../i18n';

export const BASE = '/api/v1';

export interface Problem {
  status: number;
  title?: string;
  detail?: string;
  fields?: Record<string, string>;
  requestId?: string;
  retryAfterMs?: number;
  /** Of a sign-in: the password is right, and a code is asked for. */
  secondStep?: boolean;
}

export class ApiError extends Error {
  readonly status: number;
  readonly fields: Record<string, string>;
  readonly requestId: string;
  readonly retryAfterMs: number;
  readonly secondStep: boolean;

  constructor(problem: Problem) {
    super(problem.detail || problem.title || t.error.generic);
    this.name = 'ApiError';
    this.status = problem.status;
    this.fields = problem.fields ?? {};
    this.requestId = problem.requestId ?? '';
    this.retryAfterMs = problem.retryAfterMs ?? 0;
    this.secondStep = problem.secondStep ?? false;
  }

  /** Nothing came back at all: the network or the server is away. */
  get offline(): boolean {
    return this.status === 0;
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

interface Options {
  query?: Query;
  body?: unknown;
  /** A file in place of JSON. */
  file?: Blob;
  ifMatch?: string;
  signal?: AbortSignal;
  /** Sign-in itself answers 401 for a wrong pair: that must not send the person to sign in. */
  expect401?: boolean;
}

let csrf = '';
let onSignedOut: () => void = () => {};

export function setCsrf(token: string): void {
  csrf = token;
}

export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

export function withQuery(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

/** Reads an error body of any kind; a proxy in between may answer HTML. */
export async function problemOf(response: Response): Promise<Problem> {
  const retry = Number(response.headers.get('retry-after')) * 1000;
  const problem: Problem = { status: response.status, retryAfterMs: Number.isFinite(retry) ? retry : 0 };
  if (!/json/.test(response.headers.get('content-type') ?? '')) return problem;
  try {
    return { ...problem, ...((await response.json()) as Partial<Problem>), status: response.status };
  } catch {
    return problem;
  }
}

async function send(method: string, path: string, options: Options): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.file) headers['content-type'] = options.file.type;
  if (method !== 'GET' && csrf) headers['x-csrf-token'] = csrf;
  if (options.ifMatch) headers['if-match'] = options.ifMatch;
  try {
    return await fetch(BASE + withQuery(path, options.query), {
      method,
      headers,
      credentials: 'same-origin',
      body: options.file ?? (options.body === undefined ? null : JSON.stringify(options.body)),
      signal: options.signal ?? null,
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError({ status: 0, detail: t.error.offline });
  }
}

async function request(method: string, path: string, options: Options = {}): Promise<Response> {
  const response = await send(method, path, options);
  if (response.ok) return response;
  const error = new ApiError(await problemOf(response));
  if (response.status === 401 && !options.expect401) onSignedOut();
  throw error;
}

async function json<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export interface Tagged<T> {
  value: T;
  etag: string;
}

export const api = {
  async get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return json<T>(await request('GET', path, { query, signal }));
  },
  /** With the ETag, for objects that will be changed. */
  async getTagged<T>(path: string, signal?: AbortSignal): Promise<Tagged<T>> {
    const response = await request('GET', path, { signal });
    return { value: await json<T>(response), etag: response.headers.get('etag') ?? '' };
  },
  async post<T>(path: string, body: unknown = {}, options: Options = {}): Promise<T> {
    return json<T>(await request('POST', path, { ...options, body }));
  },
  async upload<T>(path: string, file: Blob, query: Query = {}): Promise<T> {
    return json<T>(await request('POST', path, { file, query }));
  },
  async replace<T>(path: string, file: Blob): Promise<T> {
    return json<T>(await request('PUT', path, { file }));
  },
  async put<T>(path: string, body: unknown, ifMatch?: string): Promise<T> {
    return json<T>(await request('PUT', path, { body, ifMatch }));
  },
  async patch<T>(path: string, body: unknown, ifMatch?: string): Promise<T> {
    return json<T>(await request('PATCH', path, { body, ifMatch }));
  },
  async delete(path: string, ifMatch?: string): Promise<void> {
    await request('DELETE', path, { ifMatch });
  },
};

/** Rows of a keyset list. */
export interface Page<T> {
  rows: T[];
  next: string | null;
}

// The API of docs/api.md over made-up data, the built portal with its real headers, and a small SIP proxy: enough to
// try every screen and a whole call between two browsers without the telephone system.
import { createReadStream, existsSync, statSync } from 'node:fs';
import http from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { routes, live } from './api.mjs';
import { attachSip } from './sip.mjs';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist');
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

export const CSP = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'", "connect-src 'self'",
  "media-src 'self' blob:", "worker-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
  "require-trusted-types-for 'script'", 'trusted-types svelte-trusted-html app-worker',
].join('; ');

function serveFile(request, response, path) {
  const wanted = join(dist, normalize(path));
  const file = wanted.startsWith(dist) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(dist, 'index.html');
  const brotli = /\bbr\b/.test(request.headers['accept-encoding'] ?? '') && existsSync(file + '.br');
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': CSP,
    'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': file.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(brotli ? { 'content-encoding': 'br' } : {}),
  });
  createReadStream(brotli ? file + '.br' : file).pipe(response);
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const bytes = Buffer.concat(parts);
  if (!/json/.test(request.headers['content-type'] ?? '')) return bytes;
  return bytes.length ? JSON.parse(bytes.toString()) : {};
}

async function handle(request, response) {
  const url = new URL(request.url, 'http://localhost');
  if (!url.pathname.startsWith('/api/v1/')) return serveFile(request, response, url.pathname);
  const path = url.pathname.slice('/api/v1'.length);
  if (path === '/events') return live.open(request, response);
  const answer = await routes(request, path, url.searchParams, await bodyOf(request));
  const problem = answer.status >= 400;
  response.writeHead(answer.status, { 'content-type': problem ? 'application/problem+json' : 'application/json', ...answer.headers });
  response.end(answer.bytes ?? answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body)));
}

/** Starts on a free port unless told otherwise. */
export async function startServer(port = 0) {
  const server = http.createServer((request, response) => {
    handle(request, response).catch((error) => {
      response.writeHead(500, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ status: 500, title: 'Internal error', detail: String(error), requestId: 'mock-500' }));
    });
  });
  const sip = attachSip(server);
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, sip, live, close: () => new Promise((resolve) => { live.closeAll(); sip.close(); server.closeAllConnections?.(); server.close(resolve); }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startServer(Number(process.env.PORT ?? 4180));
  console.log(`mock portal on ${url}`);
}

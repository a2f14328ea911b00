/** A clock outside the page: browsers slow the timers of hidden pages to one a minute, a worker's they leave. */
const EVERY_MS = 5000;
setInterval(() => postMessage(Date.now()), EVERY_MS);

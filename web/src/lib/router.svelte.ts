/** History router: path, query and parameters as state; lazy pages; a guard for unsaved forms. */
import { match, type Match } from './match';

export const router = $state({
  path: location.pathname,
  search: location.search,
});

/** Asked before a page is left; answers false to stay. */
type Guard = () => boolean;
const guards = new Set<Guard>();
let depth = (history.state as { depth?: number } | null)?.depth ?? 0;

export function guardLeaving(ask: Guard): () => void {
  guards.add(ask);
  return () => void guards.delete(ask);
}

const mayLeave = (): boolean => [...guards].every((ask) => ask());

function sync(): void {
  router.path = location.pathname;
  router.search = location.search;
}

interface GoOptions {
  replace?: boolean;
  /** Filters change the address of the same page: that is not leaving it. */
  within?: boolean;
}

export function go(href: string, options: GoOptions = {}): void {
  const url = new URL(href, location.origin);
  if (url.pathname === location.pathname && url.search === location.search) return;
  if (!options.within && !mayLeave()) return;
  if (!options.replace) depth += 1;
  history[options.replace ? 'replaceState' : 'pushState']({ depth }, '', url.pathname + url.search);
  sync();
}

/** Changes some query parameters of the current page; empty ones disappear from the address. */
export function setQuery(changes: Record<string, string | null>, replace = false): void {
  const params = new URLSearchParams(router.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) params.set(name, value);
    else params.delete(name);
  }
  const text = params.toString();
  go(router.path + (text ? `?${text}` : ''), { replace, within: true });
}

export function query(name: string): string {
  return new URLSearchParams(router.search).get(name) ?? '';
}

export function routeMatch(pattern: string): Match | null {
  return match(pattern, router.path);
}

function onPop(event: PopStateEvent): void {
  const next = (event.state as { depth?: number } | null)?.depth ?? 0;
  if (!mayLeave()) {
    // The browser has already moved: walk back to where the form is.
    history.go(next < depth ? depth - next : -1);
    return;
  }
  depth = next;
  sync();
}

function onClick(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest?.('a');
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (link.hash && link.pathname === location.pathname) return;
  event.preventDefault();
  go(link.pathname + link.search);
}

addEventListener('popstate', onPop);
addEventListener('click', onClick);

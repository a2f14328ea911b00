/** Parts of the portal that are fetched when they are needed, and come whenever the network lets them. */
import { backoff } from './backoff';

/** Style sheets that did not come, and those of them that are asked for anew: a bundler asks for each of them once only. */
const lost = new Map<HTMLLinkElement, Promise<void> | null>();
addEventListener('error', ({ target }) => {
  if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') lost.set(target, null);
}, true);

/** Everybody who waits for a sheet waits for the same try. */
function sheet([link, asked]: [HTMLLinkElement, Promise<void> | null]): Promise<void> {
  const coming = asked ?? anew(link).finally(() => lost.delete(link));
  lost.set(link, coming);
  return coming;
}

function anew(link: HTMLLinkElement): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = document.createElement('link');
    next.rel = 'stylesheet';
    next.onload = () => resolve();
    next.onerror = () => reject(new Error(`${link.href} did not come`));
    next.href = link.href;
    link.replaceWith(next);
  });
}

/** One try. What is missing of an earlier one is asked for as well, so that nothing comes unstyled. */
export async function fetched<T>(load: () => Promise<T>): Promise<T> {
  await Promise.all([...lost].map(sheet));
  return load();
}

/** Until it is here: whoever waits for a part goes on without it meanwhile, and nobody has to load the page again. */
export async function late<T>(load: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await fetched(load);
    } catch {
      await again(backoff(attempt, Math.random));
    }
  }
}

/** After a while, or at once when the network is back. */
function again(ms: number): Promise<void> {
  return new Promise((resolve) => {
    function end(): void {
      clearTimeout(timer);
      removeEventListener('online', end);
      resolve();
    }
    const timer = setTimeout(end, ms);
    addEventListener('online', end);
  });
}

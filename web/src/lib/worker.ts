/** The only place that makes a worker: under Trusted Types its address must pass a policy of our own. */
interface Policy {
  createScriptURL(url: string): unknown;
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): Policy;
}

function ownAsset(url: string): string {
  const parsed = new URL(url, location.origin);
  if (parsed.origin !== location.origin) throw new TypeError('not a worker of this site');
  return parsed.href;
}

let policy: Policy | null = null;

function trusted(url: string): string {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  policy ??= factory?.createPolicy('app-worker', { createScriptURL: ownAsset }) ?? { createScriptURL: ownAsset };
  return policy.createScriptURL(url) as string;
}

export function startWorker(url: string): Worker {
  return new Worker(trusted(url), { type: 'module' });
}

/** Resolves once it runs; fails where the browser has none. */
export async function startServiceWorker(url: string): Promise<ServiceWorkerRegistration> {
  if (!navigator.serviceWorker) throw new TypeError('no service worker here');
  await navigator.serviceWorker.register(trusted(url));
  return navigator.serviceWorker.ready;
}

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

export function startWorker(url: string): Worker {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  policy ??= factory?.createPolicy('app-worker', { createScriptURL: ownAsset }) ?? { createScriptURL: ownAsset };
  return new Worker(policy.createScriptURL(url) as string, { type: 'module' });
}

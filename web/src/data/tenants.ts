import { api, type Page } from '../lib/api';
import type { Me } from '../lib/session.svelte';

export type Tenant = NonNullable<Me['tenant']>;

export function listTenants(q: string, cursor: string, signal: AbortSignal): Promise<Page<Tenant>> {
  return api.get('/tenants', { q, cursor, limit: 50 }, signal);
}

/** This sign-in acts through that tenant from now on; through none without an id. */
export function chooseTenant(tenantId: string | null): Promise<Me> {
  return api.put('/me/tenant', { tenantId });
}

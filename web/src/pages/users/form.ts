import * as v from 'valibot';
import { extensions, type Extension, type User, type UserInput } from '../../data/admin';
import { t } from '../../i18n/users';
import { email, Form, required } from '../../lib/form.svelte';
import type { Role } from '../../lib/session.svelte';

/** A select cannot hold null: the empty text stands for "no extension". */
export interface UserValues extends Record<string, unknown> {
  name: string;
  email: string;
  role: Role;
  extensionId: string;
  permissions: string[];
  password: string;
}

export const ROLES: Role[] = ['user', 'agent', 'admin'];
/** What opens a part of this portal to somebody who is no administrator. */
export const GRANTS = ['extensions', 'devices', 'users', 'realtime', 'pbx_cdr', 'inbound_routes', 'music_on_hold'] as const;
const SHORTEST = 10;
const MOST_PAGES = 20;

export function valuesOf(user: User): UserValues {
  return { name: user.name, email: user.email, role: user.role, extensionId: user.extension?.id ?? '', permissions: [...user.permissions].sort(), password: '' };
}

export function userForm(user?: User): Form<UserValues> {
  return new Form<UserValues>(
    user ? valuesOf(user) : { name: '', email: '', role: 'user', extensionId: '', permissions: [], password: '' },
    v.looseObject({
      name: required(t.users.errors.name),
      email: email(),
      password: v.pipe(v.string(), v.check((text) => text === '' || text.length >= SHORTEST, t.users.errors.short)),
    }),
  );
}

export function inputOf(values: Partial<UserValues>): Partial<UserInput> {
  const { extensionId, password: _password, ...rest } = values;
  return extensionId === undefined ? rest : { ...rest, extensionId: extensionId || null };
}

/** Every extension of the tenant, for the choice in the form. */
export async function allExtensions(signal: AbortSignal): Promise<Extension[]> {
  const found: Extension[] = [];
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { rows, next } = await extensions.list(cursor, signal);
    found.push(...rows);
    if (!next) break;
    cursor = next;
  }
  return found;
}

import type { OutRoute } from '../../data/nouns';
import { t } from '../../i18n/routes';

export interface RouteValues extends Record<string, unknown> {
  prefix: string;
  trunkId: string;
  strip: string;
  prepend: string;
  priority: string;
}

/** @param prefix and place of a new one */
export function valuesOf(row: OutRoute | null, prefix = '+', place = 1): RouteValues {
  if (!row) return { prefix, trunkId: '', strip: '0', prepend: '', priority: String(place) };
  return { prefix: row.prefix, trunkId: row.trunkId, strip: String(row.strip), prepend: row.prepend, priority: String(row.priority) };
}

export function inputOf({ prefix, trunkId, strip, prepend, priority }: Partial<RouteValues>): Record<string, unknown> {
  return {
    ...(prefix === undefined ? {} : { prefix: prefix.replace(/\s/g, '') }),
    ...(trunkId === undefined ? {} : { trunkId }),
    ...(strip === undefined ? {} : { strip: Number(strip) }),
    ...(prepend === undefined ? {} : { prepend: prepend.trim() }),
    ...(priority === undefined ? {} : { priority: Number(priority) }),
  };
}

const whole = (text: string): number => (/^\d+$/.test(text.trim()) ? Number(text) : NaN);

export function check({ prefix, trunkId, strip, prepend, priority }: RouteValues): Record<string, string> {
  const { errors } = t.routes;
  const begins = prefix.replace(/\s/g, '');
  return {
    ...(/^\+?\d*$/.test(begins) && begins ? {} : { prefix: errors.prefix }),
    ...(trunkId ? {} : { trunkId: errors.trunk }),
    ...(whole(strip) <= begins.length ? {} : { strip: errors.strip }),
    ...(/^\+?\d*$/.test(prepend.trim()) ? {} : { prepend: errors.prepend }),
    ...(whole(priority) <= 1000 ? {} : { priority: errors.priority }),
  };
}

/** What a route makes of a number. */
export function sent({ strip, prepend }: Pick<OutRoute, 'strip' | 'prepend'>, number: string): string {
  return prepend + number.slice(strip);
}

/** A number that begins so, to show what is sent. */
export function exampleOf(prefix: string): string {
  return prefix.startsWith('+') ? prefix + '+14155550110'.slice(prefix.length) : prefix;
}

export interface Group {
  prefix: string;
  routes: OutRoute[];
}

/** Routes of the same beginning, in the order in which they are tried. */
export function groupsOf(rows: OutRoute[]): Group[] {
  const groups: Group[] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last?.prefix === row.prefix) last.routes.push(row);
    else groups.push({ prefix: row.prefix, routes: [row] });
  }
  return groups;
}

/** Which priorities change when the routes of a group stand in this order. */
export function renumbered(routes: OutRoute[]): { id: string; priority: number }[] {
  return routes.map(({ id }, i) => ({ id, priority: i + 1 })).filter(({ id, priority }) => routes.find((one) => one.id === id)?.priority !== priority);
}

/** The filters of the call history live in the address: Back, reload and sharing work. */
import type { CallFilter } from '../../data/calls';
import { DIRECTIONS, RESULTS } from '../../data/calls';
import { boundsOf, isDay, RANGES, type Range, type RangeChoice } from '../../lib/days';

export interface CallsView extends RangeChoice {
  dir: string;
  result: string;
  q: string;
  scope: 'mine' | 'tenant';
  cursor: string;
}

export const DEFAULT_RANGE: Range = '30d';

/** Reads the address; anything it does not know becomes the default. */
export function viewOf(search: string, mayTenant: boolean): CallsView {
  const params = new URLSearchParams(search);
  const get = (name: string): string => params.get(name) ?? '';
  const oneOf = (name: string, known: readonly string[]): string => (known.includes(get(name)) ? get(name) : '');
  const range = (oneOf('range', RANGES) || DEFAULT_RANGE) as Range;
  return {
    range,
    from: isDay(get('from')) ? get('from') : '',
    to: isDay(get('to')) ? get('to') : '',
    dir: oneOf('dir', DIRECTIONS),
    result: oneOf('result', RESULTS),
    q: get('q'),
    scope: mayTenant && get('scope') !== 'mine' ? 'tenant' : 'mine',
    cursor: get('cursor'),
  };
}

export function filterOf(view: CallsView, today: string, zone: string | undefined): CallFilter {
  const { from, to } = boundsOf(view, today, zone);
  return { from, to, dir: view.dir, result: view.result, q: view.q, scope: view.scope };
}

export function isFiltered(view: CallsView): boolean {
  return Boolean(view.dir || view.result || view.q);
}

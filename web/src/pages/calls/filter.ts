/** The filters of the call history live in the address: Back, reload and sharing work. */
import type { CallFilter } from '../../data/calls';
import { DIRECTIONS, RESULTS, TYPES } from '../../data/calls';
import { boundsOf, rangeOf, type RangeChoice } from '../../lib/days';

export interface CallsView extends RangeChoice {
  dir: string;
  type: string;
  result: string;
  line: string;
  q: string;
  scope: 'mine' | 'tenant';
  /** As records for whoever looks for a fault. */
  pbx: boolean;
  cursor: string;
}

/** Reads the address; anything it does not know becomes the default. */
export function viewOf(search: string, mayTenant: boolean): CallsView {
  const params = new URLSearchParams(search);
  const get = (name: string): string => params.get(name) ?? '';
  const oneOf = (name: string, known: readonly string[]): string => (known.includes(get(name)) ? get(name) : '');
  return {
    ...rangeOf(params),
    dir: oneOf('dir', DIRECTIONS),
    type: oneOf('type', TYPES),
    result: oneOf('result', RESULTS),
    line: /^\+?\d{1,15}$/.test(get('line')) ? get('line') : '',
    q: get('q'),
    scope: mayTenant && get('scope') !== 'mine' ? 'tenant' : 'mine',
    pbx: get('view') === 'pbx',
    cursor: get('cursor'),
  };
}

export function filterOf(view: CallsView, today: string, zone: string | undefined): CallFilter {
  const { from, to } = boundsOf(view, today, zone);
  return { from, to, dir: view.dir, type: view.type, result: view.result, line: view.line, q: view.q, scope: view.scope };
}

export function isFiltered(view: CallsView): boolean {
  return Boolean(view.dir || view.type || view.result || view.line || view.q);
}

import type { FollowInput, FollowMe } from '../../data/follow';
import { t } from '../../i18n/follow';

/** As one types it: seconds as text, and one's own devices as a choice. */
export interface PlaceValues {
  kind: 'own' | 'number';
  number: string;
  delay: string;
  ring: string;
  confirm: boolean;
}

export interface FollowValues extends Record<string, unknown> {
  enabled: boolean;
  ignoreBusy: boolean;
  prefix: string;
  destinations: PlaceValues[];
}

export function valuesOf({ enabled, ignoreBusy, prefix, destinations }: FollowMe): FollowValues {
  return {
    enabled, ignoreBusy, prefix,
    destinations: destinations.map((one) => ({
      kind: one.number ? 'number' : 'own', number: one.number, delay: String(one.delayMs / 1000), ring: String(one.ringMs / 1000), confirm: one.confirm,
    })),
  };
}

export function inputOf({ destinations, ...rest }: Partial<FollowValues>): FollowInput {
  const changes = rest.prefix === undefined ? rest : { ...rest, prefix: rest.prefix.trim() }; // the blank before the name is put there
  if (!destinations) return changes as FollowInput;
  return {
    ...changes,
    destinations: destinations.map((one) => ({
      number: one.kind === 'own' ? '' : one.number.trim(), delayMs: Number(one.delay) * 1000, ringMs: Number(one.ring) * 1000,
      confirm: one.kind === 'number' && one.confirm,
    })),
  };
}

/** The next one begins when the others have rung; the first is one's own devices. */
export function newPlace(others: PlaceValues[]): PlaceValues {
  const last = Math.max(0, ...others.map((one) => spanOf(one)[1]));
  return { kind: others.some((one) => one.kind === 'own') ? 'number' : 'own', number: '', delay: String(last), ring: '30', confirm: false };
}

function secondsOf(text: string, least: number, most: number): number | null {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
  return value >= least && value <= most ? value : null;
}

/** First and last second in which it rings. */
export function spanOf(place: PlaceValues): [number, number] {
  const from = secondsOf(place.delay, 0, 300) ?? 0;
  return [from, from + (secondsOf(place.ring, 1, 300) ?? 0)];
}

export function placeError(place: PlaceValues): Partial<Record<'number' | 'delay' | 'ring', string>> {
  return {
    ...(place.kind === 'number' && !place.number.trim() ? { number: t.follow.numberMissing } : {}),
    ...(secondsOf(place.delay, 0, 300) === null ? { delay: t.follow.delayWrong } : {}),
    ...(secondsOf(place.ring, 3, 300) === null ? { ring: t.follow.ringWrong } : {}),
  };
}

import { destInput, type Dest, type RingGroup } from '../../data/nouns';
import { t } from '../../i18n/groups';

/** As one types it: seconds as text. */
export interface MemberValues {
  number: string;
  delay: string;
  ring: string;
  confirm: boolean;
}

export interface GroupValues extends Record<string, unknown> {
  number: string;
  name: string;
  strategy: RingGroup['strategy'];
  ringback: RingGroup['ringback'];
  musicId: string;
  prefix: string;
  members: MemberValues[];
  next: Dest | null;
}

export const MOST_MEMBERS = 32;

export function valuesOf(group: RingGroup | null): GroupValues {
  if (!group) return { number: '', name: '', strategy: 'simultaneous', ringback: 'ring', musicId: '', prefix: '', members: [], next: null };
  const { number, name, strategy, ringback, musicId, prefix, members, next } = group;
  return {
    number, name, strategy, ringback, musicId, prefix, next,
    members: members.map((one) => ({ number: one.number, delay: String(one.delayMs / 1000), ring: String(one.ringMs / 1000), confirm: one.confirm })),
  };
}

export function inputOf({ members, next, prefix, ...rest }: Partial<GroupValues>): Record<string, unknown> {
  return {
    ...rest,
    ...(prefix === undefined ? {} : { prefix: prefix.trim() }), // the blank before the name is put there
    ...(next === undefined ? {} : { next: destInput(next) }),
    ...(members ? { members: members.map((one) => ({ number: one.number.trim(), delayMs: Number(one.delay) * 1000, ringMs: Number(one.ring) * 1000, confirm: one.confirm })) } : {}),
  };
}

export const newMember = (): MemberValues => ({ number: '', delay: '0', ring: '30', confirm: false });

const within = (text: string, least: number, most: number): boolean => /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;

export function memberErrors(member: MemberValues): Partial<Record<'number' | 'delay' | 'ring', string>> {
  const { errors } = t.groups;
  return {
    ...(member.number.trim() ? {} : { number: errors.member }),
    ...(within(member.delay, 0, 300) ? {} : { delay: errors.delay }),
    ...(within(member.ring, 3, 300) ? {} : { ring: errors.ring }),
  };
}

export function check(values: GroupValues): Record<string, string> {
  const { errors } = t.groups;
  return {
    ...(/^\d{2,6}$/.test(values.number.trim()) ? {} : { number: errors.number }),
    ...(values.name.trim() ? {} : { name: errors.name }),
    ...(values.members.some((one) => Object.keys(memberErrors(one)).length) ? { members: ' ' } : values.members.length ? {} : { members: errors.members }),
  };
}

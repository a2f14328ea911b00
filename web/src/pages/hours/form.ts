import { destInput, type Dest, type HoursRule, type TimeCondition } from '../../data/nouns';
import { t } from '../../i18n/hours';

export interface HoursValues extends Record<string, unknown> {
  name: string;
  timezone: string;
  rules: HoursRule[];
  open: Dest | null;
  closed: Dest | null;
}

export const MOST_RULES = 64;

export function valuesOf(row: TimeCondition | null): HoursValues {
  if (!row) return { name: '', timezone: '', rules: [newHours()], open: null, closed: null };
  const { name, timezone, rules, open, closed } = row;
  return { name, timezone, rules: rules.map((one) => ({ ...one, days: [...one.days] })), open, closed };
}

export function inputOf({ rules, open, closed, ...rest }: Partial<HoursValues>): Record<string, unknown> {
  return {
    ...rest,
    ...(rules ? { rules: rules.map((one) => ({ ...one, firstDay: one.firstDay.trim(), lastDay: one.lastDay.trim() })) } : {}),
    ...(open === undefined ? {} : { open: destInput(open) }),
    ...(closed === undefined ? {} : { closed: destInput(closed) }),
  };
}

export function newHours(): HoursRule {
  return { open: true, days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00', firstDay: '', lastDay: '' };
}

export function newHoliday(): HoursRule {
  return { open: false, days: [], from: '00:00', to: '00:00', firstDay: '12-24', lastDay: '12-26' };
}

const DATE = /^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;

export function ruleErrors(rule: HoursRule): Partial<Record<'from' | 'to' | 'firstDay' | 'lastDay', string>> {
  const { errors } = t.hours;
  const date = (text: string): boolean => !text.trim() || DATE.test(text.trim());
  return {
    ...(TIME.test(rule.from) ? {} : { from: errors.time }),
    ...(TIME.test(rule.to) ? {} : { to: errors.time }),
    ...(date(rule.firstDay) && (rule.firstDay.trim() || !rule.lastDay.trim()) ? {} : { firstDay: errors.date }),
    ...(date(rule.lastDay) ? {} : { lastDay: errors.date }),
  };
}

export function check(values: HoursValues): Record<string, string> {
  return {
    ...(values.name.trim() ? {} : { name: t.hours.errors.name }),
    ...(values.rules.some((one) => Object.keys(ruleErrors(one)).length) ? { rules: ' ' } : {}),
  };
}

/** The time zones the browser knows; the stored one is always among them, so that it cannot be lost by saving. */
export function zones(current: string): string[] {
  const known = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
  const all = new Set(['UTC', ...known, current].filter(Boolean));
  return [...all].sort((a, b) => a.localeCompare(b));
}

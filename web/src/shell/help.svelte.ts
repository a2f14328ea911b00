/** The list of shortcuts, and whether single letters may act at all (WCAG 2.1.4). */
const KEY = 'carillon-single-keys';

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

export const help = $state({ open: false, singleKeys: stored() });

export function setSingleKeys(on: boolean): void {
  help.singleKeys = on;
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // It holds until the page is closed.
  }
}

/** Typing is typing: letters in a field are never commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

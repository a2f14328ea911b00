import { t } from '../i18n';

/** One-line notes at the bottom: results only, never an error that needs an action. */
export interface Toast {
  id: number;
  text: string;
  /** What takes it back again, while the note is there. */
  undo: (() => void) | null;
}

const SHOW_MS = 6000;
const UNDO_MS = 10_000;
let last = 0;

export const toasts = $state<{ list: Toast[] }>({ list: [] });

export function toast(text: string, undo: (() => void) | null = null): void {
  last += 1;
  const id = last;
  toasts.list = [...toasts.list.slice(-2), { id, text, undo }];
  setTimeout(() => dismiss(id), undo ? UNDO_MS : SHOW_MS);
}

export function dismiss(id: number): void {
  toasts.list = toasts.list.filter((one) => one.id !== id);
}

/** A browser has a clipboard only over https or on this computer, and only with leave. */
export async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast(t.common.notCopied);
  }
}

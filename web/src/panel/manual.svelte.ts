/** What is typed into the manual settings: the panel may show something else meanwhile, and nothing is lost. */
import * as v from 'valibot';
import { t } from '../i18n/phone';
import { Form, required } from '../lib/form.svelte';
import { holdWindow } from '../lib/unsaved';
import { loadManual, type ManualSettings } from '../phone/provision';

export interface ManualValues extends ManualSettings, Record<string, unknown> {
  keep: boolean;
}

/** Plain ws: carries the password's digest in the clear; only a server on this very machine may use it. */
const safe = (text: string): boolean => /^wss:\/\//.test(text) || /^ws:\/\/(localhost|127\.0\.0\.1|\[::1\]|[\w.-]+\.localhost)[:/]/.test(text);

function formOf(): Form<ManualValues> {
  const stored = loadManual(), errors = t.phone.manualErrors;
  return new Form<ManualValues>(
    { extension: '', password: '', domain: '', wsUrl: '', ...stored?.settings, keep: stored?.keep ?? false },
    v.looseObject({
      extension: required(errors.extension),
      password: required(errors.password),
      domain: required(errors.domain),
      wsUrl: v.pipe(v.string(), v.trim(), v.regex(/^wss?:\/\/\S+$/, errors.wsUrl), v.check(safe, errors.plain)),
    }),
  );
}

let draft: { form: Form<ManualValues>; end: () => void } | undefined;

/** The form as it was left, or a fresh one. */
export function manualForm(): Form<ManualValues> {
  if (draft?.form.dirty) return draft.form;
  dropManual();
  const form = formOf();
  const end = $effect.root(() => {
    $effect(() => (form.dirty ? holdWindow() : undefined));
  });
  draft = { form, end };
  return form;
}

/** Whether something is typed that was not saved. */
export const manualTyped = (): boolean => draft?.form.dirty ?? false;

/** What is typed is not wanted. */
export function dropManual(): void {
  draft?.end();
  draft = undefined;
}
